"""Graphs of special make: narrow input and output, a factory that reads its configuration, the functional API."""

from typing import Any

from wire.talk import Talk

BOTH = ["values", "updates"]


async def run(talk: Talk) -> None:
    await talk_about(talk, "narrow", {"text": "hi"}, {})
    await talk_about(talk, "greeter", {}, {"config": {"configurable": {"name": "ada"}}})
    await talk.post("/runs/wait", {"assistant_id": "narrow", "input": {"text": "x" * 40_000}})
    await talk.post("/runs/wait", {"assistant_id": "greeter", "input": {}})
    thread = await talk_about(talk, "functional", [1, 2], {})
    await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "functional", "input": [3]})
    await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "functional", "input": [20]})
    await talk.get(f"/threads/{thread}/state")
    resume = {"assistant_id": "functional", "command": {"resume": 5}, "stream_mode": BOTH}
    await talk.post(f"/threads/{thread}/runs/stream", resume)
    await talk.get(f"/threads/{thread}/history", params={"limit": 20})
    for graph in ("narrow", "greeter", "functional"):
        await talk.sdk.assistants.get_graph(graph)


async def talk_about(talk: Talk, graph: str, given: Any, options: dict[str, Any]) -> str:
    """Wait for one run, stream another, look at the thread."""
    thread = await talk.thread()
    body = {"assistant_id": graph, "input": given, **options}
    await talk.post(f"/threads/{thread}/runs/wait", body)
    await talk.get(f"/threads/{thread}")
    await talk.get(f"/threads/{thread}/state")
    await talk.post(f"/threads/{thread}/runs/stream", {**body, "stream_mode": BOTH})
    return thread
