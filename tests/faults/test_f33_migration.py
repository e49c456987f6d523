"""F33: killed at every step of the migration; a database that the first release recorded, in the middle of a run."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from duragraph_ext.cli.pgtools import run_tool
from duragraph_ext.cli.restore import settle
from duragraph_ext.core.migrate import migrate, revisions, schema_status
from duragraph_ext.embedded import Services
from tests.faults.harness.invariants import ENDED, Invariants, replay_differences
from tests.faults.test_f09_chore_killed import chore
from tests.support.databases import Databases
from tests.support.server import Server
from tests.support.waiting import eventually

OLD = Path(__file__).parent / "recorded" / "schema_0001.sql"
"""Four runs that succeeded, one in the middle of node c on a worker, one behind it on the same thread."""
COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
    " WHERE table_schema = 'public' ORDER BY 1, 2"
)
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"


def schema(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [*connection.execute(COLUMNS).fetchall(), *connection.execute(INDEXES).fetchall()]


@pytest.fixture
def old_database(databases: Databases) -> Iterator[str]:
    with databases.empty() as dsn:
        run_tool("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={dsn}", f"--file={OLD}")
        assert schema_status(dsn)[0] == "0001"
        yield dsn


@pytest.mark.faults
def test_killed_at_every_step(databases: Databases, data_plane: Services, old_database: str) -> None:
    """Each time it does one step and dies in the next."""
    steps = revisions()
    for done in steps[1:-1]:
        assert chore("migrate", old_database, data_plane, "migrate.before_commit=kill9@2") == -signal.SIGKILL
        assert schema_status(old_database)[0] == done
    assert chore("migrate", old_database, data_plane, "migrate.before_commit=kill9") == -signal.SIGKILL
    assert schema_status(old_database)[0] == steps[-2]
    assert migrate(old_database) == steps[-1:]
    with databases.fresh() as fresh:
        assert schema(old_database) == schema(fresh)
    assert replay_differences(old_database) == []


def test_a_log_from_another_cluster_can_be_read(old_database: str) -> None:
    """There transactions had higher numbers: readers would wait for them for ever."""
    unseen = "SELECT count(*) FROM events WHERE xact >= pg_snapshot_xmin(pg_current_snapshot())"
    event = """
        INSERT INTO events (stream_id, stream_type, tenant_id, owner, version, type, payload, xact) VALUES
        (gen_random_uuid(), 'thread', 'default', 'jupyter', 1, 'thread.created', '{"ephemeral": false}', '9000000000')
    """
    migrate(old_database)
    with psycopg.connect(old_database, autocommit=True) as connection:
        connection.execute(event)
        assert connection.execute(unseen).fetchone() != (0,)
        settle(old_database)
        assert connection.execute(unseen).fetchone() == (0,)
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("DELETE FROM events")


def test_runs_of_the_first_release_go_on(
    old_database: str, data_plane: Services, serve: Callable[..., Server], tmp_path: Path
) -> None:
    facts = data_plane.facts
    server = serve(
        arguments=[
            f"--database-url={old_database}",
            f"--nats-url={facts.nats_url}",
            f"--nats-token-file={facts.nats_token_file}",
        ]
    )
    assert schema_status(old_database)[0] == revisions()[-1]
    with psycopg.connect(old_database, autocommit=True) as connection:
        rows = connection.execute("SELECT thread_id, run_id, status FROM runs ORDER BY created_at").fetchall()
    assert len(rows) == 6
    thread, (_, resumed, _), (_, behind, _) = rows[-1][0], rows[-2], rows[-1]
    log = eventually(lambda: next(tmp_path.rglob("recorded-effects"), None), 60, "the run to be taken up")
    assert log is not None
    log.with_name(f"{log.name}.go").touch()
    with server.client() as client:
        for run in (resumed, behind):
            path = f"/threads/{thread}/runs/{run}"
            ended = eventually(lambda path=path: (now := client.get(path).json()["status"]) in ENDED and now, 60)  # type: ignore[misc]
            assert ended == "success", client.get(f"/runs/{run}/events").text
        assert client.get(f"/threads/{thread}/state").json()["values"]["trail"] == [*"abcde", *"abcde"]
        for old_thread, run, status in rows[:-2]:
            assert status == "success"
            assert sorted(client.get(f"/threads/{old_thread}/state").json()["values"]["trail"]) == list("abcde")
            events = client.get(f"/runs/{run}/events").json()
            assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    Invariants(old_database).check([str(run) for _, run, _ in rows])
    lines = [line.split()[0] for line in log.read_text().splitlines()]
    assert lines == [*"cde", *"abcde"]
