"""Writing a thread's state by hand: as which node, from which checkpoint, while it asks, and what is refused."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    threads, runs = talk.sdk.threads, talk.sdk.runs
    unknown = talk.new_id("unknown")

    thread = await talk.thread()
    await talk.post(f"/threads/{thread}/state", {"values": {"count": 1}})
    await talk.post(f"/threads/{unknown}/state", {"values": {"count": 1}})
    await runs.wait(thread, "chain", input={"count": 0})
    await threads.update_state(thread, {"count": 10})
    await threads.get(thread)
    await threads.get_state(thread)
    await threads.update_state(thread, {"count": 20}, as_node="a")
    await threads.get(thread)
    await threads.get_state(thread)
    for body in (
        {"values": {"count": 20}, "as_node": "nobody"},
        {"values": [{"count": 1}]},
        {"values": {"count": 7}, "checkpoint": {"checkpoint_ns": "nowhere:1"}},
        {"values": {"unheard": 1}},
        {},
        {"values": None, "as_node": "__copy__"},
        {"values": None, "as_node": "__end__"},
        {"values": {"count": 3}, "as_node": "__input__"},
    ):
        await talk.post(f"/threads/{thread}/state", body)
    await threads.get(thread)
    await threads.get_history(thread, limit=20)
    await runs.wait(thread, "chain", input=None)
    await threads.get_state(thread)

    thread = await talk.thread()
    await runs.wait(thread, "single", input={"topic": "tea"})
    await threads.update_state(thread, {"topic": "milk"})
    await threads.get(thread)
    await threads.get_state(thread)
    await threads.update_state(thread, {"answers": ["by hand"]}, as_node="ask")
    await threads.get(thread)
    await runs.wait(thread, "single", input=None)
    await threads.get_history(thread, limit=20)

    thread = await talk.thread()
    await runs.wait(thread, "failing", input={}, raise_error=False)
    await threads.update_state(thread, {})
    await threads.get(thread)

    thread = await talk.thread()
    lasts = {"assistant_id": "slow", "input": {"seconds": 20}}
    run = (await talk.unseen.post(f"/threads/{thread}/runs", json=lasts)).json()
    await talk.post(f"/threads/{thread}/state", {"values": {"topic": "x"}})
    await talk.unseen.post(f"/threads/{thread}/runs/{run['run_id']}/cancel?wait=true")
