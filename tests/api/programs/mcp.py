"""MCP by hand: the handshake, calls, and what is no request."""

from typing import Any

from wire.talk import Talk

ACCEPT = {"accept": "application/json, text/event-stream"}
MALFORMED: tuple[Any, ...] = (
    [{"jsonrpc": "2.0", "id": 3, "method": "ping"}],
    [],
    "text",
    {"id": 1, "method": "ping"},
    {"jsonrpc": "1.0", "id": 1, "method": "ping"},
    {"jsonrpc": "2.0", "id": 1, "result": {}},
    {"jsonrpc": "2.0", "id": 1},
    {"jsonrpc": "2.0", "id": None, "method": "ping"},
)


async def run(talk: Talk) -> None:
    async def ask(method: str, params: Any = None, **more: Any) -> None:
        body = {"jsonrpc": "2.0", "method": method, **({} if params is None else {"params": params}), **more}
        await talk.ask("POST", "/mcp", body, headers=ACCEPT)

    async def call(name: str, arguments: Any = None) -> None:
        given = {} if arguments is None else {"arguments": arguments}
        await ask("tools/call", {"name": name, **given}, id=3)

    for version in ("2024-11-05", "2025-06-18", "2025-11-25", "2099-01-01"):
        client = {"name": "program", "version": "1"}
        await ask("initialize", {"protocolVersion": version, "capabilities": {}, "clientInfo": client}, id=1)
    await ask("initialize", id="text")
    await ask("notifications/initialized")
    await ask("notifications/unheard-of")
    await ask("notifications/cancelled", {"requestId": 99})
    await ask("ping", id=2)

    await call("chain", {"count": 3})
    await call("narrow", {"text": "x"})
    await call("single", {"topic": "tea"})
    await call("failing", {"text": "bad"})
    await call("order")
    await call("nowhere", {})
    await ask("tools/call", {}, id=3)
    for method in ("resources/list", "prompts/list", "unheard-of"):
        await ask(method, id=4)

    for body in MALFORMED:
        await talk.ask("POST", "/mcp", body, headers=ACCEPT)
    for content in ("{bad", ""):
        await talk.ask("POST", "/mcp", content=content, headers=ACCEPT)
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    for accept in ("application/json", "text/event-stream", "*/*", "text/html"):
        await talk.ask("POST", "/mcp", ping, headers={"accept": accept})
    for name, value in (("mcp-session-id", "unheard-of"), ("mcp-protocol-version", "unheard-of")):
        await talk.ask("POST", "/mcp", ping, headers={**ACCEPT, name: value})
    for method in ("GET", "PUT", "DELETE"):
        await talk.ask(method, "/mcp", headers=ACCEPT)
