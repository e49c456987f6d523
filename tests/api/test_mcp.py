"""MCP, spoken by the official client and by hand: assistants are tools."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import httpx2
import mcp_types
import pytest
from langgraph_sdk.client import LangGraphClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from wire.address import Api

from tests.support.server import Server
from tests.support.waiting import soon

BOTH = {"accept": "application/json, text/event-stream"}


@asynccontextmanager
async def speaking(api: Api) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers={"x-api-key": api.key}, timeout=60) as http,
        Client(streamable_http_client(f"{api.url}/mcp/", http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def assistants(client: LangGraphClient, *names: str) -> AsyncIterator[list[str]]:
    """Assistants of the chain; their ids."""
    made = []
    for name in names[:4]:  # in this order
        made.append((await client.assistants.create("chain", name=name))["assistant_id"])
    rest = await asyncio.gather(*(client.assistants.create("chain", name=name) for name in names[4:]))
    made += [assistant["assistant_id"] for assistant in rest]
    try:
        yield made
    finally:
        await asyncio.gather(*(client.assistants.delete(assistant_id) for assistant_id in made))


async def all_tools(client: Client) -> list[mcp_types.Tool]:
    """Every page."""
    tools, cursor = [], None
    while True:
        page = await client.list_tools(cursor=cursor)
        tools += page.tools
        if (cursor := page.next_cursor) is None:
            return tools


def text_of(result: Any) -> str:
    return "".join(block.text for block in result.content)


async def running(client: LangGraphClient) -> list[dict[str, Any]]:
    rows = await client.http.get("/runs", params={"graph_id": "slow", "limit": 20})
    return [row for row in rows if row["status"] in ("pending", "running")]


async def test_a_client_finds_the_tools_and_calls_one(api: Api) -> None:
    async with speaking(api) as client:
        tools = {tool.name: tool for tool in await all_tools(client)}
        assert tools["chain"].input_schema["properties"]["count"] == {"title": "Count", "type": "integer"}
        assert tools["order"].input_schema["required"] == ["item"]
        assert tools["agent"].input_schema["properties"]["messages"]["type"] == "string"
        assert "$defs" not in tools["agent"].input_schema
        result = await client.call_tool("chain", {"count": 3})
        assert result.structured_content == {"count": 6, "trail": ["a", "b", "c"]}
        assert not result.is_error
        said = await client.call_tool("agent", {"messages": "add 20 and 22"})
        assert said.structured_content["messages"][-1]["content"] == "The sum is 42 exactly"


async def test_input_that_is_no_object_is_one_argument(api: Api) -> None:
    async with speaking(api) as client:
        tool = next(tool for tool in await all_tools(client) if tool.name == "functional")
        assert tool.input_schema["properties"]["input"]["type"] == "array"
        assert tool.input_schema["required"] == ["input"]
        result = await client.call_tool("functional", {"input": [1, 2, 3]})
        assert result.structured_content == {"squares": [1, 4, 9], "total": 14}


async def test_what_goes_wrong_in_a_tool_is_told_to_the_model(api: Api) -> None:
    async with speaking(api) as client:
        failed = await client.call_tool("failing", {"text": "bad"})
        assert failed.is_error
        assert text_of(failed) == "ValueError: bad"
        refused = await client.call_tool("order", {"quantity": "many"})
        assert refused.is_error
        assert "item" in text_of(refused)


async def test_every_assistant_has_a_name_that_models_can_say(api: Api, client: LangGraphClient) -> None:
    async with assistants(client, "Größe: 1/2", "chain", "chain", "x" * 200) as made, speaking(api) as speaker:
        tools = await all_tools(speaker)
        names = [tool.name for tool in tools]
        assert len(set(names)) == len(names)
        assert {"Gr_e_1_2", "chain", f"chain-{made[1][:8]}", f"chain-{made[2][:8]}", "x" * 64} <= set(names)
        result = await speaker.call_tool(f"chain-{made[1][:8]}", {"count": 1})
        assert result.structured_content == {"count": 4, "trail": ["a", "b", "c"]}


async def test_many_tools_come_in_pages(api: Api, client: LangGraphClient) -> None:
    async with assistants(client, *(f"tool {number}" for number in range(101))), speaking(api) as speaker:
        first = await speaker.list_tools()
        assert len(first.tools) == 100
        assert first.next_cursor == first.tools[-1].name
        names = [tool.name for tool in await all_tools(speaker)]
        assert len(names) == len(set(names)) > 101


async def test_progress_is_told_while_a_tool_works(api: Api) -> None:
    told: list[tuple[float, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async with speaking(api) as client:
        result = await client.call_tool("chain", {"count": 0}, progress_callback=hear)
    assert result.structured_content == {"count": 3, "trail": ["a", "b", "c"]}
    assert told == [(1.0, "a"), (2.0, "b"), (3.0, "c")]


async def test_a_cancelled_call_ends_its_run(api: Api, client: LangGraphClient) -> None:
    async with speaking(api) as speaker:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:

                async def give_up() -> None:
                    await soon(lambda: running(client))
                    scope.cancel()

                tasks.start_soon(give_up)
                await speaker.call_tool("slow", {"seconds": 60})
        await soon(lambda: none_of(running(client)))
        await all_tools(speaker)  # the late answer arrives before the client goes, which does not like it after


async def none_of(rows: Any) -> bool:
    return not await rows


async def test_a_notification_cancels_only_the_request_of_its_session(api: Api, client: LangGraphClient) -> None:
    async with httpx.AsyncClient(base_url=api.url, headers={"x-api-key": api.key, **BOTH}, timeout=60) as speaker:

        def calling(session: str) -> asyncio.Task[httpx.Response]:
            params = {"name": "slow", "arguments": {"seconds": 60}}
            body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
            return asyncio.create_task(speaker.post("/mcp", json=body, headers={"mcp-session-id": session}))

        mine, theirs = calling("mine"), calling("theirs")
        await soon(lambda: have(2, running(client)))
        cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
        assert (await speaker.post("/mcp", json=cancelled)).status_code == 202  # of no session: nothing happens
        answer = await speaker.post("/mcp", json=cancelled, headers={"mcp-session-id": "mine"})
        assert answer.status_code == 202
        result = (await mine).json()["result"]
        assert result["isError"]
        assert "cancelled" in result["content"][0]["text"]
        assert len(await running(client)) == 1
        assert not theirs.done()
        assert (await speaker.delete("/mcp", headers={"mcp-session-id": "theirs"})).status_code == 204
        assert (await theirs).json()["result"]["isError"]


async def have(count: int, rows: Any) -> bool:
    return len(await rows) == count


async def test_a_client_that_goes_ends_its_run(api: Api, client: LangGraphClient) -> None:
    params = {"name": "slow", "arguments": {"seconds": 60}}
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
    async with httpx.AsyncClient(base_url=api.url, headers={"x-api-key": api.key, **BOTH}, timeout=60) as speaker:
        task = asyncio.create_task(speaker.post("/mcp", json=body))
        await soon(lambda: running(client))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await soon(lambda: none_of(running(client)))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"params": {"name": "chain", "arguments": 3}, "method": "tools/call"}, "arguments"),
        ({"params": {"name": ["chain"]}, "method": "tools/call"}, "Unknown tool"),
        ({"params": [], "method": "tools/call"}, "Unknown tool"),
        ({"params": 3, "method": "tools/list"}, "params"),
        ({"params": {"cursor": "nowhere"}, "method": "tools/list"}, "cursor"),
        ({"params": {"cursor": ["x"]}, "method": "tools/list"}, "cursor"),
        ({"method": 5}, "Method not found"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(http: httpx.Client, body: dict[str, Any], words: str) -> None:
    answer = http.post("/mcp", json={"jsonrpc": "2.0", "id": "a", **body}, headers=BOTH)
    assert answer.status_code == 200
    assert answer.json()["id"] == "a"
    assert answer.json()["error"]["code"] in (-32602, -32601)
    assert words in answer.json()["error"]["message"]


def test_a_nul_is_refused(http: httpx.Client) -> None:
    params = {"name": "chain", "arguments": {"count": "a\0b"}}
    answer = http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}, headers=BOTH)
    assert answer.status_code == 400
    assert "U+0000" in answer.json()["error"]


def test_long_calls_give_signs_of_life_and_any_base_url_will_do(module_server: Callable[..., Server]) -> None:
    from conftest import GRAPHS

    server = module_server(
        config=GRAPHS / "langgraph.json", base_url="/user/x/", env={"DURAGRAPH_KEEPALIVE_SECONDS": "0.2"}
    )
    params = {"name": "slow", "arguments": {"seconds": 0.6}}
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
    with server.client() as http:
        plain = http.post("/mcp/", json=body, headers={"accept": "application/json"})
        assert plain.headers["content-type"] == "application/json"
        assert plain.text.startswith("\n")
        events = http.post("/mcp/", json=body, headers=BOTH)
        assert events.headers["content-type"].startswith("text/event-stream")
        assert events.text.startswith(": heartbeat\n\n")
        assert '"structuredContent":{' in events.text
        assert plain.json()["result"]["structuredContent"]["steps"] == 2
        agent = http.post("/assistants/search", json={"graph_id": "agent"}).json()[0]["assistant_id"]
        card = http.get("/.well-known/agent-card.json", params={"assistant_id": agent}).json()
        assert card["url"] == f"{server.api_url}/a2a/{agent}"
        assert http.get(f"/a2a/{agent}").json() == card
