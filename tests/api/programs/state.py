"""State and history: reading, paging, forking."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    threads, runs = talk.sdk.threads, talk.sdk.runs
    unknown = talk.new_id("unknown")
    thread = await talk.thread()

    await threads.get_state(thread)
    await threads.get_history(thread)
    for path in (f"/threads/{unknown}/state", "/threads/no-uuid/state", f"/threads/{unknown}/history"):
        await talk.get(path)
    await talk.post(f"/threads/{unknown}/history")

    await runs.wait(thread, "chain", input={"count": 0}, metadata={"purpose": "state"})
    await threads.get_state(thread)
    await threads.get_state(thread, subgraphs=True)
    history = await threads.get_history(thread)
    await talk.get(f"/threads/{thread}/history")
    await talk.get(f"/threads/{thread}/history", params={"limit": 2})
    await threads.get_history(thread, limit=2, before={"configurable": history[1]["checkpoint"]})
    await threads.get_history(thread, limit=5, metadata={"step": 1})
    await threads.get_history(thread, limit=5, checkpoint=history[2]["checkpoint"])
    earlier = history[2]["checkpoint"]
    await threads.get_state(thread, checkpoint=earlier)
    await threads.get_state(thread, checkpoint_id=earlier["checkpoint_id"])
    await threads.get_state(thread, checkpoint_id=unknown)

    fork = await talk.thread()
    await runs.wait(fork, "chain", input={"count": 0})
    earlier = (await talk.look(f"/threads/{fork}/history?limit=10"))[2]["checkpoint"]
    await runs.wait(fork, "chain", input=None, checkpoint_id=earlier["checkpoint_id"])
    await runs.wait(fork, "chain", input={"count": 100}, checkpoint={**earlier, "checkpoint_ns": ""})
    await talk.post(f"/threads/{fork}/runs/wait", {"assistant_id": "chain", "checkpoint_id": unknown})
    await threads.get_history(fork, limit=20)
