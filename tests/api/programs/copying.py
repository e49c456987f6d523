"""Copies of threads, what they take, and pruning them."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    threads, runs = talk.sdk.threads, talk.sdk.runs
    unknown = talk.new_id("unknown")

    empty = await talk.thread()
    await threads.copy(empty)
    await talk.get(f"/threads/{empty}/storage")
    thread = (await threads.create(metadata={"mine": 1}))["thread_id"]
    await runs.wait(thread, "single", input={"topic": "tea"})
    copy = (await talk.post(f"/threads/{thread}/copy"))["thread_id"]
    await threads.get(copy)
    await threads.get_state(copy)
    await threads.get_history(copy, limit=10)
    await runs.list(copy)
    await runs.wait(copy, "single", command={"resume": "yes"})
    await threads.get(copy)
    await threads.get(thread)
    for stranger in (unknown, "no-uuid"):
        await talk.post(f"/threads/{stranger}/copy")
        await talk.get(f"/threads/{stranger}/storage")

    for body in (
        {},
        {"thread_ids": []},
        {"thread_ids": ["no-uuid"]},
        {"thread_ids": [copy], "strategy": "bogus"},
        {"thread_ids": [copy, copy, unknown], "strategy": "delete"},
        {"thread_ids": [empty]},
    ):
        await talk.post("/threads/prune", body)
    await talk.get(f"/threads/{copy}")
    await talk.get(f"/threads/{empty}")
