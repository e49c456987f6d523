"""F02: a worker paused past its lease changes nothing when it wakes, and goes away."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from tests.faults.harness.trial import Trial, workers
from tests.support.server import Server
from tests.support.waiting import eventually, is_alive


def test_a_paused_worker_is_fenced(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=2)
    trial = Trial(server, tmp_path, hold="c").start()
    trial.reached("c")
    (busy,) = [w for w in workers(server) if w["runs"]]
    os.kill(busy["pid"], signal.SIGSTOP)
    try:
        eventually(lambda: trial.effects()["c"] == 2, 20, "another worker to take over")
        trial.release()
        assert trial.ended() == "success"
        before = trial.events()
    finally:
        os.kill(busy["pid"], signal.SIGCONT)
    eventually(lambda: not is_alive(busy["pid"]), 10, "the zombie to go away")
    assert trial.events() == before
    trial.check()
