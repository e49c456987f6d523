"""Creating, changing and deleting threads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ...telemetry import metrics
from ..context import Core
from ..domain.errors import Conflict, NotFound
from ..domain.outbox import OutboxRow
from ..domain.principal import Principal
from ..eventstore.arrays import Text, Uuid
from ..eventstore.batch import Batch
from ..eventstore.raw import fetch_prepared
from ..eventstore.store import append, sql
from ..ids import uuid7
from ..jsonx import text
from ..queries.threads import get_thread_row
from .cancellation import cancel_in
from .cron_removal import delete_crons_of_thread
from .expiry import Ttl, set_ttl_in
from .transactions import Transaction


@dataclass(frozen=True, slots=True)
class NewThread:
    """A thread to be; `if_exists` is `raise` or `do_nothing`."""

    thread_id: UUID | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    if_exists: str = "raise"
    ttl: Ttl | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    thread_id: UUID
    principal: Principal
    metadata: str


async def create_thread(core: Core, principal: Principal, new: NewThread) -> DictRow:
    """Create a thread. Raises Conflict when the id is taken."""
    row = _Row(new.thread_id or uuid7(), principal, text(new.metadata))
    if new.ttl is not None:
        return await _create_to_expire(core, principal, row.thread_id, new, new.ttl)
    created_at = await _batch(core)(row)
    if created_at is None and await revive_thread(core, principal, row.thread_id, new.metadata):
        return await get_thread_row(core, principal, row.thread_id)
    if created_at is None:
        if new.if_exists != "do_nothing":
            raise Conflict(f"Thread with ID {row.thread_id} already exists")
        try:
            return await get_thread_row(core, principal, row.thread_id)
        except NotFound:  # taken by somebody else, or deleted
            raise Conflict(f"Thread with ID {row.thread_id} already exists") from None
    return {
        "thread_id": row.thread_id, "created_at": created_at, "updated_at": created_at,
        "state_updated_at": created_at, "metadata": new.metadata, "status": "idle", "config": {}, "error": None,
        "graph_id": None, "tenant_id": principal.tenant_id, "checkpoint_id": None, "version": 1,
    }  # fmt: skip


async def _create_to_expire(core: Core, principal: Principal, thread_id: UUID, new: NewThread, ttl: Ttl) -> DictRow:
    try:
        async with Transaction(core) as tx:
            await create_in(tx, principal, thread_id, new.metadata)
            row = await lock_in(tx, principal, thread_id)
            await set_ttl_in(tx, principal, thread_id, row["version"], ttl)
    except Conflict:
        if new.if_exists != "do_nothing":
            raise
    return await get_thread_row(core, principal, thread_id)


def _batch(core: Core) -> Batch[_Row, Any]:
    if "create_thread" not in core.batches:

        async def work(rows: list[_Row]) -> Sequence[Any]:
            columns = (
                Uuid([r.thread_id for r in rows]),
                Text([r.principal.tenant_id for r in rows]),
                Text([r.principal.user_id for r in rows]),
                Text([r.metadata for r in rows]),
            )
            async with core.hot.connection() as connection:
                answers = await fetch_prepared(connection, sql("threads", "create"), columns)
            created = {a["thread_id"]: a["created_at"] for a in answers if a["thread_id"] is not None}
            await core.publisher.send(
                [OutboxRow(a["id"], a["subject"], a["payload"].data) for a in answers if a["id"] is not None]
            )
            metrics.events_appended.labels("thread.created").inc(len(created))
            return [created.get(row.thread_id) for row in rows]

        core.batches["create_thread"] = Batch("create_thread", work, key=lambda row: row.thread_id)
    return core.batches["create_thread"]


async def create_in(tx: Transaction, principal: Principal, thread_id: UUID, metadata: dict[str, Any]) -> None:
    """Create a thread together with what else a transaction does to it. Raises Conflict when the id is taken."""
    if await _insert(tx, principal, thread_id, metadata) or await _revive_in(tx, principal, thread_id, metadata):
        return
    raise Conflict(f"Thread with ID {thread_id} already exists")


async def _insert(tx: Transaction, principal: Principal, thread_id: UUID, metadata: dict[str, Any]) -> bool:
    columns = (
        Uuid([thread_id]), Text([principal.tenant_id]), Text([principal.user_id]), Text([text(metadata)]),
    )  # fmt: skip
    answers = await fetch_prepared(tx.connection, sql("threads", "create"), columns)
    tx.outbox.extend(OutboxRow(a["id"], a["subject"], a["payload"].data) for a in answers if a["id"] is not None)
    created = any(a["thread_id"] is not None for a in answers)
    metrics.events_appended.labels("thread.created").inc(created)
    return created


async def revive_thread(core: Core, principal: Principal, thread_id: UUID, metadata: dict[str, Any]) -> bool:
    """Give a deleted thread's id to a new, empty thread of the same owner; False when it is not deleted."""
    async with Transaction(core) as tx:
        return await _revive_in(tx, principal, thread_id, metadata)


async def _revive_in(tx: Transaction, principal: Principal, thread_id: UUID, metadata: dict[str, Any]) -> bool:
    cursor = await tx.connection.execute(
        sql("threads", "lock_deleted"), (thread_id, principal.tenant_id, principal.user_id)
    )
    row = await cursor.fetchone()
    if row is None:
        return False
    await tx.connection.execute(sql("threads", "purge"), (Uuid([thread_id]),))
    created = ("thread.created", {"metadata": metadata, "ephemeral": False})
    appended = await append(tx.connection, principal, "thread", thread_id, row["version"], [created])
    tx.outbox.extend(appended.outbox)
    await tx.connection.execute(
        sql("threads", "revive"),
        {"thread": thread_id, "metadata": text(metadata), "version": appended.version, "at": appended.at},
    )
    return True


async def lock_in(tx: Transaction, principal: Principal, thread_id: UUID) -> DictRow:
    """A thread's metadata and version, locked. Raises NotFound."""
    cursor = await tx.connection.execute(sql("threads", "lock"), (thread_id, principal.tenant_id, principal.user_id))
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("thread", thread_id)
    return row


async def update_thread(
    core: Core, principal: Principal, thread_id: UUID, metadata: dict[str, Any], ttl: Ttl | None = None
) -> DictRow:
    """Merge metadata into a thread's, and set when it expires. Raises NotFound."""
    async with Transaction(core) as tx:
        row = await lock_in(tx, principal, thread_id)
        appended = await append(
            tx.connection, principal, "thread", thread_id, row["version"], [("thread.updated", {"metadata": metadata})]
        )
        tx.outbox.extend(appended.outbox)
        await tx.connection.execute(
            sql("threads", "update"), (text(metadata), appended.version, appended.at, thread_id)
        )
        if ttl is not None:
            await set_ttl_in(tx, principal, thread_id, appended.version, ttl)
    return await get_thread_row(core, principal, thread_id)


async def delete_thread(core: Core, principal: Principal, thread_id: UUID) -> None:
    """Cancel a thread's runs, delete it, and purge its checkpoints and frames. Raises NotFound."""
    async with Transaction(core) as tx:
        row = await lock_in(tx, principal, thread_id)
        cursor = await tx.connection.execute(sql("runs", "unfinished"), (thread_id,))
        for run in await cursor.fetchall():
            await cancel_in(tx, principal, run["run_id"], "interrupt")
        appended = await append(tx.connection, principal, "thread", thread_id, row["version"], [("thread.deleted", {})])
        tx.outbox.extend(appended.outbox)
        await delete_crons_of_thread(tx, principal, thread_id)
        await tx.connection.execute(sql("threads", "remove_runs"), (thread_id,))
        await tx.connection.execute(sql("threads", "purge"), (Uuid([thread_id]),))
        await tx.connection.execute(sql("threads", "remove"), (appended.at, appended.at, appended.version, thread_id))
