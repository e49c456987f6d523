"""Going back to a checkpoint: change it, go on from it, and what the history shows of both; also in a subgraph."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    threads, runs = talk.sdk.threads, talk.sdk.runs

    thread = await talk.thread()
    await runs.wait(thread, "chain", input={"count": 0})
    earlier = (await talk.look(f"/threads/{thread}/history?limit=10"))[2]["checkpoint"]
    made = await threads.update_state(thread, {"count": 50}, checkpoint_id=earlier["checkpoint_id"])
    await threads.get(thread)
    await threads.get_state(thread)
    await runs.wait(thread, "chain", input=None, checkpoint=made["checkpoint"])
    await threads.update_state(thread, {"count": 70}, checkpoint=earlier, as_node="a")
    await runs.wait(thread, "chain", input=None)
    await threads.get_history(thread, limit=20)

    thread = await talk.thread()
    await runs.wait(thread, "nested", input={"topic": "tea"})
    state = await talk.look(f"/threads/{thread}/state?subgraphs=true")
    inner = state["tasks"][0]["state"]["checkpoint"]
    await threads.update_state(thread, {"topic": "milk"}, checkpoint=inner)
    await threads.get_state(thread, subgraphs=True)
    await talk.post(f"/threads/{thread}/history", {"limit": 2, "checkpoint": {"checkpoint_ns": inner["checkpoint_ns"]}})
    await runs.wait(thread, "nested", command={"resume": "fine"})
    await threads.get_state(thread)
