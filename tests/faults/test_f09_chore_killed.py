"""F09: `kill -9` in the middle of what a server does beside requests; done again, it comes out as if never killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from duragraph_ext.core.migrate import schema_status
from duragraph_ext.embedded import Services
from tests.faults.harness.invariants import replay_differences
from tests.support.databases import Databases

CHORE = Path(__file__).parent / "graphs" / "duty.py"
RUN = "00000000-0000-7000-8000-000000000001"
LOG = f"""
INSERT INTO event_streams (stream_id, stream_type, tenant_id, owner, version)
VALUES ('{RUN}', 'thread', 'default', 'jupyter', 1);
INSERT INTO events (stream_id, stream_type, tenant_id, owner, version, type, payload)
VALUES ('{RUN}', 'thread', 'default', 'jupyter', 1, 'thread.created', '{{"metadata": {{}}, "ephemeral": false}}');
INSERT INTO outbox (id, subject, aggregate_type, payload, tenant_id, owner, created_at)
SELECT gen_random_uuid(), 'duragraph.runs.default', 'run', '{{"events": []}}', 'default', 'jupyter',
    now() - interval '1 minute' FROM generate_series(1, 5);
"""


def chore(name: str, dsn: str, data_plane: Services, fault: str = "") -> int:
    """Run a chore; its exit status."""
    facts = data_plane.facts
    command = [sys.executable, str(CHORE), name, dsn, facts.nats_url, str(facts.nats_token_file)]
    done = subprocess.run(
        command,
        env=os.environ | {"DURAGRAPH_FAILPOINTS": fault},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def outbox(dsn: str) -> int:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM outbox").fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def logged(fresh_database: str) -> str:
    """A database whose log has a thread that its projections do not know yet, and messages that never left."""
    with psycopg.connect(fresh_database) as connection:
        connection.execute(LOG)
    return fresh_database


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        ("relay.after_publish=kill9", 5),
        pytest.param("relay.before_publish=kill9@3", 5, marks=pytest.mark.faults),
        pytest.param("outbox.before_forget=kill9", 5, marks=pytest.mark.faults),
    ],
)
def test_the_relay_publishes_again(logged: str, data_plane: Services, fault: str, left: int) -> None:
    assert chore("relay", logged, data_plane, fault) == -signal.SIGKILL
    assert outbox(logged) == left
    assert chore("relay", logged, data_plane) == 0
    assert outbox(logged) == 0


@pytest.mark.faults
def test_a_rebuild_is_whole_or_nothing(logged: str, data_plane: Services) -> None:
    assert replay_differences(logged) != []
    before = replay_differences(logged)
    assert chore("rebuild", logged, data_plane, "rebuild.midway=kill9@3") == -signal.SIGKILL
    assert replay_differences(logged) == before
    assert chore("rebuild", logged, data_plane) == 0
    assert replay_differences(logged) == []


@pytest.mark.faults
def test_a_snapshot_is_there_or_not(logged: str, data_plane: Services) -> None:
    assert chore(RUN, logged, data_plane, "snapshot.before_save=kill9") == -signal.SIGKILL
    with psycopg.connect(logged, autocommit=True) as connection:
        assert connection.execute("SELECT 1 FROM snapshots").fetchone() is None


def test_a_migration_is_a_step_further_or_not(databases: Databases, data_plane: Services) -> None:
    with databases.empty() as dsn:
        assert chore("migrate", dsn, data_plane, "migrate.before_commit=kill9") == -signal.SIGKILL
        assert schema_status(dsn)[0] is None
        assert chore("migrate", dsn, data_plane, "migrate.before_commit=kill9@2") == -signal.SIGKILL
        first, head = schema_status(dsn)
        assert first not in (None, head)
        assert chore("migrate", dsn, data_plane) == 0
        assert schema_status(dsn) == (head, head)
