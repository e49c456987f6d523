"""What a stream shows: LangGraph's own events, numbered, live and stored alike."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from langgraph.types import StreamWriter

from duragraph_ext.core import jsonx
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.queries.runs import read_frames
from tests.api.graphs import agent, pauses
from tests.kernel.platform import Frames, Platform
from tests.kernel.shapes import State, chain, parent, two_nodes
from tests.support.waiting import soon


def names(frames: Frames) -> list[str]:
    return [event.partition("|")[0] for event, _ in frames.events]


def data(frames: Frames, event: str) -> list[Any]:
    return [payload for name, payload in frames.events if name == event]


async def test_every_mode_in_langgraphs_order(platform: Platform) -> None:
    async with platform.worker({"linear": two_nodes().compile()}):
        modes = ["values", "updates", "tasks", "checkpoints"]
        _, frames = await platform.stream("linear", {"xs": ["i"]}, thread_id=uuid.uuid4(), stream_mode=modes)
    step = ["tasks", "updates", "tasks", "values", "checkpoints"]
    assert names(frames) == ["metadata", "checkpoints", "values", "checkpoints", *step, *step]
    assert data(frames, "values")[-1] == {"xs": ["i", "a", "b"], "n": 1, "s": "t"}
    assert data(frames, "updates") == [{"a": {"xs": ["a"], "n": 1}}, {"b": {"xs": ["b"], "s": "t"}}]
    assert data(frames, "checkpoints")[-1]["next"] == []


async def test_frames_are_numbered_and_stored_as_they_were_sent(platform: Platform) -> None:
    async with platform.worker({"linear": two_nodes().compile()}):
        run_id, frames = await platform.stream("linear", {"xs": ["i"]}, stream_mode=["values", "updates"])
    stored = await read_frames(platform.core, run_id, (0, 0))
    assert b"".join(row[3] for row in stored) == frames.data
    ids = [line[4:] for line in frames.data.decode().split("\n") if line.startswith("id: ")]
    assert ids == [f"1-{number}" for number in range(1, len(ids) + 1)]
    assert [number for _, first, last in frames.spans for number in range(first, last + 1)] == list(
        range(1, len(ids) + 1)
    )


async def test_a_stateless_run_shows_no_checkpoints(platform: Platform) -> None:
    async with platform.worker({"linear": two_nodes().compile()}):
        _, frames = await platform.stream("linear", {"xs": []}, stream_mode=["checkpoints", "debug"])
    assert set(names(frames)) == {"metadata", "debug"}
    assert {part["type"] for part in data(frames, "debug")} == {"task", "task_result"}


async def test_debug_names_checkpoints_beside_their_configs(platform: Platform) -> None:
    thread_id = uuid.uuid4()
    async with platform.worker({"parent": parent()}):
        _, frames = await platform.stream("parent", {"xs": []}, thread_id=thread_id, stream_mode=["debug"])
    shown = [part["payload"] for part in data(frames, "debug") if part["type"] == "checkpoint"]
    assert shown[0]["parent_checkpoint"] is None
    assert shown[1]["parent_checkpoint"] == shown[0]["checkpoint"]
    assert shown[1]["checkpoint"].keys() == {"checkpoint_id", "thread_id", "checkpoint_ns"}
    task = shown[-1]["tasks"][0]
    assert task["checkpoint"] == {"thread_id": str(thread_id), "checkpoint_ns": f"sub:{task['id']}"}


async def test_subgraphs_are_shown_only_when_asked_for(platform: Platform) -> None:
    async with platform.worker({"parent": parent()}):
        _, alone = await platform.stream("parent", {"xs": []}, stream_mode=["updates"])
        _, nested = await platform.stream("parent", {"xs": []}, stream_mode=["updates"], subgraphs=True)
    assert not [event for event, _ in alone.events if "|" in event]
    assert [event for event, _ in nested.events if event.startswith("updates|sub:")]


async def test_messages_are_shown_whole_so_far(platform: Platform) -> None:
    async with platform.worker({"agent": agent.agent}):
        given = {"messages": [{"role": "user", "content": "add 3 and 4"}]}
        _, frames = await platform.stream("agent", given, stream_mode=["messages"])
        _, tuples = await platform.stream("agent", given, stream_mode=["messages", "messages-tuple"])
    assert names(frames).count("messages/metadata") == 3
    assert [message[0]["content"] for message in data(frames, "messages/complete")] == ["7"]
    partial = [message[0]["content"] for message in data(frames, "messages/partial")]
    assert partial[-2:] == ["The sum is 7 exactly", "The sum is 7 exactly"]
    assert "The sum " in partial
    assert {part[0]["type"] for part in data(frames, "messages/partial")} == {"ai"}
    assert set(names(tuples)) == {"metadata", "messages"}
    chunks = [chunk["content"] for chunk, _ in data(tuples, "messages") if chunk["type"] == "AIMessageChunk"]
    assert "".join(chunks) == "The sum is 7 exactly"
    assert {metadata["langgraph_node"] for _, metadata in data(tuples, "messages")} == {"model", "tools"}


async def test_messages_of_a_subgraph_stand_at_the_root_when_it_is_not_shown(platform: Platform) -> None:
    outer = chain(agent.MessagesState, ("inner", agent.agent)).compile()
    given = {"messages": [{"role": "user", "content": "add 3 and 4"}]}
    async with platform.worker({"outer": outer}):
        _, alone = await platform.stream("outer", given, stream_mode=["messages-tuple"])
        _, nested = await platform.stream("outer", given, stream_mode=["messages-tuple"], subgraphs=True)
    told = data(alone, "messages")
    assert [message["type"] for message, _ in told] == ["ai", "tool", "ai"]
    assert {metadata["langgraph_node"] for _, metadata in told} == {"inner"}
    assert {event for event, _ in nested.events if event.startswith("messages")} == {
        event for event, _ in nested.events if event.startswith("messages|inner:")
    }


async def test_events_and_stream_modes_come_from_one_run(platform: Platform) -> None:
    async with platform.worker({"linear": two_nodes().compile()}):
        run_id, frames = await platform.stream("linear", {"xs": []}, stream_mode=["events", "values"])
    events = data(frames, "events")
    assert (events[0]["event"], events[-1]["event"]) == ("on_chain_start", "on_chain_end")
    assert events[0]["run_id"] == str(run_id)
    assert not [event for event in events if event["event"] == "on_chain_stream" and event["run_id"] == str(run_id)]
    assert len(data(frames, "values")) == 3


async def test_custom_data_passes_as_it_is(platform: Platform) -> None:
    def node(state: State, writer: StreamWriter) -> dict[str, Any]:
        writer("started")
        writer({"progress": float("nan"), "raw": b"\x00"})
        return {"xs": []}

    async with platform.worker({"writer": chain(State, ("n", node)).compile()}):
        _, frames = await platform.stream("writer", {"xs": []}, stream_mode=["custom"])
    assert data(frames, "custom") == ["started", {"progress": None, "raw": "AA=="}]


async def test_a_failure_is_the_last_frame(platform: Platform) -> None:
    def bad(state: State) -> dict[str, Any]:
        raise ValueError("boom")

    async with platform.worker({"bad": chain(State, ("bad", bad)).compile()}):
        run_id, frames = await platform.stream("bad", {"xs": []}, stream_mode=["values", "tasks"])
    assert frames.events[-1] == ("error", {"error": "ValueError", "message": "boom"})
    assert data(frames, "tasks")[-1]["error"] == {"error": "ValueError", "message": "boom"}
    assert (await platform.run(run_id))["status"] == "error"


async def test_a_question_is_shown_with_the_values(platform: Platform) -> None:
    async with platform.worker({"single": pauses.single}):
        _, frames = await platform.stream("single", {"topic": "x"}, stream_mode=["values", "updates"])
    asked = data(frames, "values")[-1]["__interrupt__"]
    assert asked[0].keys() == {"value", "id", "response_schema"}
    assert data(frames, "updates")[-1] == {"__interrupt__": asked}


async def test_nobody_asked_so_nothing_is_stored_until_somebody_joins(platform: Platform) -> None:
    release = asyncio.Event()

    async def wait(state: State) -> dict[str, Any]:
        await release.wait()
        return {"xs": ["done"]}

    frames = Frames()
    async with platform.worker({"slow": chain(State, ("wait", wait)).compile()}) as worker:
        run = await platform.start("slow", {"xs": []}, stream_mode=["values"])
        run_id = run["run_id"]
        await soon(lambda: worker.status()["runs"] == [str(run_id)])
        subscription = await platform.core.bus.subscribe(subjects.live(run_id), frames.take)
        await platform.core.bus.client.flush()
        order = jsonx.dumps({"attach": run_id})
        await platform.core.bus.publish(subjects.control(worker.worker_id), order)
        await soon(lambda: frames.data)
        release.set()
        await asyncio.wait_for(frames.ended.wait(), 10)
        await subscription.unsubscribe()
        quiet = await platform.wait("slow", {"xs": []}, stream_mode=["values"])
    assert names(frames) == ["metadata", "values"]
    assert data(frames, "values") == [{"xs": ["done"]}]
    stored = await read_frames(platform.core, run_id, (0, 0))
    assert b"".join(row[3] for row in stored) == frames.data
    assert await read_frames(platform.core, quiet.run_id, (0, 0)) == []


async def test_a_frame_too_large_for_a_message_is_stored(platform: Platform) -> None:
    limit = platform.core.bus.client.max_payload
    graph = chain(State, ("big", lambda _: {"s": "x" * (limit + 1000)})).compile()
    async with platform.worker({"big": graph}):
        run_id, frames = uuid.uuid4(), Frames()
        subscription = await platform.core.bus.subscribe(subjects.live(run_id), frames.take)
        outcome = platform.outcomes.expect(run_id)
        await platform.start("big", {"xs": []}, run_id=run_id, streaming=True, stream_mode=["values"])
        assert (await asyncio.wait_for(outcome, 20)).status == "success"
        platform.outcomes.forget(run_id, outcome)
        await platform.core.bus.client.flush()
        await subscription.unsubscribe()
        stored = await read_frames(platform.core, run_id, (0, 0))
    assert not frames.ended.is_set(), "the end is only told when everything was sent"
    assert len(b"".join(row[3] for row in stored)) > limit
