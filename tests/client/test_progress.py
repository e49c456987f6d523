"""A run's picture follows from its events alone: in order, once each, with losses, questions and answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from duragraph_ext.client import panes
from duragraph_ext.client.drawing import NodeStatus
from duragraph_ext.client.progress import Progress

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_ids = count()


def event(kind: str, second: float, run: str = "run-1", **payload: Any) -> dict[str, Any]:
    at = (BEGIN + timedelta(seconds=second)).isoformat()
    return {
        "event_id": f"e{next(_ids)}",
        "event_type": kind,
        "aggregate_id": run,
        "timestamp": at,
        "payload": payload,
    }


def created(second: float, run: str = "run-1", **kwargs: Any) -> dict[str, Any]:
    given = {"input": {"q": 1}, **kwargs}
    return event("run.created", second, run, graph_id="agent", thread_id="t", assistant_id="a", kwargs=given)


def started(second: float, attempt: int = 1, run: str = "run-1") -> dict[str, Any]:
    return event("run.started", second, run, attempt=attempt, epoch=attempt, worker=f"worker-{attempt}")


def node(
    kind: str, second: float, name: str, step: int, attempt: int = 1, run: str = "run-1", ns: str = "", **more: Any
) -> dict[str, Any]:
    payload = {"task_id": f"{name}-{step}", "node": name, "ns": ns, "step": step, "attempt": attempt, **more}
    return event(f"execution.node_{kind}", second, run, **payload)


def progress_of(*events: dict[str, Any]) -> Progress:
    progress = Progress()
    for each in events:
        assert progress.apply(each)
    return progress


LOST = (
    created(0),
    started(1),
    node("started", 1, "model", 1),
    node("completed", 2, "model", 1, duration_ms=1000),
    node("started", 2, "tools", 2),
    event("run.retried", 3, thread_id="t", epoch=1, reason="lease expired"),
    started(4, attempt=2),
    node("started", 4, "tools", 2, attempt=2),
    node("completed", 5, "tools", 2, attempt=2, duration_ms=1000),
    event("run.completed", 5, thread_id="t", thread_status="idle", checkpoint_id="c", error=None),
)


def test_a_lost_worker_leaves_its_trace_and_the_run_goes_on() -> None:
    progress = progress_of(*LOST)
    assert progress.status == "success"
    assert progress.phases[0].attempt == 2
    assert progress.phases[0].waits == [(progress.began, progress.began + 1), (progress.began + 3, progress.began + 4)]
    assert [text for _, text in progress.losses] == ["worker-1 was lost: lease expired"]
    statuses = {key[1:]: each.status for key, each in progress.executions.items()}
    assert statuses == {
        ("model-1", 1): NodeStatus.DONE,
        ("tools-2", 1): NodeStatus.LOST,
        ("tools-2", 2): NodeStatus.DONE,
    }
    assert progress.node_states()["tools"].count == 1
    assert progress.taken() == {("__start__", "model"), ("model", "tools"), ("tools", "__end__")}


def test_events_heard_twice_change_nothing() -> None:
    progress = progress_of(*LOST)
    before = (progress.changes, progress.phases[0].waits[:], len(progress.executions))
    assert not any(progress.apply(each) for each in LOST)
    assert (progress.changes, progress.phases[0].waits, len(progress.executions)) == before


def test_a_question_pauses_and_its_answer_is_a_second_phase() -> None:
    pause = (
        created(0),
        started(0),
        node("started", 0, "ask", 1),
        node("interrupted", 1, "ask", 1, duration_ms=1000),
        event("interrupt.created", 1, interrupt_id="i", thread_id="t", task_id="ask-1", node="ask", ns="", value="ok?"),
        event("run.interrupted", 1, thread_id="t", thread_status="interrupted", checkpoint_id="c", error=None),
    )
    progress = progress_of(*pause)
    assert (progress.is_paused, progress.is_over) == (True, True)
    assert [(each.node, each.value) for each in progress.questions.values()] == [("ask", "ok?")]
    assert progress.node_states()["ask"].status is NodeStatus.INTERRUPTED
    waiting = panes.timeline_rows(progress)[-1].spans[-1]
    assert (waiting.status, waiting.end) == (NodeStatus.INTERRUPTED, None)

    for each in (
        created(61, "run-2", input=None, command={"resume": True}),
        started(61, run="run-2"),
        event("interrupt.resolved", 61, "run-2", thread_id="t"),
        node("started", 61, "ask", 1, run="run-2"),
        node("completed", 62, "ask", 1, run="run-2", duration_ms=1000),
        event("run.completed", 62, "run-2", thread_id="t", thread_status="idle", checkpoint_id="c", error=None),
    ):
        assert progress.apply(each)
    assert progress.status == "success"
    assert progress.questions == {}
    assert [phase.resumed for phase in progress.phases] == [False, True]
    assert progress.node_states()["ask"].count == 1
    spans = panes.timeline_rows(progress)[-1].spans
    assert [(span.status, span.start, span.end) for span in spans] == [
        (NodeStatus.DONE, 0, 1),
        (NodeStatus.INTERRUPTED, 1, 61),
        (NodeStatus.DONE, 61, 62),
    ]


@pytest.mark.parametrize(
    ("kind", "status"), [("run.cancelled", "cancelled"), ("run.timed_out", "timeout"), ("run.failed", "error")]
)
def test_an_end_stops_the_nodes_that_were_running(kind: str, status: str) -> None:
    error = {"error": "ValueError", "message": "bad"} if kind == "run.failed" else None
    progress = progress_of(
        created(0), started(1), node("started", 1, "sleep", 1), event(kind, 3, thread_id="t", error=error)
    )
    assert progress.status == status
    assert progress.error == error
    [execution] = progress.executions.values()
    assert execution.status is NodeStatus.STOPPED
    assert execution.ended == progress.began + 3


def test_nodes_of_subgraphs_have_rows_of_their_own_but_light_no_outer_node() -> None:
    progress = progress_of(
        created(0),
        started(0),
        node("started", 0, "inner", 1),
        node("started", 0, "draft", 1, ns="inner:123"),
        node("failed", 1, "draft", 1, ns="inner:123", duration_ms=1000, error="ValueError('x')"),
    )
    assert set(progress.node_states()) == {"__start__", "inner"}
    rows = panes.timeline_rows(progress)
    assert [row.label for row in rows] == ["queue", "inner", "inner › draft"]
    assert "ValueError('x')" in rows[-1].spans[0].title


def chunk(text: str, id: str = "m1", **more: Any) -> list[Any]:
    return [{"type": "AIMessageChunk", "id": id, "content": text, **more}, {"langgraph_node": "model"}]


def test_tokens_gather_into_messages() -> None:
    progress = Progress()
    call = {"name": "add", "args": '{"left"', "index": 0}
    rest = {"name": None, "args": ": 1}", "index": 0}
    progress.apply_frame("messages", chunk("", tool_call_chunks=[call]))
    progress.apply_frame("messages", chunk("", tool_call_chunks=[rest], chunk_position="last"))
    progress.apply_frame("messages", [{"type": "tool", "id": "t1", "name": "add", "content": "7"}, {}])
    progress.apply_frame("messages|inner:1", chunk("The ", "m2"))
    progress.apply_frame("messages|inner:1", chunk([{"type": "text", "text": "sum"}], "m2"))
    first, tool, last = progress.talk.messages.values()
    assert (first.tool_calls, first.finished) == (['add({"left": 1})'], True)
    assert (tool.kind, tool.text) == ("tool", "7")
    assert (last.text, last.node, last.finished) == ("The sum", "model", False)


def test_tool_calls_are_told_apart_by_index_or_id() -> None:
    def pieces(*calls: tuple[int | None, str | None, str | None, str]) -> list[str]:
        progress = Progress()
        for index, key, name, arguments in calls:
            piece = {"index": index, "id": key, "name": name, "args": arguments}
            progress.apply_frame("messages", chunk("", tool_call_chunks=[piece]))
        [message] = progress.talk.messages.values()
        return message.tool_calls

    expected = ["a(1)", "b(23)"]
    assert pieces((0, "x", "a", "1"), (1, "y", "b", "2"), (1, None, None, "3")) == expected
    assert pieces((None, "x", "a", "1"), (None, "y", "b", "2"), (None, None, None, "3")) == expected
    assert pieces((0, "x", "a", "1"), (0, "y", "b", "2"), (0, "y", None, "3")) == expected


def test_half_said_messages_go_stale_with_their_attempt() -> None:
    progress = Progress()
    progress.apply_frame("metadata", {"run_id": "r", "attempt": 1})
    progress.apply_frame("messages", chunk("done", "m1", chunk_position="last"))
    progress.apply_frame("messages", chunk("hal", "m2"))
    progress.apply_frame("metadata", {"run_id": "r", "attempt": 2})
    assert [message.stale for message in progress.talk.messages.values()] == [False, True]


def test_values_and_the_schema_of_an_answer_come_from_frames() -> None:
    progress = Progress()
    asked = {"id": "i", "value": "ok?", "response_schema": {"type": "boolean"}}
    progress.apply_frame("values", {"a": 1, "__interrupt__": [asked]})
    progress.apply_frame("values|inner:1", {"b": 2})
    assert progress.values["a"] == 1
    progress.apply(
        event("interrupt.created", 1, interrupt_id="i", thread_id="t", task_id="x", node="ask", ns="", value="ok?")
    )
    [question] = progress.questions.values()
    assert (question.node, question.schema) == ("ask", {"type": "boolean"})


def test_the_snapshot_escapes_all_that_users_and_models_say() -> None:
    evil = "<img src=x onerror=alert(1)>"
    progress = progress_of(
        event("run.created", 0, graph_id=evil, thread_id=evil, assistant_id="a", kwargs={"input": 1}),
        event("run.started", 0, attempt=2, epoch=2, worker=evil),
        node("started", 0, evil, 1),
        node("failed", 1, evil, 1, duration_ms=1, error=evil),
        event(
            "interrupt.created", 1, interrupt_id="i", thread_id="t", task_id="x", node=evil, ns="", value={evil: evil}
        ),
        event("run.failed", 1, thread_id="t", error={"error": evil, "message": evil}),
    )
    progress.apply_frame("messages", chunk(evil))
    progress.apply_frame("messages", [{"type": "tool", "id": "t", "name": evil, "content": evil}, {}])
    progress.apply_frame("custom", evil)
    progress.trouble = evil
    html = panes.snapshot(progress, None, BEGIN.timestamp() + 2)
    assert "<img" not in html
    assert html.count("&lt;img") >= 8
    done = progress_of(created(0), event("run.completed", 1, thread_id="t", error=None))
    for values in ({"messages": [{"content": evil}]}, {evil: evil}, evil):
        done.values = values
        assert "<img" not in panes.outcome(done)
        assert "&lt;img" in panes.outcome(done)


def test_a_lost_connection_is_told() -> None:
    progress = progress_of(created(0), started(1))
    assert "reconnecting" not in panes.header(progress, BEGIN.timestamp())
    progress.connected = False
    assert "reconnecting" in panes.header(progress, BEGIN.timestamp())
