"""How runs end, and what the thread says afterwards."""

from typing import Any

from wire.talk import Talk

ENDINGS: list[tuple[str, dict[str, Any]]] = [
    ("chain", {"input": {}}),
    ("chain", {"input": None}),
    ("chain", {"input": []}),
    ("failing", {"input": {"text": "bad"}}),
    ("single", {"input": {"topic": "x"}}),
    ("parallel", {"input": {"topic": "x"}}),
    ("breakpoints", {"input": {"count": 0}}),
    ("chain", {"input": {"count": 0}, "interrupt_before": ["b"], "interrupt_after": ["b"]}),
    ("chain", {"input": {"count": 0}, "interrupt_after": "*"}),
    ("endless", {"input": {"steps": 0}, "config": {"recursion_limit": 3}}),
    ("router", {"input": {"count": 1}}),
    ("order", {"input": {"item": "tea"}}),
    ("order", {"input": {}}),
    ("point", {"input": {"x": 4}}),
    ("writer", {"input": {}}),
]


async def run(talk: Talk) -> None:
    for graph, body in ENDINGS:
        thread = await talk.thread()
        await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": graph, **body})
        await talk.get(f"/threads/{thread}")
        await talk.get(f"/threads/{thread}/runs", params={"select": ["status", "run_id"]})
        if body["input"]:
            await talk.get(f"/threads/{thread}/state")

    thread = await talk.thread()
    await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "breakpoints", "input": {"count": 0}})
    await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "breakpoints", "input": None})
    await talk.get(f"/threads/{thread}")
    await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "failing", "input": {"text": "then this"}})
    await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "writer", "input": {}})
    await talk.get(f"/threads/{thread}")
