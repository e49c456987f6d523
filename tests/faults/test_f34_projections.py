"""F34: every projection dropped and every snapshot deleted after real runs: what is rebuilt equals what was there."""

import asyncio
from pathlib import Path

import psycopg
from psycopg import sql

from duragraph_ext.core.domain.world import PROJECTIONS
from duragraph_ext.core.eventstore.database import Database
from duragraph_ext.core.eventstore.replay import rebuild
from tests.faults.harness.invariants import Invariants
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial
from tests.support.server import Server


def rows(dsn: str) -> dict[str, list[str]]:
    """What the log decides of every projection."""
    found = {}
    with psycopg.connect(dsn, autocommit=True) as connection:
        for table, columns in PROJECTIONS.items():
            query = sql.SQL("SELECT to_jsonb(t)::text FROM (SELECT {} FROM {}) t").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
            )
            found[table] = sorted(str(text) for (text,) in connection.execute(query))
    return found


def test_what_is_rebuilt_is_what_was_there(shared: Server, tmp_path: Path) -> None:
    trials = [Trial(shared, tmp_path, graph).start() for graph in ("async", "sync", "nested", "fan")]
    for trial in trials:
        trial.check(most=1)
    dsn = dsn_of(shared)
    Invariants(dsn).check([trial.run["run_id"] for trial in trials])
    before = rows(dsn)
    assert before["runs"]

    async def again() -> None:
        db = Database(dsn, size=2, name="test")
        await db.open()
        try:
            await rebuild(db)
        finally:
            await db.close()

    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DELETE FROM snapshots")
    asyncio.run(again())
    after = rows(dsn)
    for table, content in before.items():
        assert after[table] == content, table
    for trial in trials:
        trial.check(most=1)
