"""F12: NATS stopped for 10 s under load: each run is executed once, though no publish is known to have arrived."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.harness.invariants import Invariants
from tests.faults.harness.load import Load
from tests.faults.harness.pids import dsn_of, facts_of, stopped
from tests.support.server import Server
from tests.support.waiting import eventually


@pytest.mark.faults
def test_every_run_is_executed_once(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=2)
    with Load(server, tmp_path, rate=10) as load:
        load.acknowledges(20)
        with stopped([facts_of(server).nats_pid]):
            until = time.monotonic() + 10
            eventually(lambda: time.monotonic() > until, 20)
            load.acknowledges(10)
        load.acknowledges(20)
    assert {answer.status for answer in load.answers} == {200}
    Invariants(dsn_of(server)).check(load.acknowledged())
    load.check_effects(most=1)
