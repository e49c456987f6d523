"""F10: Postgres killed or stopped under 20 runs/s. Answers come soon, nothing acknowledged is lost, pools heal."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.faults.harness.invariants import Invariants
from tests.faults.harness.load import Load, one_run_a_key
from tests.faults.harness.pids import backends, dsn_of, facts_of, kill, stopped
from tests.faults.harness.trial import workers
from tests.support.server import Server
from tests.support.waiting import eventually, is_alive

ANSWER_SECONDS = 10.0
"""Far above the promised 2 s, since the machine may be busy; far below what a call that hangs takes."""


def counter(server: Server) -> Callable[[str], int]:
    def count(query: str) -> int:
        with psycopg.connect(dsn_of(server), autocommit=True) as connection:
            row = connection.execute(query).fetchone()
            assert row is not None
            return int(row[0])

    return count


def check(server: Server, load: Load) -> None:
    assert max(answer.seconds for answer in load.answers) < ANSWER_SECONDS
    assert all(answer.retry_after for answer in load.refused())
    one_run_a_key(load, counter(server))
    Invariants(dsn_of(server)).check(load.acknowledged())
    load.check_effects(most=2)


def test_a_killed_postmaster_loses_nothing(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=2)
    old = facts_of(server).postgres_pid
    with Load(server, tmp_path) as load:
        load.acknowledges(20)
        kill(old)
        eventually(lambda: facts_of(server).postgres_pid != old, 20, "another postmaster")
        load.acknowledges(20)
    check(server, load)


def test_stopped_backends_are_answered_for(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=2)
    with Load(server, tmp_path) as load:
        load.acknowledges(20)
        with stopped(backends(server, "duragraph%")):
            known = len(load.acknowledged())
            eventually(lambda: load.refused() or len(load.acknowledged()) >= known + 20, 20, "an answer")
        load.acknowledges(20)
    check(server, load)


@pytest.mark.faults
@pytest.mark.faults
def test_a_new_keeper_is_known_although_the_database_died_too(serve: Callable[..., Server]) -> None:
    server = serve()
    (worker,) = workers(server)
    with stopped([facts_of(server).supervisor_pid]):
        kill(facts_of(server).postgres_pid)
        kill(worker["keeper_pid"])
    found = eventually(
        lambda: [one for one in workers(server) if one["keeper_pid"] not in (None, worker["keeper_pid"])],
        30,
        "another keeper",
    )
    assert [is_alive(one["keeper_pid"]) for one in found] == [True]


def test_one_killed_backend_after_another(serve: Callable[..., Server], tmp_path: Path) -> None:
    """Postgres answers the death of a backend with a restart of them all."""
    server = serve(workers=2)
    with Load(server, tmp_path) as load:
        for _ in range(3):
            load.acknowledges(20)
            kill(backends(server, "duragraph%")[0])
        load.acknowledges(20, within=60)
    check(server, load)


@pytest.mark.faults
def test_everything_of_postgres_stopped_for_ten_seconds(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=2)
    with Load(server, tmp_path) as load:
        load.acknowledges(20)
        with stopped([facts_of(server).postgres_pid, *backends(server, "%")]):
            until = time.monotonic() + 10
            eventually(lambda: time.monotonic() > until, 20)
        assert load.refused()
        load.acknowledges(20, within=60)
    check(server, load)


def test_a_transaction_that_idles_is_cut(serve: Callable[..., Server]) -> None:
    """No statement of ours can be held up by one who stopped in the middle."""
    server = serve(workers=0)
    with psycopg.connect(dsn_of(server)) as connection:
        row = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
        assert row == ("5s",)
        pid = connection.info.backend_pid
        eventually(lambda: pid not in backends(server, "%"), 20, "the end of the idle session")
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            connection.execute("SELECT 1")
