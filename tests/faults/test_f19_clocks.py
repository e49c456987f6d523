"""F19: a worker whose clock is wrong, and jumps. Leases follow Postgres' clock, so nothing is taken from it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.harness.pids import facts_of
from tests.faults.harness.trial import Trial, workers
from tests.support.server import Server
from tests.support.waiting import eventually

pytestmark = pytest.mark.faults
GRAPHS = Path(__file__).parent / "graphs" / "langgraph.json"
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
JUMPS = ("+0", "+1h", "-1h", "+5m", "-5m")
RUNS = 20
HOUR = 3600.0


@contextlib.contextmanager
def worker_with(server: Server, clock: Path, log: Path) -> Iterator[None]:
    """A worker of the server whose clock is off by what a file says, from one moment to the next."""
    wrong = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    facts = facts_of(server)
    plane = [f"--database-url={facts.dsn}", f"--nats-url={facts.nats_url}"]
    plane += [f"--nats-token-file={facts.nats_token_file}"]
    command = [sys.executable, "-m", "duragraph_ext.cli", "worker", f"--config={GRAPHS}", "--lease-seconds=2", *plane]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **wrong}, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(not LIBRARIES, reason="needs libfaketime")
def test_a_wrong_clock_loses_no_lease(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=0)
    clock = tmp_path / "clock"
    clock.write_text("+0")
    with worker_with(server, clock, tmp_path / "worker.log"):
        eventually(lambda: workers(server), 30, "a worker")
        trials = []
        for number in range(RUNS):
            trials.append(Trial(server, tmp_path, hold="c" if number % 4 == 0 else "").start())
            trials[-1].reached("a")
            clock.write_text(JUMPS[number % len(JUMPS)])
        for trial in trials:
            trial.release()
        for trial in trials:
            assert trial.ended() == "success"
            trial.check(most=1)
        errors = [abs(trial.last_effect("a") - trial.began) for trial in trials]
        assert max(errors) > HOUR / 2, "the clock was never wrong"
