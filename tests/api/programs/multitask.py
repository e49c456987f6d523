"""A second run on a busy thread, by each strategy."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    thread = await busy(talk, 30)
    for tail in ("", "/wait", "/stream"):
        body = {"assistant_id": "slow", "input": {"seconds": 0}, "multitask_strategy": "reject"}
        await talk.post(f"/threads/{thread}/runs{tail}", body)
    body["multitask_strategy"] = "interrupt"
    await talk.post(f"/threads/{thread}/runs/wait", body)
    await leftovers(talk, thread)

    thread = await busy(talk, 30)
    await talk.post(f"/threads/{thread}/runs/wait", {**body, "multitask_strategy": "rollback"})
    await leftovers(talk, thread)

    thread = await busy(talk, 0.3)
    body = {"assistant_id": "slow", "input": {"seconds": 0}, "stream_mode": ["values", "updates"]}
    await talk.post(f"/threads/{thread}/runs/stream", {**body, "multitask_strategy": "enqueue"})
    await leftovers(talk, thread)


async def busy(talk: Talk, seconds: float) -> str:
    """A thread whose run sleeps; not recorded."""
    thread = await talk.thread()
    await talk.unseen.post(f"/threads/{thread}/runs", json={"assistant_id": "slow", "input": {"seconds": seconds}})
    await talk.until_paused_in(thread, "sleep")
    return thread


async def leftovers(talk: Talk, thread: str) -> None:
    await talk.get(f"/threads/{thread}/runs", params={"select": ["run_id", "status", "multitask_strategy"]})
    await talk.get(f"/threads/{thread}")
    for entry in await talk.look(f"/threads/{thread}/history?limit=20"):
        assert entry["metadata"]["run_id"]
    await talk.get(f"/threads/{thread}/state")
