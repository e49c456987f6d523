"""F03: a node that holds the GIL for longer than the lease runs once: the lease is kept outside its process."""

import time
from pathlib import Path

from tests.faults.harness.trial import Trial
from tests.support.server import Server

HELD_SECONDS = 7.0
"""More than three times the lease of these tests."""


def test_a_node_that_holds_the_gil_past_the_lease_runs_once(shared: Server, tmp_path: Path) -> None:
    trial = Trial(shared, tmp_path, "gil", hold="c").start()
    trial.reached("c")
    time.sleep(HELD_SECONDS)  # the fault itself
    assert trial.status() == "running"
    trial.release()
    trial.check_all(most=1)
    assert [e["event_type"] for e in trial.events() if e["event_type"] in ("run.started", "run.retried")] == [
        "run.started"
    ]
