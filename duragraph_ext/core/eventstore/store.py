"""Appending to and reading event streams, with optimistic concurrency."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ...telemetry import metrics
from ..domain.errors import VersionConflict
from ..domain.events import Event
from ..domain.outbox import OutboxRow
from ..domain.principal import Principal
from ..jsonx import parse, text
from .arrays import Int, Text
from .database import Database
from .statements import statement

PAGE = 1000
NO_STREAM = 0
"""The expected version of a stream that must not exist yet."""


@dataclass(frozen=True, slots=True)
class Appended:
    """An append inside a transaction: publish `outbox` once it has committed."""

    version: int
    at: datetime
    outbox: Sequence[OutboxRow]


def sql(file: str, name: str) -> str:
    """A statement, with the outbox insert filled in where it asks for it."""
    body = statement(file, name)
    if "{outbox}" in body:
        body = body.replace("{outbox}", statement("events", "outbox"))
    return body


async def take_versions(
    connection: AsyncConnection[DictRow], principal: Principal, stream_type: str, stream_id: UUID, expected: int,
    count: int,
) -> int:  # fmt: skip
    """Advance a stream's head by `count` if it stands at `expected`; the new version. Raises VersionConflict."""
    if expected == NO_STREAM:
        cursor = await connection.execute(
            sql("events", "open_stream"),
            (stream_id, stream_type, principal.tenant_id, principal.user_id, count),
        )
    else:
        cursor = await connection.execute(sql("events", "advance"), (count, stream_id, expected))
    row = await cursor.fetchone()
    if row is None:
        head = await (await connection.execute(sql("events", "head"), (stream_id,))).fetchone()
        raise VersionConflict(stream_id, expected, head["version"] if head else None)
    return int(row["version"])


async def write_events(
    connection: AsyncConnection[DictRow], principal: Principal, stream_type: str, stream_id: UUID, version: int,
    events: Sequence[tuple[str, Any]],
) -> Appended:  # fmt: skip
    """Insert events whose versions end at `version`, with their outbox row."""
    first = version - len(events) + 1
    cursor = await connection.execute(
        sql("events", "append"),
        (
            stream_id, stream_type, principal.tenant_id, principal.user_id,
            Int(range(first, version + 1)),
            Text([type for type, _ in events]),
            Text([text(payload) for _, payload in events]),
        ),
    )  # fmt: skip
    rows = await cursor.fetchall()
    for type, _ in events:
        metrics.events_appended.labels(type).inc()
    outbox = [OutboxRow(row["id"], row["subject"], row["payload"].data) for row in rows]
    return Appended(version, rows[0]["at"], outbox)


async def append(
    connection: AsyncConnection[DictRow], principal: Principal, stream_type: str, stream_id: UUID, expected: int,
    events: Sequence[tuple[str, Any]],
) -> Appended:  # fmt: skip
    """Append events to a stream at `expected` version inside the caller's transaction. Raises VersionConflict."""
    version = await take_versions(connection, principal, stream_type, stream_id, expected, len(events))
    return await write_events(connection, principal, stream_type, stream_id, version, events)


async def load(db: Database, stream_id: UUID, after: int = 0) -> AsyncIterator[Event]:
    """A stream's events behind version `after`, in order."""
    while True:
        rows = await db.fetch(sql("events", "load"), (stream_id, after, PAGE))
        for row in rows:
            yield Event(stream_id, row["version"], row["type"], parse(row["payload"]), row["at"])
        if len(rows) < PAGE:
            return
        after = rows[-1]["version"]
