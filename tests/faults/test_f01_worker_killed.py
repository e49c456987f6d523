"""F01: `kill -9` of the worker at any point; the run goes on from its last committed checkpoint, on another worker."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Trial, workers
from tests.support.server import Server

POINTS = {
    "after the claim": "claim.after_commit=kill9@1",
    "after a side effect, before its writes": "writer.before_write=kill9@3",
    "between pending writes and checkpoint": "writer.after_write=kill9@3",
    "before a checkpoint": "writer.before_checkpoint=kill9@3",
    "after a checkpoint": "writer.after_checkpoint=kill9@3",
    "before the terminal commit": "writer.before_finish=kill9@1",
    "after the terminal commit": "writer.after_finish=kill9@1",
}


@pytest.mark.parametrize("point", POINTS)
def test_a_run_survives_its_worker(serve: Callable[..., Server], tmp_path: Path, point: str) -> None:
    marker = tmp_path / "killed"
    server = serve(workers=2, env={"DURAGRAPH_FAILPOINTS": f"{POINTS[point]}!{marker}"})
    trial = Trial(server, tmp_path).start()
    trial.check()
    assert marker.exists(), "the fault did not happen"


@pytest.mark.parametrize("graph", ["async", "sync", "nested", "fan"])
def test_a_run_survives_a_kill_in_the_middle_of_a_node(
    serve: Callable[..., Server], tmp_path: Path, graph: str
) -> None:
    server = serve(workers=2)
    trial = Trial(server, tmp_path, graph, hold="c").start()
    trial.reached("c")
    (busy,) = [w for w in workers(server) if w["runs"]]
    os.kill(busy["pid"], signal.SIGKILL)
    trial.release()
    trial.check()
    assert trial.effects()["a"] == 1, "a committed node ran again"
    assert len(trial.workers_seen()) == 2
