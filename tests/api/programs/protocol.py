"""The event streaming protocol: what commands answer, and the events of runs up to their end."""

import json
from typing import Any

from wire.talk import Talk

COMMANDS: list[Any] = [
    {},
    {"id": 1},
    {"method": "run.start"},
    {"id": "a", "method": "run.start"},
    {"id": 1.5, "method": "run.start"},
    {"id": 1, "method": 5},
    {"id": 1, "method": "nope"},
    {"id": 1, "method": "run.input", "params": {}},
    {"id": 1, "method": "run.start"},
    {"id": 1, "method": "run.start", "params": []},
    {"id": -1, "method": "run.start", "params": {"assistant_id": 5}},
    {"id": 1, "method": "input.respond", "params": {}},
    {"id": 1, "method": "input.respond", "params": {"responses": []}},
    {"id": 1, "method": "input.respond", "params": {"interrupt_id": "x"}},
    {"id": 1, "method": "input.respond", "params": {"responses": [{"interrupt_id": "x", "response": 1}]}},
    {"id": 1, "method": "state.get", "params": {"namespace": []}},
    {"id": 1, "method": "agent.getTree"},
    {"id": 1, "method": "subscription.unsubscribe", "params": {"subscription_id": "x"}},
]
STREAMS: list[Any] = [{}, {"channels": []}, {"channels": "values"}]
CHANNELS = ["values", "lifecycle", "input"]
RUNS: list[tuple[str, Any, list[str]]] = [
    ("chain", {"count": 0}, CHANNELS),
    ("writer", {}, CHANNELS),
    ("router", {"count": 1}, CHANNELS),
    ("failing", {"text": "bad"}, CHANNELS),
    ("breakpoints", {"count": 0}, CHANNELS),
    ("single", {"topic": "tea"}, ["lifecycle", "input"]),
    ("nested", {"topic": "tea"}, ["input"]),
    ("agent", {"messages": [{"role": "user", "content": "add 2 and 3"}]}, ["messages", "lifecycle"]),
]


async def events(talk: Talk, thread: str, channels: list[str], **more: Any) -> list[Any]:
    """The events up to the end of a run, or to a question when only those are asked for."""
    found = []
    body = {"channels": channels, **more}
    async with talk.http.stream("POST", f"/threads/{thread}/stream/events", json=body) as answer:
        async for line in answer.aiter_lines():
            if not line:
                if found and (found[-1]["method"] == "input.requested" if channels == ["input"] else _ends(found[-1])):
                    break
            elif line.startswith("data: "):
                found.append(json.loads(line[6:]))
    return found


def _ends(event: Any) -> bool:
    params = event["params"]
    return event["method"] == "lifecycle" and not params["namespace"] and params["data"]["event"] != "running"


async def run(talk: Talk) -> None:
    thread = await talk.thread()
    for command in COMMANDS:
        await talk.ask("POST", f"/threads/{thread}/commands", command)
    await talk.ask("POST", f"/threads/{thread}/commands", content=b"{")
    for body in STREAMS:
        await talk.ask("POST", f"/threads/{thread}/stream/events", body)
    for graph, given, channels in RUNS:
        thread = await talk.thread()
        params = {"assistant_id": graph, "input": given}
        await talk.post(f"/threads/{thread}/commands", {"id": 1, "method": "run.start", "params": params})
        await events(talk, thread, channels)
