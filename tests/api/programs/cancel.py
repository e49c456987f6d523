"""Cancelling: running and pending runs, waiting or not, interrupt and rollback, under an open stream."""

import asyncio

from wire.talk import Talk


async def run(talk: Talk) -> None:
    for graph, action in (("slow", "interrupt"), ("slow", "rollback"), ("blocking", "interrupt")):
        thread, running = await start(talk, graph)
        await talk.sdk.runs.cancel(thread, running, wait=True, action=action)
        await talk.until(f"/threads/{thread}", lambda answer: answer["status"] != "busy")
        await after(talk, thread, running)
        await talk.ask("POST", f"/threads/{thread}/runs/{running}/cancel")

    thread, running = await start(talk, "slow")
    await talk.sdk.runs.cancel(thread, running)
    await talk.until(f"/threads/{thread}", lambda answer: answer["status"] != "busy")
    await after(talk, thread, running)

    for action in ("interrupt", "rollback"):
        thread, running = await start(talk, "slow")
        pending = await talk.sdk.runs.create(thread, "slow", input={"seconds": 0})
        await talk.sdk.runs.cancel(thread, pending["run_id"], wait=False, action=action)
        await talk.get(f"/threads/{thread}/runs", params={"select": ["run_id", "status"]})
        await talk.sdk.runs.cancel(thread, running, wait=True)

    thread = await talk.thread()
    body = {"assistant_id": "slow", "input": {"seconds": 30}, "stream_mode": ["values", "updates"]}
    open_stream = asyncio.create_task(talk.post(f"/threads/{thread}/runs/stream", body))
    await talk.until_paused_in(thread, "sleep")
    running = (await talk.look(f"/threads/{thread}/runs"))[0]["run_id"]
    await talk.sdk.runs.cancel(thread, running, wait=False)
    await open_stream

    thread = await talk.thread()
    open_wait = asyncio.create_task(talk.post(f"/threads/{thread}/runs/wait", body))
    await talk.until_paused_in(thread, "sleep")
    running = (await talk.look(f"/threads/{thread}/runs"))[0]["run_id"]
    await talk.sdk.runs.cancel(thread, running, wait=False)
    await open_wait
    await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "slow", "input": {"seconds": 0}})
    await talk.get(f"/threads/{thread}")


async def start(talk: Talk, graph: str) -> tuple[str, str]:
    """A run that is asleep in its node; not recorded."""
    thread = await talk.thread()
    body = {"assistant_id": graph, "input": {"seconds": 30 if graph == "slow" else 3}}
    made = await talk.unseen.post(f"/threads/{thread}/runs", json=body)
    await talk.until_paused_in(thread, "sleep")
    return thread, made.json()["run_id"]


async def after(talk: Talk, thread: str, run_id: str) -> None:
    await talk.get(f"/threads/{thread}/runs/{run_id}")
    await talk.get(f"/threads/{thread}")
    await talk.get(f"/threads/{thread}/state")
    await talk.get(f"/threads/{thread}/runs/{run_id}/join")
