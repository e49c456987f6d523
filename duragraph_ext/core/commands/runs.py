"""Creating, cancelling and deleting runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ... import failpoints
from ...telemetry import metrics
from ..context import Core
from ..domain.errors import Conflict, NotFound
from ..domain.outbox import OutboxRow
from ..domain.principal import Principal
from ..eventstore.arrays import Bool, Float, Int, Text, Uuid
from ..eventstore.batch import Batch
from ..eventstore.raw import fetch_prepared
from ..eventstore.store import sql
from ..ids import uuid7
from ..jsonx import text
from ..messaging import subjects
from ..queries.assistants import resolve_assistant
from ..queries.runs import get_run
from .cancellation import cancel_in, rollback_in
from .threads import revive_thread
from .transactions import Transaction


@dataclass(slots=True)
class NewRun:
    """A request for a run. Without `thread_id` it is stateless: its thread goes with it, unless kept.

    `thread_metadata` marks a thread that is made for it. `after_seconds` delays the start.
    `idempotency_key` with `scope` and `body_hash` makes a repeat give the same run.
    """

    assistant: str
    kwargs: dict[str, Any]
    thread_id: UUID | None = None
    run_id: UUID | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    multitask_strategy: str = "enqueue"
    if_not_exists: str = "reject"
    on_completion: str = "delete"
    after_seconds: float = 0.0
    idempotency_key: str | None = None
    scope: str = ""
    body_hash: str = ""
    thread_config: dict[str, Any] = field(default_factory=dict)
    thread_metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreatedRun:
    """A run row; `created` is False when an idempotency key named an earlier one."""

    run: dict[str, Any]
    created: bool


@dataclass(slots=True)
class _Row:
    run_id: UUID
    thread_id: UUID
    thread_mode: str
    assistant_id: UUID
    assistant_version: int
    graph_id: str
    principal: Principal
    strategy: str
    metadata: dict[str, Any]
    kwargs: dict[str, Any]
    ephemeral: bool
    delay: float
    base_metadata: dict[str, Any]
    thread_metadata: dict[str, Any]
    thread_config: dict[str, Any]
    hint_id: UUID


async def create_run(core: Core, principal: Principal, new: NewRun) -> CreatedRun:
    """Accept a run: durable when this returns.

    Raises NotFound (assistant, thread), Conflict (busy thread with `reject`; key used with another body).
    """
    assistant = await resolve_assistant(core, principal, new.assistant)
    stateless = new.thread_id is None
    mode = "new" if stateless else "create" if new.if_not_exists == "create" else "existing"
    names = {"graph_id": assistant["graph_id"], "assistant_id": str(assistant["assistant_id"])}
    row = _Row(
        run_id=new.run_id or uuid7(),
        thread_id=new.thread_id or uuid7(),
        thread_mode=mode,
        assistant_id=assistant["assistant_id"],
        assistant_version=assistant["version"],
        graph_id=assistant["graph_id"],
        principal=principal,
        strategy=new.multitask_strategy,
        metadata={**new.metadata, "assistant_id": names["assistant_id"]},
        kwargs=new.kwargs,
        ephemeral=stateless and new.on_completion == "delete",
        delay=float(new.after_seconds),
        base_metadata=assistant["metadata"],
        thread_metadata=new.thread_metadata
        if stateless and new.on_completion == "delete"
        else {**names, **(new.metadata if not stateless else {}), **new.thread_metadata},
        thread_config=new.thread_config,
        hint_id=uuid7(),
    )
    if new.idempotency_key is not None or new.multitask_strategy in ("interrupt", "rollback"):
        return await _create_alone(core, principal, new, row)
    admitted = await _batch(core)(row)
    if admitted is None and mode == "create" and await revive_thread(core, principal, row.thread_id, {}):
        admitted = await _batch(core)(row)
    if admitted is None:
        await _explain(core, principal, row)
    return CreatedRun(_as_run(row, admitted), True)


def _batch(core: Core) -> Batch[_Row, DictRow | None]:
    if "create_run" not in core.batches:

        async def work(rows: list[_Row]) -> Sequence[DictRow | None]:
            failpoints.hit("create.before_commit")
            async with core.db.connection() as connection:
                admitted, outbox = await _insert(connection, rows)
            failpoints.hit("create.after_commit")
            await core.publisher.send(outbox)
            return [admitted.get(row.run_id) for row in rows]

        core.batches["create_run"] = Batch("create_run", work, key=lambda row: row.thread_id)
    return core.batches["create_run"]


async def _insert(
    connection: AsyncConnection[DictRow], rows: list[_Row]
) -> tuple[dict[UUID, DictRow], list[OutboxRow]]:
    columns = (
        Uuid([r.run_id for r in rows]),
        Uuid([r.thread_id for r in rows]),
        Text([r.thread_mode for r in rows]),
        Uuid([r.assistant_id for r in rows]),
        Int([r.assistant_version for r in rows]),
        Text([r.graph_id for r in rows]),
        Text([r.principal.tenant_id for r in rows]),
        Text([r.principal.user_id for r in rows]),
        Text([r.strategy for r in rows]),
        Text([text(r.base_metadata) for r in rows]),
        Text([text(r.metadata) for r in rows]),
        Text([text(r.kwargs) for r in rows]),
        Bool([r.ephemeral for r in rows]),
        Float([r.delay for r in rows]),
        Text([text(r.thread_metadata) for r in rows]),
        Text([text(r.thread_config) for r in rows]),
        Uuid([r.hint_id for r in rows]),
        Text([subjects.work(r.principal.tenant_id, r.graph_id) for r in rows]),
    )
    admitted: dict[UUID, DictRow] = {}
    outbox: list[OutboxRow] = []
    for answer in await fetch_prepared(connection, sql("runs", "create"), columns):
        if answer["run_id"] is not None:
            admitted[answer["run_id"]] = answer
        else:
            outbox.append(OutboxRow(answer["id"], answer["subject"], answer["payload"].data))
    for row in rows:
        if row.run_id in admitted:
            metrics.runs_created.labels(row.graph_id).inc()
            metrics.events_appended.labels("run.created").inc()
    return admitted, outbox


async def _create_alone(core: Core, principal: Principal, new: NewRun, row: _Row) -> CreatedRun:
    """The slower way: an idempotency key, or an active run that must give way first, in one transaction."""
    failpoints.hit("create.before_commit")
    async with Transaction(core) as tx:
        if new.idempotency_key is not None:
            earlier = await _claim_key(tx.connection, principal, new, row.run_id)
            if earlier is not None:
                return CreatedRun(await get_run(core, principal, None, earlier), False)
        if new.multitask_strategy in ("interrupt", "rollback") and row.thread_mode != "new":
            cursor = await tx.connection.execute(
                sql("runs", "lock_thread"), (row.thread_id, principal.tenant_id, principal.user_id)
            )
            thread = await cursor.fetchone()
            if thread is not None:
                await _give_way(tx, principal, thread, new.multitask_strategy)
        admitted, outbox = await _insert(tx.connection, [row])
        answer = admitted.get(row.run_id)
        if answer is None:
            await _explain(core, principal, row)
        tx.outbox.extend(outbox)
    failpoints.hit("create.after_commit")
    return CreatedRun(_as_run(row, answer), True)


async def _give_way(tx: Transaction, principal: Principal, thread: DictRow, strategy: str) -> None:
    """End every run of a locked thread that has not ended, so that the next is admitted at once."""
    cursor = await tx.connection.execute(sql("runs", "unfinished"), (thread["thread_id"],))
    for run in await cursor.fetchall():
        if strategy == "rollback":
            await rollback_in(tx, principal, run["run_id"])
        else:
            await cancel_in(tx, principal, run["run_id"], "interrupt")


async def _claim_key(
    connection: AsyncConnection[DictRow], principal: Principal, new: NewRun, run_id: UUID
) -> UUID | None:
    """None when the key is ours now; the earlier run when it is not. Raises Conflict for another body."""
    identity = (principal.tenant_id, principal.user_id, new.scope, new.idempotency_key)
    cursor = await connection.execute(sql("runs", "take_key"), (*identity, new.body_hash, run_id))
    if await cursor.fetchone() is not None:
        return None
    found = await (await connection.execute(sql("runs", "read_key"), identity)).fetchone()
    if found is None or found["body_hash"] != new.body_hash:
        raise Conflict("this Idempotency-Key was used with another body")
    return UUID(str(found["run_id"]))


async def _explain(core: Core, principal: Principal, row: _Row) -> None:
    """Raise why a run was not admitted."""
    found = await core.db.fetchone(sql("runs", "thread_there"), (row.thread_id, principal.tenant_id, principal.user_id))
    if found is None:
        raise NotFound("thread", row.thread_id)
    raise Conflict("Thread is already running a task. Wait for it to finish or choose a different multitask strategy.")


def _as_run(row: _Row, admitted: DictRow | None) -> dict[str, Any]:
    assert admitted is not None
    return {
        "run_id": row.run_id,
        "thread_id": row.thread_id,
        "assistant_id": row.assistant_id,
        "graph_id": row.graph_id,
        "status": "pending",
        "metadata": admitted["metadata"],
        "kwargs": row.kwargs,
        "multitask_strategy": row.strategy,
        "created_at": admitted["created_at"],
        "updated_at": admitted["created_at"],
    }
