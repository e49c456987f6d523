"""F11 and F13: without NATS, and with its store wiped, runs are accepted and executed; the topology comes back."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg

from duragraph_ext.embedded import read_facts
from tests.faults.harness.invariants import replay_differences
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial
from tests.support.server import Server
from tests.support.waiting import eventually


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


def test_a_wiped_store_loses_nothing(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    held = Trial(server, tmp_path, hold="c").start()
    held.reached("c")
    behind = [Trial(server, tmp_path).start() for _ in range(20)]
    old = nats_pid(server)
    store = next(path for path in server.data_dir.rglob("jetstream") if path.is_dir())
    os.kill(old, signal.SIGKILL)
    shutil.rmtree(store, ignore_errors=True)
    eventually(lambda: nats_pid(server) != old, 10, "another nats-server")
    behind += [Trial(server, tmp_path).start() for _ in range(20)]
    held.release()
    for trial in [held, *behind]:
        assert trial.ended() == "success"
    assert replay_differences(dsn_of(server)) == []
    eventually(lambda: outbox_rows(server) == 0, 15, "an empty outbox on the new topology")


def outbox_rows(server: Server) -> int:
    with psycopg.connect(dsn_of(server)) as connection:
        row = connection.execute("SELECT count(*) FROM outbox").fetchone()
        assert row is not None
        return int(row[0])
