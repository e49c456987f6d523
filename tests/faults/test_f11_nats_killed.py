"""F11: without NATS runs are accepted and executed."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from duragraph_ext.embedded import read_facts
from tests.faults.harness.trial import Trial
from tests.support.server import Server

pytestmark = pytest.mark.faults


def nats_pid(server: Server) -> int:
    facts = read_facts(server.data_dir)
    assert facts is not None
    return int(facts.nats_pid)


def test_runs_are_executed_while_nats_is_paused(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    pid = nats_pid(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        trials = [Trial(server, tmp_path).start() for _ in range(3)]
        for trial in trials:
            assert trial.ended() == "success"
    finally:
        os.kill(pid, signal.SIGCONT)
    for trial in trials:
        trial.check(most=1)


def test_a_killed_nats_loses_nothing(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    held = Trial(server, tmp_path, hold="c").start()
    held.reached("c")
    os.kill(nats_pid(server), signal.SIGKILL)
    trial = Trial(server, tmp_path).start()
    held.release()
    held.check(most=1)
    trial.check(most=1)
