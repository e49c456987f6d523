"""F07: a worker that is told to go, and killed while it hands its runs over; they go on, and never end for it."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.harness.history import History
from tests.faults.harness.pids import kill
from tests.faults.harness.trial import Trial, busy_worker, settled
from tests.support.server import Server

LONGEST = 0.4
"""Seconds from SIGTERM to `kill -9` at most; a hand-over takes about half of it."""


@pytest.mark.faults
@pytest.mark.parametrize("round", range(5))
def test_killed_while_handing_over(shared: Server, tmp_path: Path, history: History, round: int) -> None:
    chance = random.Random(history.seed * 10 + round)
    trials = [Trial(shared, tmp_path, hold="c").start() for _ in range(4)]
    for trial in trials:
        trial.reached("c")
    worker = busy_worker(shared, trials[0].run["run_id"])["pid"]
    os.kill(worker, signal.SIGTERM)
    time.sleep(chance.uniform(0, LONGEST))  # when it strikes is left to chance
    kill(worker)
    for trial in trials:
        trial.release()
    for trial in trials:
        trial.check(most=3)
    trials[0].check_all(most=3)
    settled(shared, 2)
