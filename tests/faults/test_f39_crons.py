"""F39: two servers, one killed, all down over some ticks: each tick at most once, of missed ones the latest alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.faults.harness.invariants import replay_differences
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial
from tests.support.server import Server, free_port
from tests.support.waiting import eventually

SECOND = timedelta(seconds=1)


def firings(server: Server) -> list[tuple[datetime, datetime, UUID]]:
    """Every spent tick: when it was due, when it was spent, on which run."""
    with psycopg.connect(dsn_of(server)) as connection:
        return connection.execute("SELECT scheduled_for, fired_at, run_id FROM cron_firings ORDER BY 1").fetchall()


def check(server: Server) -> None:
    found = firings(server)
    with server.client() as client:
        runs = client.get("/runs", params={"limit": 1000}).json()
    assert sorted(run["run_id"] for run in runs) == sorted(str(run_id) for _, _, run_id in found)
    for due, fired, _ in found:  # of a schedule of every second, the latest is never older than one
        assert due > fired - SECOND


@pytest.mark.faults
def test_each_tick_fires_once_over_two_servers_a_kill_and_a_downtime(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    ports = free_port(), free_port()
    first = serve(port=ports[0])
    second = serve(port=ports[1], workers=0)
    trial = Trial(second, tmp_path)
    body = {"assistant_id": "async", "schedule": "* * * * * *", "input": trial.input}
    cron = trial.client.post("/runs/crons", json=body).json()["cron_id"]
    eventually(lambda: len(firings(second)) >= 3, 30, "three ticks")
    first.kill()
    seen = len(firings(second))
    eventually(lambda: len(firings(second)) >= seen + 3, 30, "ticks of the other server")
    check(second)
    last = firings(second)[-1][0]
    second.kill()
    third = serve(port=ports[0])
    eventually(lambda: firings(third)[-1][0] > last, 30, "ticks after the restart")
    with third.client() as client:
        client.delete(f"/runs/crons/{cron}").raise_for_status()
    check(third)
    assert max(later - earlier for (earlier, *_), (later, *_) in pairwise(firings(third))) > SECOND
    assert replay_differences(dsn_of(third)) == []
