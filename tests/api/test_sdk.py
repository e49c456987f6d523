"""What a user of langgraph_sdk does in a day, with both clients."""

import asyncio
from itertools import pairwise
from typing import Any

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError

QUESTION = {"messages": [{"role": "user", "content": "add 20 and 22"}]}


async def test_a_thread_lives_from_creation_to_deletion(client: LangGraphClient) -> None:
    thread = await client.threads.create(metadata={"owner": "ada"})
    assert (thread["status"], thread["values"]) == ("idle", None)
    changed = await client.threads.update(thread["thread_id"], metadata={"topic": "sums"})
    assert changed["metadata"] == {"owner": "ada", "topic": "sums"}
    found = await client.threads.search(metadata={"topic": "sums"}, ids=[thread["thread_id"]])
    assert [each["thread_id"] for each in found] == [thread["thread_id"]]
    await client.threads.delete(thread["thread_id"])
    with pytest.raises(NotFoundError):
        await client.threads.get(thread["thread_id"])


async def test_values_and_updates_stream(client: LangGraphClient) -> None:
    thread = await client.threads.create()
    parts = [
        part
        async for part in client.runs.stream(
            thread["thread_id"], "chain", input={"count": 0}, stream_mode=["values", "updates"]
        )
    ]
    assert parts[0].event == "metadata"
    assert [part.data["count"] for part in parts if part.event == "values"] == [0, 1, 2, 3]
    assert [next(iter(part.data)) for part in parts if part.event == "updates"] == ["a", "b", "c"]
    run = await client.runs.get(thread["thread_id"], parts[0].data["run_id"])
    assert run["status"] == "success"


async def test_tokens_stream_while_the_model_speaks(client: LangGraphClient) -> None:
    chunks = [
        part.data[0]
        async for part in client.runs.stream(None, "agent", input=QUESTION, stream_mode="messages-tuple")
        if part.event == "messages"
    ]
    spoken = [chunk["content"] for chunk in chunks if chunk["type"] == "AIMessageChunk" and chunk["content"]]
    assert spoken == ["The ", "sum ", "is ", "42 ", "exactly"]


async def test_whole_messages_grow(client: LangGraphClient) -> None:
    parts = [part async for part in client.runs.stream(None, "agent", input=QUESTION, stream_mode="messages")]
    partial = [part.data[0]["content"] for part in parts if part.event == "messages/partial"]
    assert partial[-1] == "The sum is 42 exactly"
    assert all(later.startswith(earlier) for earlier, later in pairwise(partial) if earlier)
    assert [part.data[0]["content"] for part in parts if part.event == "messages/complete"] == ["42"]


async def test_custom_events_stream(client: LangGraphClient) -> None:
    parts = [part async for part in client.runs.stream(None, "writer", input={}, stream_mode="custom")]
    assert [part.data for part in parts if part.event == "custom"] == [
        "started",
        {"progress": 0},
        {"progress": 1},
    ]


async def test_subgraphs_stream_under_their_namespace(client: LangGraphClient) -> None:
    parts = [
        part
        async for part in client.runs.stream(
            None, "nested", input={"topic": "tea"}, stream_mode="updates", stream_subgraphs=True
        )
    ]
    assert any(part.event.startswith("updates|inner:") and "draft" in part.data for part in parts)


async def test_wait_state_and_history(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    assert await client.runs.wait(thread, "chain", input={"count": 4}) == {
        "count": 7,
        "trail": ["a", "b", "c"],
    }
    state = await client.threads.get_state(thread)
    assert (state["values"]["count"], state["next"]) == (7, [])
    history = await client.threads.get_history(thread)
    assert [entry["metadata"]["step"] for entry in history] == [3, 2, 1, 0, -1]
    past = await client.threads.get_state(thread, checkpoint=history[1]["checkpoint"])
    assert (past["values"]["count"], past["next"]) == (6, ["c"])


async def test_a_thread_remembers(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread, "agent", input=QUESTION)
    answer: Any = await client.runs.wait(thread, "agent", input={"messages": "and 1 with 2"})
    assert [message["type"] for message in answer["messages"]] == ["human", "ai", "tool", "ai"] * 2


async def test_an_interrupt_is_answered_with_a_command(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    paused: Any = await client.runs.wait(thread, "single", input={"topic": "tea"})
    assert paused["__interrupt__"][0]["value"] == {"question": "ask", "topic": "tea"}
    assert (await client.threads.get(thread))["status"] == "interrupted"
    finished: Any = await client.runs.wait(thread, "single", command={"resume": "green"})
    assert finished["answers"] == ["prepared", "ask: green", "finished"]
    assert (await client.threads.get(thread))["status"] == "idle"


async def test_two_interrupts_are_answered_by_id(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread, "parallel", input={"topic": "tea"})
    pending = (await client.threads.get(thread))["interrupts"]
    answers = {item["id"]: item["value"]["question"].upper() for items in pending.values() for item in items}
    finished: Any = await client.runs.wait(thread, "parallel", command={"resume": answers})
    assert finished["answers"] == ["first: FIRST", "second: SECOND", "finished"]


async def test_a_background_run_is_joined(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    run = await client.runs.create(thread, "slow", input={"seconds": 0.2})
    assert run["status"] == "pending"
    values: Any = await client.runs.join(thread, run["run_id"])
    assert values["steps"] == 2
    assert [each["status"] for each in await client.runs.list(thread)] == ["success"]


async def test_a_stream_is_joined_where_it_was_left(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    first = [
        part
        async for part in client.runs.stream(
            thread, "chain", input={"count": 0}, stream_mode="values", stream_resumable=True
        )
    ]
    run = first[0].data["run_id"]
    rest = [part async for part in client.runs.join_stream(thread, run, last_event_id=first[2].id)]
    assert [part.data for part in rest] == [part.data for part in first[3:]]


async def test_a_cancelled_run_stays_cancelled(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    run = await client.runs.create(thread, "slow", input={"seconds": 60})
    await client.runs.cancel(thread, run["run_id"], wait=True)
    assert (await client.runs.get(thread, run["run_id"]))["status"] == "interrupted"
    with pytest.raises(NotFoundError):
        await client.runs.cancel(thread, run["run_id"])


async def test_a_failed_run_tells_what_happened(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    answer: Any = await client.runs.wait(thread, "failing", input={"text": "no luck"}, raise_error=False)
    assert answer["__error__"] == {"error": "ValueError", "message": "no luck"}
    with pytest.raises(Exception, match="ValueError: no luck"):
        await client.runs.wait(thread, "failing", input={"text": "no luck"})
    assert (await client.threads.get(thread))["status"] == "error"


async def test_runs_of_a_thread_queue_up(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    answers: Any = await asyncio.gather(*(client.runs.wait(thread, "slow", input={"seconds": 0}) for _ in range(5)))
    assert sorted(answer["steps"] for answer in answers) == [2, 4, 6, 8, 10]


async def test_a_busy_thread_rejects_when_asked_to(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    run = await client.runs.create(thread, "slow", input={"seconds": 60})
    with pytest.raises(ConflictError):
        await client.runs.create(thread, "slow", input={}, multitask_strategy="reject")
    await client.runs.cancel(thread, run["run_id"], wait=True)


async def test_an_assistant_configures_its_graph(client: LangGraphClient) -> None:
    assistant = await client.assistants.create("settings", context={"language": "de"}, name="German")
    answer: Any = await client.runs.wait(None, assistant["assistant_id"], input={})
    assert answer["report"]["context"]["language"] == "de"
    await client.assistants.update(assistant["assistant_id"], context={"language": "fr"})
    answer = await client.runs.wait(None, assistant["assistant_id"], input={})
    assert answer["report"]["context"]["language"] == "fr"
    await client.assistants.set_latest(assistant["assistant_id"], 1)
    versions = await client.assistants.get_versions(assistant["assistant_id"])
    assert [version["context"]["language"] for version in versions] == ["fr", "de"]
    graph = await client.assistants.get_graph("settings")
    assert [node["id"] for node in graph["nodes"]] == ["__start__", "inspect", "__end__"]


def test_the_sync_client_streams(sync_client: SyncLangGraphClient) -> None:
    thread = sync_client.threads.create()["thread_id"]
    modes: Any = ["values", "updates", "messages-tuple", "custom"]
    parts = list(sync_client.runs.stream(thread, "agent", input=QUESTION, stream_mode=modes))
    assert {part.event for part in parts} == {"metadata", "values", "updates", "messages"}
    last = [part for part in parts if part.event == "values"][-1]
    assert last.data["messages"][-1]["content"] == "The sum is 42 exactly"


def test_the_sync_client_waits_resumes_and_reads(sync_client: SyncLangGraphClient) -> None:
    thread = sync_client.threads.create()["thread_id"]
    sync_client.runs.wait(thread, "nested", input={"topic": "tea"})
    state = sync_client.threads.get_state(thread, subgraphs=True)
    inner: Any = state["tasks"][0]["state"]
    assert inner["next"] == ["review"]
    finished: Any = sync_client.runs.wait(thread, "nested", command={"resume": "fine"})
    assert finished["answers"][-2:] == ["review: fine", "finished"]
    assert sync_client.threads.get_history(thread, limit=1)[0]["next"] == []


def test_the_sync_client_joins_and_cancels(sync_client: SyncLangGraphClient) -> None:
    thread = sync_client.threads.create()["thread_id"]
    run = sync_client.runs.create(thread, "slow", input={"seconds": 0.1})
    joined: Any = sync_client.runs.join(thread, run["run_id"])
    assert joined["steps"] == 2
    run = sync_client.runs.create(thread, "slow", input={"seconds": 60})
    sync_client.runs.cancel(thread, run["run_id"], wait=True)
    assert sync_client.runs.get(thread, run["run_id"])["status"] == "interrupted"
    answer: Any = sync_client.runs.wait(None, "chain", input={"count": 0})
    assert answer["count"] == 3


def test_a_graph_from_a_project_imports_its_own_modules(sync_client: SyncLangGraphClient) -> None:
    answer: Any = sync_client.runs.wait(None, "order", input={"item": "tea", "quantity": 4})
    assert answer == {"item": "tea", "quantity": 8, "note": "tea doubled"}


def test_ok_and_info(http: httpx.Client) -> None:
    assert http.get("/ok").json()["ok"] is True
    assert {"version", "langgraph_py_version", "flags"} <= http.get("/info").json().keys()
