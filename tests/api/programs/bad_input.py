"""Malformed, mistyped and out-of-range requests."""

from typing import Any

from wire.talk import Talk

MALFORMED = (
    "/assistants",
    "/assistants/search",
    "/assistants/count",
    "/threads",
    "/threads/search",
    "/threads/count",
    "/threads/{thread}/runs",
    "/threads/{thread}/runs/wait",
    "/threads/{thread}/runs/stream",
    "/threads/{thread}/state",
    "/threads/{thread}/history",
    "/runs/wait",
    "/runs/stream",
)
MISTYPED: list[tuple[str, Any]] = [
    ("/assistants", {}),
    ("/assistants", []),
    ("/assistants", {"graph_id": 1}),
    ("/assistants", {"graph_id": "agent", "metadata": "x"}),
    ("/assistants", {"graph_id": "agent", "if_exists": "bogus"}),
    ("/assistants/search", {"limit": 0}),
    ("/assistants/search", {"limit": 1001}),
    ("/assistants/search", {"limit": "x"}),
    ("/assistants/search", {"sort_by": "bogus"}),
    ("/assistants/search", {"select": ["bogus"]}),
    ("/threads", {"metadata": []}),
    ("/threads", {"if_exists": "bogus"}),
    ("/threads", {"ttl": 5}),
    ("/threads/search", {"status": "bogus"}),
    ("/threads/search", {"limit": 0}),
    ("/threads/search", {"select": ["bogus"]}),
    ("/threads/{thread}/state", {"values": "text"}),
    ("/threads/{thread}/state", []),
    ("/threads/{thread}/state/checkpoint", {}),
    ("/threads/{thread}/history", {"limit": 0}),
    ("/threads/{thread}/history", {"limit": 1001}),
    ("/threads/{thread}/runs", {"input": {}}),
    ("/threads/{thread}/runs/wait", {"input": {}}),
    ("/threads/{thread}/runs/stream", {"input": {}}),
    ("/runs/wait", {}),
    ("/runs/stream", {}),
    ("/threads/{thread}/runs", {"assistant_id": 3}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "multitask_strategy": "bogus"}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "stream_mode": ["bogus"]}),
    ("/threads/{thread}/runs/stream", {"assistant_id": "chain", "stream_mode": "bogus"}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "config": "x"}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "config": {"recursion_limit": "x"}}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "metadata": 3}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "durability": "bogus"}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "interrupt_before": 3}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "command": 3}),
    ("/threads/{thread}/runs", {"assistant_id": "chain", "if_not_exists": "bogus"}),
]


async def run(talk: Talk) -> None:
    thread = await talk.thread()
    for path in MALFORMED:
        for content in ("{bad", ""):
            headers = {"content-type": "application/json"}
            await talk.ask("POST", path.format(thread=thread), content=content, headers=headers)
    for path, body in MISTYPED:
        await talk.ask("POST", path.format(thread=thread), body)
    await talk.ask("PATCH", f"/threads/{thread}", {"metadata": "x"})
    await talk.get(f"/threads/{thread}/history", params={"limit": "x"})
    for method, path in (
        ("GET", "/assistants"),
        ("GET", "/threads"),
        ("PUT", "/threads"),
        ("GET", "/nowhere"),
    ):
        await talk.ask(method, path)
