"""Each stream mode, alone and together, over graphs without a model."""

from typing import Any

from wire.talk import Talk

STREAMS: list[tuple[str, Any, Any]] = [
    *(("chain", mode, {"count": 0}) for mode in ("values", "updates", "messages", "custom", "debug", "tasks")),
    ("chain", "checkpoints", {"count": 0}),
    ("chain", "events", {"count": 0}),
    ("chain", [], {"count": 0}),
    ("chain", ["values", "updates"], {"count": 0}),
    ("chain", ["events", "values", "updates"], {"count": 0}),
    ("writer", "custom", {}),
    ("writer", ["custom", "values", "updates"], {}),
    ("router", ["updates", "values"], {"count": 1}),
    ("order", ["updates", "values", "checkpoints"], {"item": "tea"}),
    ("order", "values", {}),
    ("point", ["updates", "values"], {"x": 1}),
    ("failing", ["values", "custom"], {"text": "bad"}),
    ("failing", ["updates", "tasks", "checkpoints"], {"text": "bad"}),
    ("failing", "debug", {"text": "bad"}),
    ("single", ["values", "updates"], {"topic": "tea"}),
    ("single", ["tasks", "debug"], {"topic": "tea"}),
    ("parallel", ["values", "updates"], {"topic": "tea"}),
    ("breakpoints", ["values", "updates"], {"count": 0}),
    ("breakpoints", ["debug"], {"count": 0}),
]


async def run(talk: Talk) -> None:
    for graph, mode, given in STREAMS:
        body = {"assistant_id": graph, "input": given, "stream_mode": mode}
        await talk.post(f"/threads/{await talk.thread()}/runs/stream", body)
    async for _ in talk.sdk.runs.stream(await talk.thread(), "chain", input={"count": 0}, stream_mode="values"):
        pass
