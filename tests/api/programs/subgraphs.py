"""Streams of a graph with a subgraph that pauses, with and without the subgraph's own events."""

from wire.talk import Talk

MODES = ("values", "updates", "debug", "tasks", "checkpoints", ["values", "updates"], "events")


async def run(talk: Talk) -> None:
    for subgraphs in (False, True):
        for mode in MODES:
            thread = await talk.thread()
            body = {"assistant_id": "nested", "stream_mode": mode, "stream_subgraphs": subgraphs}
            await talk.post(f"/threads/{thread}/runs/stream", {**body, "input": {"topic": "tea"}})
            if mode == ["values", "updates"]:
                await talk.post(f"/threads/{thread}/runs/stream", {**body, "command": {"resume": "fine"}})
