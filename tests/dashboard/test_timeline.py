"""The timeline that a run's events tell of."""

from __future__ import annotations

import pytest
from duragraph_dashboard.timeline import Timeline, row_name

from tests.dashboard.events import START, Log


def told(log: Log) -> Timeline:
    timeline = Timeline()
    for event in log.events:
        timeline.apply(event)
    return timeline


def since_start(moment: float | None) -> float:
    assert moment is not None
    return round(moment - START.timestamp(), 6)


def test_a_bar_lasts_from_start_to_end() -> None:
    log = Log()
    log.add(0, "run.created", graph_id="g")
    log.add(1, "run.started", attempt=1)
    log.node(1, "started", "t1", "plan")
    log.node(3.5, "completed", "t1", "plan", duration_ms=2500)
    log.add(4, "run.completed")
    timeline = told(log)
    bar = timeline.bars["t1/1"]
    assert (since_start(bar.start), since_start(bar.end), bar.status) == (1, 3.5, "success")
    assert [(since_start(a), since_start(b)) for a, b in timeline.waits] == [(0, 1)]
    assert (timeline.status, since_start(timeline.end), timeline.version) == ("success", 4, 5)


def test_a_running_bar_has_no_end() -> None:
    log = Log()
    log.add(0, "run.created")
    log.add(0.1, "run.started")
    log.node(0.2, "started", "t1", "plan")
    timeline = told(log)
    assert timeline.bars["t1/1"].end is None
    assert timeline.nodes()["plan"].status == "running"


def test_a_retry_keeps_the_lost_bar_beside_the_new_one() -> None:
    log = Log()
    log.add(0, "run.created")
    log.add(0, "run.started", attempt=1)
    log.node(0, "started", "t1", "read")
    log.add(5, "run.retried", reason="lease expired")
    log.add(6, "run.started", attempt=2)
    log.node(6, "started", "t1", "read", attempt=2)
    log.node(7, "completed", "t1", "read", attempt=2, duration_ms=1000)
    timeline = told(log)
    lost, again = timeline.bars["t1/1"], timeline.bars["t1/2"]
    assert (lost.status, since_start(lost.end)) == ("lost", 5)
    assert (again.status, again.attempt) == ("success", 2)
    assert timeline.rows == ["read"]
    assert [kind for _, kind, _ in timeline.marks] == ["run.retried"]
    assert since_start(timeline.waits[-1][0]) == 5
    assert (timeline.nodes()["read"].count, timeline.nodes()["read"].status) == (2, "success")


@pytest.mark.parametrize(
    ("event", "status"),
    [("run.failed", "error"), ("run.timed_out", "timeout"), ("run.cancelled", "interrupted")],
)
def test_an_end_closes_what_is_open(event: str, status: str) -> None:
    log = Log()
    log.add(0, "run.created")
    log.add(0, "run.started")
    log.node(1, "started", "t1", "slow")
    log.add(2, event)
    timeline = told(log)
    assert (timeline.bars["t1/1"].status, since_start(timeline.bars["t1/1"].end)) == (status, 2)
    assert timeline.status == status


def test_an_interrupt_is_marked() -> None:
    log = Log()
    log.add(0, "run.created")
    log.add(0, "run.started")
    log.node(0, "started", "t1", "review")
    log.node(1, "interrupted", "t1", "review", duration_ms=1000)
    log.add(1, "interrupt.created", interrupt_id="i", node="review", ns="", value="?")
    log.add(1, "run.interrupted")
    timeline = told(log)
    assert timeline.nodes()["review"].status == "interrupted"
    assert [words for _, _, words in timeline.marks] == ["Waits for an answer"]


def test_a_subgraphs_nodes_have_rows_of_their_own_and_stay_out_of_the_graph() -> None:
    log = Log()
    log.add(0, "run.created")
    log.add(0, "run.started")
    log.node(0, "started", "t1", "outer")
    log.node(0, "started", "t2", "inner", ns="outer:0f3")
    timeline = told(log)
    assert timeline.rows == ["outer", "outer › inner"]
    assert set(timeline.nodes()) == {"outer"}


def test_the_row_of_a_nested_node_names_its_parents_without_their_task_ids() -> None:
    assert row_name({"node": "c", "ns": "a:1|b:2"}) == "a › b › c"


def test_only_changed_bars_are_named_for_redrawing() -> None:
    log = Log()
    timeline = Timeline()
    timeline.apply(log.add(0, "run.created"))
    timeline.apply(log.add(0, "run.started"))
    timeline.apply(log.node(0, "started", "t1", "a"))
    assert timeline.changed == {"t1/1"}
    timeline.changed = set()
    timeline.apply(log.node(1, "started", "t2", "b"))
    assert timeline.changed == {"t2/1"}
