"""F01: `kill -9` of the worker at any point; the run goes on from its last committed checkpoint, on another worker."""

from __future__ import annotations

import itertools
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.harness.pids import kill
from tests.faults.harness.points import Points
from tests.faults.harness.trial import NODES, Trial, busy_worker
from tests.support.server import Server
from tests.support.waiting import eventually

GRAPHS = ("async", "sync", "nested", "fan")
RESUMED = 5.0
"""P12: seconds from a worker's death to the first node of the next attempt."""
POINTS = {
    "fetched, not claimed": "claim.before=kill9",
    "claimed": "claim.after_commit=kill9",
    "hint acknowledged": "claim.after_ack=kill9",
    "before the first checkpoint": "writer.before_checkpoint=kill9",
    "after a side effect, before its commit": "writer.before_write=kill9@2",
    "between pending writes and the checkpoint": "writer.after_write=kill9@2",
    "before a checkpoint": "writer.before_checkpoint=kill9@3",
    "after a checkpoint, before its event is told": "writer.after_checkpoint=kill9@3",
    "before the terminal commit": "writer.before_finish=kill9",
    "after the terminal commit": "writer.after_finish=kill9",
}
STEPS = range(1, len(NODES) + 1)
"""Checkpoints that are written alone: the last one goes with the run's end."""
DEFAULT = {(point, GRAPHS[number % len(GRAPHS)]) for number, point in enumerate(POINTS)}
"""One graph a point; the other three quarters of the matrix run by marker."""


def matrix() -> list[Any]:
    return [
        pytest.param(point, graph, marks=[] if (point, graph) in DEFAULT else pytest.mark.faults)
        for point in POINTS
        for graph in GRAPHS
    ]


@pytest.mark.parametrize(("point", "graph"), matrix())
def test_at_a_point(shared: Server, shared_points: Points, tmp_path: Path, point: str, graph: str) -> None:
    with shared_points.armed(POINTS[point]):
        trial = Trial(shared, tmp_path, graph).start()
        trial.check_all()


@pytest.mark.parametrize(
    "step", [step if step == 4 else pytest.param(step, marks=pytest.mark.faults) for step in STEPS]
)
@pytest.mark.parametrize("graph", GRAPHS[:2])
def test_a_stream_misses_no_step(shared: Server, shared_points: Points, tmp_path: Path, graph: str, step: int) -> None:
    with shared_points.armed(f"writer.after_checkpoint=kill9@{step}"):
        trial = Trial(shared, tmp_path, graph).start(stream_mode=["updates"], stream_resumable=True)
        trial.check_all()
    path = f"/threads/{trial.thread}/runs/{trial.run['run_id']}/stream"
    told = trial.client.get(path, headers={"Last-Event-ID": "-1"}).raise_for_status().text.splitlines()
    updates = [json.loads(data[6:]) for event, data in itertools.pairwise(told) if event == "event: updates"]
    assert [node for update in updates for node in update] == NODES


@pytest.mark.parametrize(
    "graph", [graph if graph == "fan" else pytest.param(graph, marks=pytest.mark.faults) for graph in GRAPHS]
)
def test_in_the_middle_of_a_node(shared: Server, tmp_path: Path, graph: str) -> None:
    trial = Trial(shared, tmp_path, graph, hold="c").start()
    trial.reached("c")
    kill(busy_worker(shared, trial.run["run_id"])["pid"])
    trial.reached("c", times=2)
    trial.release()
    trial.check_all()
    assert trial.effects()["a"] == 1, "a committed node ran again"
    assert len(trial.workers_seen()) == 2


def test_the_next_attempt_begins_in_time(shared: Server, tmp_path: Path) -> None:
    trial = Trial(shared, tmp_path, hold="c").start()
    trial.reached("c")
    worker = busy_worker(shared, trial.run["run_id"])["pid"]
    killed = trial.now()
    kill(worker)
    trial.reached("c", times=2)
    trial.release()
    assert trial.last_effect("c") - killed < RESUMED
    trial.check_all()


def test_in_a_cancellation(shared: Server, shared_points: Points, tmp_path: Path) -> None:
    trial = Trial(shared, tmp_path, hold="c").start()
    trial.reached("c")
    with shared_points.armed("worker.in_cancel=kill9"):
        path = f"/threads/{trial.thread}/runs/{trial.run['run_id']}/cancel"
        trial.client.post(path, params={"wait": "1"}).raise_for_status()
    assert trial.ended() == "interrupted"
    before = trial.effects()
    trial.release()
    second = Trial(shared, tmp_path).start()
    second.check()
    assert trial.effects() == before, "a cancelled run went on"
    assert trial.status() == "interrupted"


def test_in_a_drain(shared: Server, shared_points: Points, tmp_path: Path) -> None:
    trial = Trial(shared, tmp_path, hold="c").start()
    trial.reached("c")
    worker = busy_worker(shared, trial.run["run_id"])["pid"]
    with shared_points.armed("worker.in_drain=kill9"):
        os.kill(worker, signal.SIGTERM)
    trial.release()
    trial.check_all()


@pytest.mark.parametrize(
    ("asking", "answering"),
    [
        ("writer.before_finish=kill9", None),
        pytest.param("writer.after_finish=kill9", None, marks=pytest.mark.faults),
        (None, "claim.after_commit=kill9"),
        pytest.param(None, "writer.before_write=kill9", marks=pytest.mark.faults),
    ],
)
def test_in_an_interrupt_and_its_answer(
    shared: Server, shared_points: Points, tmp_path: Path, asking: str | None, answering: str | None
) -> None:
    trial = Trial(shared, tmp_path, "asks")
    with shared_points.maybe(asking):
        trial.start()
        assert trial.ended() == "success"
        thread = eventually(lambda: (found := trial.thread_now())["interrupts"] and found, 10, "the question")
    assert thread["status"] == "interrupted"
    with shared_points.maybe(answering):
        trial.resume("c")
        trial.check_all(most=3)  # the asking node runs again with its answer
