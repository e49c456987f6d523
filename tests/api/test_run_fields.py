"""Every field of a run does what it says, asked through LangGraph's own client. (`webhook` has tests of its own.)"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError

from tests.support.waiting import soon

TEA = {"topic": "tea"}
Wait = Any


@pytest.fixture
async def thread(client: LangGraphClient) -> str:
    return str((await client.threads.create())["thread_id"])


async def trail(client: LangGraphClient, thread: str) -> list[str]:
    return list((await client.threads.get_state(thread))["values"].get("trail", []))  # type: ignore[union-attr]


async def report(client: LangGraphClient, graph: str = "inspector", **fields: Any) -> dict[str, Any]:
    answer: Any = await client.runs.wait(None, graph, **{"input": {}, **fields})
    return dict(answer["report"])


async def test_input_is_merged_into_the_state(client: LangGraphClient, thread: str) -> None:
    assert (await client.runs.wait(thread, "chain", input={"count": 5}))["count"] == 8  # type: ignore[call-overload]
    assert (await client.runs.wait(thread, "chain", input={"count": 0}))["trail"] == list("abcabc")  # type: ignore[call-overload]


async def test_command_resumes_by_value_and_by_id(client: LangGraphClient, thread: str) -> None:
    await client.runs.wait(thread, "single", input=TEA)
    done: Any = await client.runs.wait(thread, "single", command={"resume": {"cup": 1}})
    assert done["answers"][1] == "ask: {'cup': 1}"
    paused: Any = await client.runs.wait(thread, "parallel", input=TEA)
    by_id = {each["id"]: each["value"]["question"] for each in paused["__interrupt__"]}
    done = await client.runs.wait(thread, "parallel", command={"resume": by_id})
    assert {"first: first", "second: second"} <= set(done["answers"])


async def test_command_updates_and_goes_elsewhere(client: LangGraphClient, thread: str) -> None:
    await client.runs.wait(thread, "single", input=TEA)
    updated: Any = await client.runs.wait(thread, "single", command={"update": {"topic": "milk"}})
    assert updated["topic"] == "milk"
    await client.runs.wait(thread, "single", command={"resume": "hot"})
    gone: Any = await client.runs.wait(thread, "single", command={"goto": "finish"})
    assert gone["answers"].count("finished") == 2
    sent: Any = await client.runs.wait(
        thread, "single", command={"goto": {"node": "prepare", "input": TEA}, "update": [["topic", "cocoa"]]}
    )
    assert (sent["topic"], sent["answers"][-1]) == ("cocoa", "prepared")


async def test_config_reaches_the_node(client: LangGraphClient) -> None:
    config: Any = {"tags": ["blue"], "recursion_limit": 7, "configurable": {"size": 3}, "metadata": {"from": "config"}}
    given = await report(client, config=config)
    assert given["recursion_limit"] == 7
    assert "blue" in given["tags"]
    assert given["configurable"]["size"] == 3
    assert given["metadata"]["from"] == "config"
    with pytest.raises(Exception, match="GraphRecursionError"):
        await client.runs.wait(None, "endless", input={}, config={"recursion_limit": 3})


async def test_context_reaches_the_node(client: LangGraphClient) -> None:
    given = await report(client, "settings", context={"language": "de"})
    assert given["context"] == {"language": "de"}
    with pytest.raises(Exception, match="configurable and context"):
        await client.runs.wait(None, "settings", input={}, context={"a": 1}, config={"configurable": {"b": 2}})


async def test_metadata_stands_on_the_run_and_its_checkpoints(client: LangGraphClient, thread: str) -> None:
    await client.runs.wait(thread, "chain", input={"count": 0}, metadata={"team": "red"})
    (run,) = await client.runs.list(thread)
    assert run["metadata"]["team"] == "red"  # type: ignore[index]
    history = await client.threads.get_history(thread, metadata={"team": "red"})
    assert len(history) == 5
    assert (await report(client, metadata={"team": "red"}))["metadata"]["team"] == "red"


@pytest.mark.parametrize("field", ["checkpoint", "checkpoint_id"])
async def test_a_checkpoint_is_where_it_begins(client: LangGraphClient, thread: str, field: str) -> None:
    await client.runs.wait(thread, "chain", input={"count": 0})
    history = await client.threads.get_history(thread)
    at = next(entry["checkpoint"] for entry in history if entry["next"] == ["b"])
    where: Any = {"checkpoint": at} if field == "checkpoint" else {"checkpoint_id": at["checkpoint_id"]}
    forked: Any = await client.runs.wait(thread, "chain", **where)
    assert forked == {"count": 3, "trail": ["a", "b", "c"]}
    newest = await client.threads.get_history(thread, limit=100)
    assert len(newest) > len(history)
    assert at in [entry["parent_checkpoint"] for entry in newest[: len(newest) - len(history)]]
    other = (await client.threads.create())["thread_id"]
    with pytest.raises(Exception, match=r"checkpoint\.thread_id"):
        await client.runs.create(other, "chain", checkpoint={**at, "thread_id": thread})


@pytest.mark.parametrize(
    ("field", "nodes", "stops"),
    [
        ("interrupt_before", ["b"], [["a"], ["a", "b", "c"]]),
        ("interrupt_after", ["b"], [["a", "b"], ["a", "b", "c"]]),
        ("interrupt_before", "*", [[], ["a"], ["a", "b"], ["a", "b", "c"]]),
        ("interrupt_after", "*", [["a"], ["a", "b"], ["a", "b", "c"]]),
    ],
)
async def test_breakpoints(client: LangGraphClient, thread: str, field: str, nodes: Any, stops: list[Any]) -> None:
    given: Any = {"count": 0}
    for place, stop in enumerate(stops):
        await client.runs.wait(thread, "chain", input=given, **{field: nodes})
        assert await trail(client, thread) == stop
        last = (place == len(stops) - 1 and field == "interrupt_before") or (stop == ["a", "b", "c"] and nodes != "*")
        assert ((await client.threads.get(thread))["status"] == "idle") == (last or place == len(stops) - 1)
        given = None


async def test_multitask_strategies(client: LangGraphClient, thread: str) -> None:
    busy = await client.runs.create(thread, "slow", input={"seconds": 60})
    with pytest.raises(ConflictError):
        await client.runs.create(thread, "slow", input={}, multitask_strategy="reject")
    queued = await client.runs.create(thread, "slow", input={}, multitask_strategy="enqueue")
    assert queued["status"] == "pending"
    await client.runs.wait(thread, "slow", input={"seconds": 0}, multitask_strategy="interrupt")
    states = {run["run_id"]: run["status"] for run in await client.runs.list(thread)}
    assert (states[busy["run_id"]], states[queued["run_id"]]) == ("interrupted", "interrupted")
    busy = await client.runs.create(thread, "slow", input={"seconds": 60})
    await client.runs.wait(thread, "slow", input={"seconds": 0}, multitask_strategy="rollback")
    assert busy["run_id"] not in {run["run_id"] for run in await client.runs.list(thread)}


async def test_if_not_exists_creates_the_thread(client: LangGraphClient) -> None:
    nowhere = "a" * 8 + (await client.threads.create())["thread_id"][8:]
    with pytest.raises(NotFoundError):
        await client.runs.create(nowhere, "chain", input={})
    answer: Any = await client.runs.wait(nowhere, "chain", input={"count": 0}, if_not_exists="create")
    assert answer["count"] == 3
    assert (await client.threads.get(nowhere))["status"] == "idle"


async def test_on_completion_deletes_or_keeps(client: LangGraphClient) -> None:
    kept = await client.runs.create(None, "chain", input={"count": 0}, on_completion="keep")
    gone = await client.runs.create(None, "chain", input={"count": 0}, on_completion="delete")
    for run in (kept, gone):
        await client.runs.join(run["thread_id"], run["run_id"])
    assert (await client.threads.get(kept["thread_id"]))["status"] == "idle"
    with pytest.raises(NotFoundError):
        await client.threads.get(gone["thread_id"])


@pytest.mark.parametrize(("mode", "status"), [("cancel", "interrupted"), ("continue", "success")])
@pytest.mark.parametrize("tail", ["wait", "stream"])
async def test_on_disconnect(client: LangGraphClient, http: httpx.Client, thread: str, mode: str, status: str,
                             tail: str) -> None:  # fmt: skip
    body = {"assistant_id": "slow", "input": {"seconds": 0.5}, "on_disconnect": mode}
    async with httpx.AsyncClient(base_url=http.base_url, headers=http.headers, timeout=30) as impatient:
        call = asyncio.create_task(impatient.post(f"/threads/{thread}/runs/{tail}", json=body))
        await soon(lambda: client.runs.list(thread), 20)
        call.cancel()
        await asyncio.wait((call,))

    async def ended() -> bool:
        return (await client.runs.list(thread))[0]["status"] == status

    await soon(ended, 20)


async def test_after_seconds_delays(client: LangGraphClient, thread: str) -> None:
    run = await client.runs.create(thread, "chain", input={"count": 0}, after_seconds=1)
    await client.runs.join(thread, run["run_id"])
    row: Any = await client.http.get(f"/runs/{run['run_id']}")
    events: Any = await client.http.get(f"/runs/{run['run_id']}/events")
    late = [event["timestamp"] for event in events][:2]
    assert row["status"] == "success"
    assert late[1][:19] > late[0][:19]
    stayed = await client.runs.create(thread, "chain", input={"count": 0}, after_seconds=3600)
    assert stayed["status"] == "pending"
    await client.runs.cancel(thread, stayed["run_id"])


@pytest.mark.parametrize(
    ("fields", "checkpoints"),
    [
        ({"durability": "sync"}, 5),
        ({"durability": "async"}, 5),
        ({"durability": "exit"}, 1),
        ({"checkpoint_during": True}, 5),
        ({"checkpoint_during": False}, 1),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_durability(client: LangGraphClient, thread: str, fields: Any, checkpoints: int) -> None:
    await client.runs.wait(thread, "chain", input={"count": 0}, **fields)
    assert len(await client.threads.get_history(thread, limit=20)) == checkpoints
    (run,) = await client.runs.list(thread)
    assert run["kwargs"]["checkpoint_during"] == fields.get("checkpoint_during", True)


async def test_an_empty_command_is_none(client: LangGraphClient, thread: str) -> None:
    ended: Any = await client.runs.wait(thread, "chain", input={"count": 0}, command={})
    assert ended["count"] == 3


async def test_every_stream_mode_streams(client: LangGraphClient, thread: str) -> None:
    modes: Any = ["values", "updates", "messages-tuple", "tasks", "checkpoints", "debug", "events", "custom"]
    question = {"messages": [{"role": "user", "content": "add 20 and 22"}]}
    seen = {part.event async for part in client.runs.stream(thread, "agent", input=question, stream_mode=modes)}
    assert seen == {"metadata", "messages", *(mode for mode in modes if mode not in ("messages-tuple", "custom"))}
    custom = {part.event async for part in client.runs.stream(None, "writer", input={}, stream_mode=["custom"])}
    assert custom == {"metadata", "custom"}


def test_other_stream_modes_are_refused(http: httpx.Client) -> None:
    for mode in ("tools", "lifecycle", "bogus"):
        answer = http.post("/runs/stream", json={"assistant_id": "chain", "stream_mode": [mode]})
        assert answer.status_code == 422
        assert "stream_mode" in answer.json()["detail"]


async def test_stream_subgraphs_shows_what_is_inside(client: LangGraphClient) -> None:
    for inside in (True, False):
        parts = [
            part.event
            async for part in client.runs.stream(
                None, "nested", input=TEA, stream_mode="updates", stream_subgraphs=inside
            )
        ]
        assert any("|inner:" in event for event in parts) == inside


async def test_stream_resumable_and_feedback_keys_are_kept(client: LangGraphClient, thread: str) -> None:
    parts = [
        part
        async for part in client.runs.stream(
            thread, "chain", input={"count": 0}, stream_resumable=True, feedback_keys=["thumbs"]
        )
    ]
    (run,) = await client.runs.list(thread)
    assert run["kwargs"]["feedback_keys"] == ["thumbs"]  # type: ignore[typeddict-item]
    again = [part async for part in client.runs.join_stream(thread, run["run_id"], last_event_id="0")]
    assert again == parts
    plain = await client.runs.create(thread, "chain", input={"count": 0})
    await client.runs.join(thread, plain["run_id"])
    assert [part async for part in client.runs.join_stream(thread, plain["run_id"])] == []


def test_unknown_fields_are_left_aside_as_the_reference_does(http: httpx.Client) -> None:
    answer = http.post("/runs/wait", json={"assistant_id": "chain", "input": {"count": 0}, "bogus": 1})
    assert (answer.status_code, answer.json()["count"]) == (200, 3)
