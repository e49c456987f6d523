"""The event streaming protocol, through LangGraph's own client and by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk._async.stream import AsyncThreadStream
from langgraph_sdk.client import LangGraphClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from wire.address import Api

from tests.support.waiting import soon

ALL = ["values", "updates", "messages", "tools", "lifecycle", "input", "checkpoints", "tasks", "custom"]
SUM = {"messages": [{"role": "user", "content": "add 2 and 3"}]}
DEADLINE = 40.0
Event = dict[str, Any]
TRANSPORTS = pytest.mark.parametrize("transport", ["sse", "websocket"])


@pytest.fixture
async def thread(client: LangGraphClient) -> str:
    return str((await client.threads.create())["thread_id"])


@pytest.fixture
async def talk(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=api.url, headers={"x-api-key": api.key}, timeout=DEADLINE) as talk:
        yield talk


async def command(talk: httpx.AsyncClient, thread: str, method: str, **params: Any) -> dict[str, Any]:
    answer = await talk.post(f"/threads/{thread}/commands", json={"id": 7, "method": method, "params": params})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def start(talk: httpx.AsyncClient, thread: str, graph: str, given: Any) -> str:
    answer = await command(talk, thread, "run.start", assistant_id=graph, input=given)
    assert (answer["type"], answer["id"]) == ("success", 7)
    return str(answer["result"]["run_id"])


def ends(event: Event) -> bool:
    """Whether an event is the end of a run."""
    params = event["params"]
    return event["method"] == "lifecycle" and params["namespace"] == [] and params["data"]["event"] != "running"


async def events(
    talk: httpx.AsyncClient, thread: str, until: Callable[[Event], bool] = ends, **wanted: Any
) -> list[Event]:
    """The events of a stream up to one."""
    found: list[Event] = []
    async with asyncio.timeout(DEADLINE):
        async with talk.stream("POST", f"/threads/{thread}/stream/events", json={"channels": ALL} | wanted) as answer:
            assert answer.status_code == 200
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    found.append(json.loads(line[6:]))
                    if until(found[-1]):
                        break
    return found


def shown(found: list[Event], method: str) -> list[Any]:
    return [event["params"]["data"] for event in found if event["method"] == method]


@asynccontextmanager
async def socket(api: Api, thread: str, **options: Any) -> AsyncIterator[ClientConnection]:
    url = api.url.replace("http", "ws", 1) + f"/threads/{thread}/stream/events"
    options.setdefault("additional_headers", {"x-api-key": api.key})
    async with connect(url, **options) as connection:
        yield connection


async def say(connection: ClientConnection, method: str, **params: Any) -> None:
    await connection.send(json.dumps({"id": 1, "method": method, "params": params}))


async def hear(connection: ClientConnection, until: Callable[[Event], bool]) -> list[Event]:
    found: list[Event] = []
    async with asyncio.timeout(DEADLINE):
        while not (found and until(found[-1])):
            found.append(json.loads(await connection.recv()))
    return found


def answers(message: Event) -> bool:
    return message["type"] != "event"


def ends_run(message: Event) -> bool:
    return message["type"] == "event" and ends(message)


# LangGraph's client


def opened(client: LangGraphClient, api: Api, graph: str, transport: Any) -> AsyncThreadStream:
    """A stream; the client gives its sockets no key of its own accord."""
    return client.threads.stream(assistant_id=graph, transport=transport, headers={"x-api-key": api.key})


@TRANSPORTS
async def test_the_client_streams_values_and_output(client: LangGraphClient, api: Api, transport: Any) -> None:
    async with client.threads.stream(
        assistant_id="chain", transport=transport, headers={"x-api-key": api.key}
    ) as stream:
        await stream.run.start(input={"count": 0})
        async with asyncio.timeout(DEADLINE):
            seen = [values["count"] async for values in stream.values if "count" in values]
            output = await stream.output
    assert seen[-4:] == [0, 1, 2, 3]
    assert len(seen) <= 5  # the client begins with the state that it finds
    assert output["trail"] == ["a", "b", "c"]


@TRANSPORTS
async def test_the_client_streams_words(client: LangGraphClient, api: Api, transport: Any) -> None:
    async with client.threads.stream(
        assistant_id="agent", transport=transport, headers={"x-api-key": api.key}
    ) as stream:
        await stream.run.start(input=SUM)
        async with asyncio.timeout(DEADLINE):
            messages = [message async for message in stream.messages]
            texts = [(await message.output).text for message in messages]
    assert texts == ["", "The sum is 5 exactly"]


async def test_the_client_sees_tools_and_subgraphs(client: LangGraphClient) -> None:
    async with client.threads.stream(assistant_id="agent") as stream:
        await stream.run.start(input=SUM)
        async with asyncio.timeout(DEADLINE):
            calls = [(call.name, call.input) async for call in stream.tool_calls]
    assert calls == [("add", {"left": 2, "right": 3})]
    async with client.threads.stream(assistant_id="team") as stream:
        await stream.run.start(input=SUM)
        async with asyncio.timeout(DEADLINE):
            names = [handle.graph_name async for handle in stream.subgraphs]
    assert names == ["crew"]


@TRANSPORTS
async def test_the_client_answers_a_question(client: LangGraphClient, api: Api, transport: Any) -> None:
    async with client.threads.stream(
        assistant_id="nested", transport=transport, headers={"x-api-key": api.key}
    ) as stream:
        await stream.run.start(input={"topic": "tea"})
        async with asyncio.timeout(DEADLINE):
            async for _ in stream.values:
                pass
            await soon(lambda: stream.interrupts)
            assert stream.interrupts[0]["namespace"][0].startswith("inner:")
            await stream.run.respond("green")
            output = await stream.output
    assert output["answers"][-2:] == ["review: green", "finished"]


# By hand


async def test_every_channel_speaks(talk: httpx.AsyncClient, thread: str) -> None:
    await start(talk, thread, "team", SUM)
    found = await events(talk, thread)
    assert {event["method"] for event in found} == {
        "values", "updates", "messages", "tools", "lifecycle", "checkpoints", "tasks", "custom",
    }  # fmt: skip
    assert all(event["type"] == "event" for event in found)
    numbers = [event["seq"] for event in found]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] < 2**53
    assert len({event["event_id"] for event in found}) == len(found)
    assert shown(found, "custom") == [{"payload": "noticed inside"}, {"payload": "closing outside"}]
    assert [data["event"] for data in shown(found, "tools")] == ["tool-started", "tool-finished"]
    assert [data["event"] for data in shown(found, "lifecycle")] == [
        "running", "started", "started", "completed", "completed", "completed",
    ]  # fmt: skip
    words = [data["delta"]["text"] for data in shown(found, "messages") if data.get("delta", {}).get("text")]
    assert "".join(words) == "The sum is 5 exactly"
    assert {event["params"]["node"] for event in found if event["method"] == "updates"} == {
        "notice", "model", "tools", "agent", "crew", "close",
    }  # fmt: skip


async def test_namespaces_and_depth_limit_what_is_shown(talk: httpx.AsyncClient, thread: str) -> None:
    await start(talk, thread, "team", SUM)
    everything = await events(talk, thread)

    async def depths(**wanted: Any) -> set[int]:
        found = await events(talk, thread, lambda event: event["seq"] >= last, **wanted)
        return {len(event["params"]["namespace"]) for event in found}

    last = everything[-1]["seq"]
    assert await depths(namespaces=[[]], depth=0) == {0}
    assert await depths(namespaces=[[]], depth=1) == {0, 1}
    last = max(event["seq"] for event in everything if event["params"]["namespace"][:1])
    assert await depths(namespaces=[["crew"]]) == {1, 2}
    last = max(event["seq"] for event in everything if len(event["params"]["namespace"]) == 1)
    assert await depths(namespaces=[["crew"]], depth=0) == {1}


async def test_a_stream_goes_on_after_a_number(talk: httpx.AsyncClient, thread: str) -> None:
    await start(talk, thread, "chain", {"count": 0})
    whole = await events(talk, thread)
    for cut in (0, 1, len(whole) // 2, len(whole) - 2):
        assert await events(talk, thread, since=whole[cut]["seq"]) == whole[cut + 1 :]
    await start(talk, thread, "chain", {"count": 5})
    second = await events(talk, thread, since=whole[-1]["seq"])
    assert [values["count"] for values in shown(second, "values")] == [5, 6, 7, 8]
    both = await events(talk, thread, lambda event: event["seq"] >= second[-1]["seq"])
    assert both == whole + second


async def test_answers_to_several_questions(talk: httpx.AsyncClient, thread: str) -> None:
    await start(talk, thread, "parallel", {"topic": "tea"})
    found = await events(talk, thread)
    assert found[-1]["params"]["data"]["event"] == "interrupted"
    asked = {data["payload"]["question"]: data["interrupt_id"] for data in shown(found, "input.requested")}
    assert set(asked) == {"first", "second"}
    refused = await command(talk, thread, "input.respond", interrupt_id="nobody", response=1)
    assert (refused["type"], refused["error"]) == ("error", "no_such_interrupt")
    responses = [{"interrupt_id": asked[name], "response": name} for name in ("first", "second")]
    assert (await command(talk, thread, "input.respond", responses=responses))["result"] == {}
    rest = await events(talk, thread, since=found[-1]["seq"])
    assert rest[-1]["params"]["data"] == {"event": "completed", "graph_name": "parallel"}
    assert shown(rest, "values")[-1]["answers"] == ["first: first", "second: second", "finished"]
    again = await command(talk, thread, "input.respond", responses=responses)
    assert again["error"] == "no_such_interrupt"


async def test_an_answer_waits_for_the_run_that_asks(talk: httpx.AsyncClient, thread: str) -> None:
    """A question is shown before its run has paused."""
    run_id = await start(talk, thread, "slow", {"seconds": 0.5})

    async def status() -> str:
        return str((await talk.get(f"/threads/{thread}/runs/{run_id}")).json()["status"])

    async def runs() -> bool:
        return await status() == "running"

    await soon(runs)
    refused = await command(talk, thread, "input.respond", interrupt_id="nobody", response=1)
    assert refused["error"] == "no_such_interrupt"
    assert await status() == "success"


async def test_a_failure_is_told(talk: httpx.AsyncClient, thread: str) -> None:
    await start(talk, thread, "failing", {"text": "too bad"})
    last = (await events(talk, thread))[-1]
    assert last["params"]["data"] == {"event": "failed", "error": "too bad", "graph_name": "failing"}


async def test_a_cancelled_run_ends(talk: httpx.AsyncClient, thread: str) -> None:
    run = await start(talk, thread, "slow", {"seconds": 60})
    await events(talk, thread, lambda event: event["method"] == "lifecycle")
    assert (await talk.post(f"/threads/{thread}/runs/{run}/cancel", params={"wait": "true"})).is_success
    assert (await events(talk, thread))[-1]["params"]["data"]["event"] == "interrupted"


async def test_runs_that_others_started_are_shown(talk: httpx.AsyncClient, thread: str) -> None:
    body = {
        "assistant_id": "single",
        "input": {"topic": "tea"},
        "stream_mode": ["values", "updates", "tasks", "checkpoints"],
        "stream_resumable": True,
    }
    await talk.post(f"/threads/{thread}/runs/wait", json=body)
    found = await events(talk, thread)
    assert [event["params"].get("node") for event in found if event["method"] == "updates"] == ["prepare"]
    assert shown(found, "updates") == [{"answers": ["prepared"]}]
    assert {data["payload"]["question"] for data in shown(found, "input.requested")} == {"ask"}
    assert found[-1]["params"]["data"]["event"] == "interrupted"
    assert shown(found, "checkpoints")[0]["step"] == -1


async def test_a_run_starts_behind_an_active_one_or_not(talk: httpx.AsyncClient, thread: str) -> None:
    run = await start(talk, thread, "slow", {"seconds": 60})
    for name in ("multitask_strategy", "multitaskStrategy"):
        params = {"assistant_id": "chain", "input": {}, name: "reject"}
        refused = await command(talk, thread, "run.start", **params)
        assert refused["error"] == "unknown_error"
        assert refused["message"].startswith("409: ")
    await talk.post(f"/threads/{thread}/runs/{run}/cancel", params={"wait": "true"})


async def test_the_tree_of_a_run(talk: httpx.AsyncClient, thread: str) -> None:
    assert (await command(talk, thread, "agent.getTree"))["error"] == "no_such_run"
    run = await start(talk, thread, "team", SUM)
    await events(talk, thread)
    tree = (await command(talk, thread, "agent.getTree", run_id=run))["result"]["tree"]
    assert (tree["graph_name"], tree["status"], tree["namespace"]) == ("team", "completed", [])
    crew = tree["children"][0]
    assert (crew["graph_name"], crew["status"], crew["children"][0]["graph_name"]) == ("crew", "completed", "agent")
    assert (await command(talk, thread, "agent.getTree", run_id=str(uuid4())))["error"] == "no_such_run"


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({}, 400, "channels is required"),
        ({"channels": []}, 400, "channels is required"),
        ({"channels": "values"}, 400, "channels is required"),
        ({"channels": ["values", "nope", "custom:"]}, 400, "unsupported entries: nope, custom:"),
        ({"channels": ["values"], "namespaces": "x"}, 422, "namespaces"),
        ({"channels": ["values"], "namespaces": ["x"]}, 422, "namespaces"),
        ({"channels": ["values"], "depth": -1}, 422, "depth"),
        ({"channels": ["values"], "since": "x"}, 422, "since"),
        ({"channels": ["values"], "since": -1}, 422, "since"),
        ([], 422, "object"),
    ],
)
def test_bad_subscriptions_are_refused(http: httpx.Client, body: Any, status: int, text: str) -> None:
    answer = http.post(f"/threads/{uuid4()}/stream/events", json=body)
    assert answer.status_code == status
    assert text in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("run.start", {"assistant_id": "chain", "input": {}, "metadata": 5}, "invalid_argument"),
        ("run.start", {"assistant_id": "chain", "config": {"configurable": 5}}, "invalid_argument"),
        ("run.start", {"assistant_id": str(uuid4())}, "unknown_error"),
        ("input.respond", {"responses": 5}, "invalid_argument"),
        ("input.respond", {"interrupt_id": "x", "namespace": "y"}, "invalid_argument"),
        ("state.get", {}, "unknown_command"),
        ("subscription.subscribe", {"channels": ["values"]}, "not_supported"),
        ("agent.getTree", {"run_id": [1]}, "no_such_run"),
    ],
)
async def test_bad_commands_are_refused(
    talk: httpx.AsyncClient, thread: str, method: str, params: Any, code: str
) -> None:
    answer = await command(talk, thread, method, **params)
    assert (answer["type"], answer["error"]) == ("error", code)


# Sockets


async def test_a_socket_takes_commands_and_many_subscriptions(api: Api) -> None:
    async with socket(api, str(uuid4())) as connection:
        await say(connection, "subscription.subscribe", channels=["values", "lifecycle"])
        first = (await hear(connection, answers))[-1]
        assert first["type"] == "success"
        await say(connection, "run.start", assistant_id="chain", input={"count": 0})
        live = [message for message in await hear(connection, ends_run) if message["type"] == "event"]
        assert [values["count"] for values in shown(live, "values")] == [0, 1, 2, 3]
        await say(connection, "subscription.subscribe", channels=["updates"], since=live[0]["seq"])
        past = await hear(connection, lambda message: message.get("params", {}).get("node") == "c")
        assert {message.get("method", "answer") for message in past} == {"answer", "updates"}
        await say(connection, "subscription.unsubscribe", subscription_id=first["result"]["subscription_id"])
        await say(connection, "run.start", assistant_id="chain", input={"count": 1})
        later = await hear(connection, lambda message: message.get("params", {}).get("node") == "c")
        assert {message.get("method", "answer") for message in later} == {"answer", "updates"}


async def test_a_socket_refuses_what_makes_no_sense(api: Api) -> None:
    async with socket(api, str(uuid4())) as connection:
        for text in ("nonsense", "[]", '{"id": 1}', '{"channels": ["values"]}', b"\0\1"):
            await connection.send(text)
            assert (await hear(connection, answers))[-1]["error"] == "invalid_argument"
        for method, params, code in (
            ("subscription.subscribe", {}, "invalid_argument"),
            ("subscription.subscribe", {"channels": ["nope"]}, "invalid_argument"),
            ("subscription.subscribe", {"channels": ["values"], "since": -1}, "invalid_argument"),
            ("subscription.unsubscribe", {}, "invalid_argument"),
            ("subscription.unsubscribe", {"subscription_id": "x"}, "no_such_subscription"),
            ("nope", {}, "unknown_command"),
        ):
            await say(connection, method, **params)
            assert (await hear(connection, answers))[-1]["error"] == code


async def test_a_socket_wants_credentials_and_a_known_origin(api: Api) -> None:
    thread = str(uuid4())
    with pytest.raises(InvalidStatus) as refused:
        async with socket(api, thread, additional_headers={}):
            pass
    assert refused.value.response.status_code == 401
    with pytest.raises(InvalidStatus) as refused:
        async with socket(api, "nonsense"):
            pass
    assert refused.value.response.status_code == 422
    async with socket(api, thread, additional_headers={"Authorization": f"Bearer {api.key}"}) as connection:
        await say(connection, "agent.getTree")
        assert (await hear(connection, answers))[-1]["error"] == "no_such_run"


async def test_a_message_that_is_too_large_ends_the_socket(api: Api) -> None:
    async with socket(api, str(uuid4()), max_size=None) as connection:
        with suppress(ConnectionClosed):
            await connection.send("x" * (20 << 20))
        with pytest.raises(ConnectionClosed):
            await hear(connection, answers)
