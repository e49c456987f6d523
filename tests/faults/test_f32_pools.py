"""F32: a hundred requests at once on pools of a few connections, cancels among them: each is answered, none is kept.

CROWD_ROUNDS sets how often they come.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.harness.invariants import Invariants
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial
from tests.support.server import Server
from tests.support.waiting import eventually

CROWD = 100
ROUNDS = int(os.environ.get("CROWD_ROUNDS", "3"))

MOST_GROWTH = 20
"""Connections that the pools of a server and a worker may have opened meanwhile, and keep for a while."""


def sessions(server: Server) -> dict[str, int]:
    """Postgres' sessions of ours by state."""
    with psycopg.connect(dsn_of(server), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT state, count(*) FROM pg_stat_activity WHERE application_name LIKE 'duragraph%' GROUP BY state"
        ).fetchall()
    return {str(state): int(count) for state, count in rows}


@pytest.mark.faults
def test_a_crowd_is_answered_and_leaves_no_connection_behind(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=1)
    trial = Trial(server, tmp_path).start()
    trial.check(most=1)
    before = sum(sessions(server).values())
    choose, made = random.Random(1), list[dict[str, Any]]()

    def ask(number: int) -> int:
        thread = f"/threads/{trial.thread}"
        try:
            if number % 4 == 0:
                body = {"assistant_id": "async", "input": trial.input, "after_seconds": 0.2}
                answer = client.post("/runs", json=body)
                if answer.status_code == 200:
                    made.append(answer.json())
            elif number % 4 == 1 and made:
                run = choose.choice(made)
                answer = client.post(f"/threads/{run['thread_id']}/runs/{run['run_id']}/cancel")
            else:
                path = choose.choice(["/state", "/history?limit=10", "", "/runs"])
                answer = client.get(thread + path)
        except httpx.TimeoutException:
            return 0
        return answer.status_code

    with server.client(limits=httpx.Limits(max_connections=CROWD)) as client, ThreadPoolExecutor(CROWD) as pool:
        for _ in range(ROUNDS):
            found = list(pool.map(ask, range(CROWD)))
            assert set(found) <= {200, 202, 204, 404, 409, 503}, found
            assert found.count(200) > CROWD / 2, found
    Invariants(dsn_of(server)).check([run["run_id"] for run in made])
    eventually(lambda: sessions(server).get("idle in transaction", 0) == 0, 20, "no open transaction")
    assert sum(sessions(server).values()) <= before + MOST_GROWTH
