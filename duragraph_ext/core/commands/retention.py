"""Pruning what is older than the policy keeps; a thread with work to do is never touched."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ..domain.events import Event
from ..domain.principal import Principal
from ..domain.pruning import Keep
from ..domain.retention import RetentionPolicy
from ..domain.world import World
from ..eventstore.arrays import Uuid
from ..eventstore.database import Database
from ..eventstore.store import sql
from ..ids import NIL
from ..jsonx import parse, text
from .pruning import DEADLINE, shorten_history

BATCH = 100
"""Threads, or runs with frames, that one transaction prunes."""


async def overdue(db: Database, policy: RetentionPolicy) -> dict[str, int]:
    """What `prune` would take, by kind: threads for `deleted` and `log`, rows for the others."""
    found = {}
    for kind, age, name in (
        ("deleted", policy.deleted, "count_deleted"),
        ("frames", policy.frames, "count_frames"),
        ("dead_letters", policy.dead_letters, "count_dead_letters"),
    ):
        found[kind] = await _number(db, sql("retention", name), (age,)) if age is not None else 0
    found["log"] = 0
    if policy.log is not None:
        found["log"] = await _number(db, _resting("count_resting"), {"age": policy.log})
    found["checkpoints"] = 0
    if bounds := _bounds(policy):
        found["checkpoints"] = await _number(db, _histories("count_checkpoints"), bounds)
    return found


async def prune(db: Database, policy: RetentionPolicy) -> dict[str, int]:
    """Take everything that is overdue, batch by batch; how much, by kind as `overdue` counts."""
    taken = dict.fromkeys(("deleted", "log", "checkpoints", "frames", "dead_letters"), 0)
    if policy.deleted is not None:
        taken["deleted"] = await _forget_deleted(db, policy.deleted)
    if policy.log is not None:
        taken["log"] = await _archive_resting(db, policy.log)
    if bounds := _bounds(policy):
        taken["checkpoints"] = await _shorten_histories(db, policy, bounds)
    if policy.frames is not None:
        while rows := await db.execute(sql("retention", "drop_frames"), {"age": policy.frames, "limit": BATCH}):
            taken["frames"] += rows
    if policy.dead_letters is not None:
        taken["dead_letters"] = await db.execute(sql("retention", "drop_dead_letters"), (policy.dead_letters,))
    return taken


async def _number(db: Database, statement: str, parameters: tuple[float, ...] | Mapping[str, float | None]) -> int:
    row = await db.fetchone(statement, parameters)
    return int(row["n"]) if row else 0


def _resting(name: str) -> str:
    return sql("retention", name).replace("{resting}", sql("retention", "is_resting"))


def _histories(name: str) -> str:
    parts = {part: sql("retention", name) for part, name in (("{idle}", "is_idle"), ("{beyond}", "beyond"))}
    statement = sql("retention", name)
    for part, text_of in parts.items():
        statement = statement.replace(part, text_of)
    return statement


def _bounds(policy: RetentionPolicy) -> dict[str, float | None] | None:
    if policy.checkpoints is None and policy.checkpoints_age is None:
        return None
    return {"count": policy.checkpoints, "age": policy.checkpoints_age}


async def _shorten_histories(db: Database, policy: RetentionPolicy, bounds: Mapping[str, float | None]) -> int:
    """Thread after thread by id: what a kept checkpoint needs stays beyond the policy, and is not looked at again."""
    age = policy.checkpoints_age
    keep = Keep(policy.checkpoints, None if age is None else datetime.now(UTC) - timedelta(seconds=age))
    dropped, after = 0, NIL
    while rows := await db.fetch(_histories("long_histories"), {**bounds, "after": after, "limit": BATCH}):
        for row in rows:
            async with db.transaction(DEADLINE) as connection:
                cursor = await connection.execute(sql("retention", "lock_resting"), {"thread": row["thread_id"]})
                if await cursor.fetchone() is not None:
                    dropped += await shorten_history(connection, row["thread_id"], keep)
        after = rows[-1]["thread_id"]
    return dropped


async def _forget_deleted(db: Database, age: float) -> int:
    forgotten = 0
    while rows := await db.fetch(sql("retention", "deleted"), (age, BATCH)):
        async with db.transaction() as connection:
            ids = Uuid(sorted(row["thread_id"] for row in rows))
            gone = await (await connection.execute(sql("retention", "forget"), (ids,))).fetchone()
            if gone is None or not gone["threads"]:
                break
            await connection.execute(sql("retention", "purge_events"), (gone["streams"],))
        forgotten += gone["threads"]
    return forgotten


async def _archive_resting(db: Database, age: float) -> int:
    archived = 0
    while rows := await db.fetch(_resting("resting"), {"age": age, "limit": BATCH}):
        done = sum([await archive_thread(db, row["thread_id"]) for row in rows])
        archived += done
        if not done:
            break
    return archived


async def archive_thread(db: Database, thread_id: UUID) -> bool:
    """Let snapshots stand in for the events of a thread and its runs; False if it is not at rest."""
    async with db.transaction() as connection:
        cursor = await connection.execute(sql("retention", "lock_resting"), {"thread": thread_id})
        if await cursor.fetchone() is None:
            return False
        heads = await (await connection.execute(sql("retention", "heads"), {"thread": thread_id})).fetchall()
        streams = [head["stream_id"] for head in heads]
        world = await _world_of(connection, streams)
        for head in heads:
            await connection.execute(
                sql("events", "save_snapshot"),
                (
                    head["stream_id"], head["version"], text(world.state(head["stream_type"], head["stream_id"])),
                    head["tenant_id"], head["owner"],
                ),
            )  # fmt: skip
        await connection.execute(sql("retention", "set_base"), (Uuid(streams),))
        await connection.execute(sql("retention", "purge_events"), (streams,))
    return True


async def _world_of(connection: AsyncConnection[DictRow], streams: Iterable[UUID]) -> World:
    world = World()
    ids = list(streams)
    for row in await (await connection.execute(sql("retention", "bases"), {"streams": ids})).fetchall():
        world.restore(row["stream_type"], Principal(row["tenant_id"], row["owner"]), parse(row["state"]))
    for row in await (await connection.execute(sql("retention", "events_of"), (Uuid(ids),))).fetchall():
        event = Event(row["stream_id"], row["version"], row["type"], parse(row["payload"]), row["at"])
        world.apply(row["stream_type"], Principal(row["tenant_id"], row["owner"]), event)
    return world
