"""Replays the log: checks the projections against it, rebuilds them from it, loads a run from its snapshot."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg import sql as pgsql
from psycopg.rows import DictRow

from ... import failpoints
from ..domain.aggregates import Run
from ..domain.events import Event
from ..domain.principal import Principal
from ..domain.world import KEYS, PROJECTIONS, World
from ..jsonx import Raw, parse, text
from .database import Database
from .store import PAGE, load, sql

SNAPSHOT_EVERY = 100
"""Events of a run between snapshots."""
REBUILD_DEADLINE = 3600.0
_JSON = {"config", "context", "metadata", "kwargs", "error", "value", "payload"}


async def _log(connection: AsyncConnection[DictRow]) -> AsyncIterator[DictRow]:
    after = 0
    while True:
        rows = await (await connection.execute(sql("events", "everything"), (after, PAGE))).fetchall()
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        after = rows[-1]["global_seq"]


async def _replay(connection: AsyncConnection[DictRow]) -> World:
    world = World()
    for row in await (await connection.execute(sql("retention", "bases"), {"streams": None})).fetchall():
        world.restore(row["stream_type"], Principal(row["tenant_id"], row["owner"]), parse(row["state"]))
    async for row in _log(connection):
        event = Event(row["stream_id"], row["version"], row["type"], parse(row["payload"]), row["at"])
        world.apply(row["stream_type"], Principal(row["tenant_id"], row["owner"]), event)
    return world


def _plain(table: str, row: dict[str, Any]) -> dict[str, Any]:
    out = {}
    for name, value in row.items():
        plain = parse(value) if isinstance(value, Raw) else value
        out[name] = text(plain) if name in _JSON and table != "execution_history" and plain is not None else plain
    return {name: _sorted(value) if name in _JSON else value for name, value in out.items()}


def _sorted(value: Any) -> Any:
    """Documents compare by content: jsonb keeps no order of keys."""
    return parse(value.encode()) if isinstance(value, str) and value[:1] in '{["' else value


async def differences(db: Database) -> list[str]:
    """What the projections hold that the log does not say, and the other way round; [] when they agree."""
    found: list[str] = []
    async with db.transaction(REBUILD_DEADLINE) as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        world = await _replay(connection)
        for table, columns in PROJECTIONS.items():
            names = (*columns, "tenant_id", "owner")
            query = pgsql.SQL("SELECT {} FROM {}").format(
                pgsql.SQL(", ").join(map(pgsql.Identifier, names)), pgsql.Identifier(table)
            )
            width = KEYS[table]
            cursor = await connection.execute(query)
            stored = {tuple(r[c] for c in columns[:width]): _plain(table, r) for r in await cursor.fetchall()}
            wanted = {tuple(r[c] for c in columns[:width]): _plain(table, r) for r in world.rows(table)}
            for key in stored.keys() | wanted.keys():
                if stored.get(key) != wanted.get(key):
                    found.append(_difference(table, key, stored.get(key), wanted.get(key)))
    return found


def _difference(table: str, key: Any, stored: dict[str, Any] | None, wanted: dict[str, Any] | None) -> str:
    name = f"{table} {'/'.join(map(str, key))}"
    if stored is None or wanted is None:
        return f"{name}: {'missing' if stored is None else 'not in the log'}"
    fields = [f"{k} is {stored[k]!r}, the log says {wanted[k]!r}" for k in stored if stored[k] != wanted[k]]
    return f"{name}: {'; '.join(fields)}"


async def rebuild(db: Database) -> dict[str, int]:
    """Write every projection anew from the log, while appends wait; the rows written by table."""
    written: dict[str, int] = {}
    async with db.transaction(REBUILD_DEADLINE) as connection:
        await connection.execute("LOCK TABLE events IN SHARE MODE")
        world = await _replay(connection)
        for table, columns in PROJECTIONS.items():
            names = (*columns, "tenant_id", "owner")
            statement = _upsert(table, names)
            rows = [_writable(row, names) for row in world.rows(table)]
            async with connection.cursor() as cursor:
                await cursor.executemany(statement, rows)
            written[table] = len(rows)
            failpoints.hit("rebuild.midway")
    return written


def _upsert(table: str, names: tuple[str, ...]) -> pgsql.Composed:
    width = KEYS[table]
    return pgsql.SQL("INSERT INTO {table} ({names}) VALUES ({values}) ON CONFLICT ({key}) DO UPDATE SET {sets}").format(
        table=pgsql.Identifier(table),
        names=pgsql.SQL(", ").join(map(pgsql.Identifier, names)),
        values=pgsql.SQL(", ").join([pgsql.Placeholder()] * len(names)),
        key=pgsql.SQL(", ").join(map(pgsql.Identifier, names[:width])),
        sets=pgsql.SQL(", ").join(pgsql.SQL("{0} = EXCLUDED.{0}").format(pgsql.Identifier(n)) for n in names[width:]),
    )


def _writable(row: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    structured = (dict, list, int, float, bool)
    return [
        text(row[n])
        if n in _JSON and row[n] is not None and (n == "value" or isinstance(row[n], structured))
        else row[n]
        for n in names
    ]


async def load_run(db: Database, run_id: UUID) -> Run:
    """A run from its latest snapshot and the events behind it."""
    row = await db.fetchone(sql("events", "latest_snapshot"), (run_id,))
    run = Run.from_state(parse(row["state"])) if row else Run(run_id)
    async for event in load(db, run_id, run.version):
        run.apply(event)
    return run


async def snapshot_run(db: Database, run_id: UUID, owner: Principal) -> int:
    """Store a run's state at its last event; the version."""
    run = await load_run(db, run_id)
    failpoints.hit("snapshot.before_save")
    await db.execute(
        sql("events", "save_snapshot"), (run_id, run.version, text(run.state()), owner.tenant_id, owner.user_id)
    )
    return run.version
