"""Creating, cancelling and deleting runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ... import failpoints
from ...telemetry import metrics
from ..context import Core
from ..domain.errors import Conflict, NotFound
from ..domain.outbox import OutboxRow
from ..domain.principal import Principal
from ..domain.webhooks import origin
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
from .idempotency import Key, take_key
from .threads import revive_thread
from .transactions import Transaction


@dataclass(slots=True)
class NewRun:
    """A request for a run. Without `thread_id` it is stateless: its thread goes with it, unless kept.

    `thread_metadata` marks a thread that is made for it. `after_seconds` delays the start.
    `key` makes a repeat give the same run. `webhook` is called when the run has ended. `resumes` names the run that
    must wait for an answer on its thread.
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
    key: Key | None = None
    thread_config: dict[str, Any] = field(default_factory=dict)
    thread_metadata: dict[str, Any] = field(default_factory=dict)
    webhook: str | None = field(default=None, repr=False)
    resumes: UUID | None = None


@dataclass(frozen=True, slots=True)
class CreatedRun:
    """A run row; `created` is False when an idempotency key named an earlier one."""

    run: dict[str, Any]
    created: bool


@dataclass(slots=True)
class PlannedRun:
    """The row of a run to be, and how its thread takes it."""

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
    row = run_row(await resolve_assistant(core, principal, new.assistant), principal, new)
    if new.key or new.resumes or new.webhook or new.multitask_strategy in ("interrupt", "rollback"):
        try:
            return await _create_alone(core, principal, new, row)
        except NotFound:
            if row.thread_mode != "create" or not await revive_thread(core, principal, row.thread_id, {}):
                raise
        return await _create_alone(core, principal, new, row)
    admitted = await _batch(core)(row)
    if admitted is None and row.thread_mode == "create" and await revive_thread(core, principal, row.thread_id, {}):
        admitted = await _batch(core)(row)
    if admitted is None:
        await _explain(core, principal, row)
    return CreatedRun(_as_run(row, admitted), True)


async def create_runs(
    core: Core, principal: Principal, wanted: Sequence[NewRun], key: Key | None = None
) -> list[dict[str, Any]]:
    """Accept stateless runs, all or none; under a key a repeat gives those of the first. Raises NotFound, Conflict."""
    rows = [run_row(await resolve_assistant(core, principal, new.assistant), principal, new) for new in wanted]
    failpoints.hit("create.before_commit")
    async with Transaction(core) as tx:
        if key is not None:
            taken = await take_key(tx.connection, principal, key, [row.run_id for row in rows])
            if not taken.fresh:
                return [dict(await get_run(core, principal, None, run_id)) for run_id in taken.ids]
        admitted, outbox = await _insert(tx.connection, rows)
        for row, new in zip(rows, wanted, strict=True):
            await _expect_webhook(tx, principal, row, new.webhook)
        tx.outbox.extend(outbox)
    failpoints.hit("create.after_commit")
    return [_as_run(row, admitted.get(row.run_id)) for row in rows]


def run_row(assistant: dict[str, Any], principal: Principal, new: NewRun) -> PlannedRun:
    """The row of a run to be, of an assistant that was resolved."""
    stateless = new.thread_id is None
    mode = "new" if stateless else "create" if new.if_not_exists == "create" else "existing"
    names = {"graph_id": assistant["graph_id"], "assistant_id": str(assistant["assistant_id"])}
    return PlannedRun(
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


def _batch(core: Core) -> Batch[PlannedRun, DictRow | None]:
    if "create_run" not in core.batches:

        async def work(rows: list[PlannedRun]) -> Sequence[DictRow | None]:
            failpoints.hit("create.before_commit")
            async with core.hot.connection() as connection:
                admitted, outbox = await _insert(connection, rows)
            failpoints.hit("create.after_commit")
            await core.publisher.send(outbox)
            return [admitted.get(row.run_id) for row in rows]

        core.batches["create_run"] = Batch("create_run", work, key=lambda row: row.thread_id)
    return core.batches["create_run"]


async def _insert(
    connection: AsyncConnection[DictRow], rows: list[PlannedRun]
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


async def _create_alone(core: Core, principal: Principal, new: NewRun, row: PlannedRun) -> CreatedRun:
    """The slower way: an idempotency key, or an active run that must give way first, in one transaction."""
    failpoints.hit("create.before_commit")
    async with Transaction(core) as tx:
        if new.key is not None:
            taken = await take_key(tx.connection, principal, new.key, [row.run_id])
            if not taken.fresh:
                return CreatedRun(await get_run(core, principal, None, taken.ids[0]), False)
        if new.resumes is not None:
            await _check_waits(tx, principal, row.thread_id, new.resumes)
        answer = await create_in(tx, principal, row, new.webhook)
    failpoints.hit("create.after_commit")
    return CreatedRun(_as_run(row, answer), True)


async def create_in(tx: Transaction, principal: Principal, row: PlannedRun, webhook: str | None) -> DictRow:
    """Admit a run in the caller's transaction, with the delivery of its webhook. Raises NotFound, Conflict."""
    if row.strategy in ("interrupt", "rollback") and row.thread_mode != "new":
        cursor = await tx.connection.execute(
            sql("runs", "lock_thread"), (row.thread_id, principal.tenant_id, principal.user_id)
        )
        thread = await cursor.fetchone()
        if thread is not None:
            await _give_way(tx, principal, thread, row.strategy)
    admitted, outbox = await _insert(tx.connection, [row])
    answer = admitted.get(row.run_id)
    if answer is None:
        await _explain(tx.core, principal, row)
    await _expect_webhook(tx, principal, row, webhook)
    tx.outbox.extend(outbox)
    return answer


async def _expect_webhook(tx: Transaction, principal: Principal, row: PlannedRun, webhook: str | None) -> None:
    if webhook is not None:
        await tx.connection.execute(
            sql("webhooks", "expect"),
            (uuid7(), row.run_id, principal.tenant_id, principal.user_id, webhook, origin(webhook)),
        )


async def _give_way(tx: Transaction, principal: Principal, thread: DictRow, strategy: str) -> None:
    """End every run of a locked thread that has not ended, so that the next is admitted at once."""
    cursor = await tx.connection.execute(sql("runs", "unfinished"), (thread["thread_id"],))
    for run in await cursor.fetchall():
        if strategy == "rollback":
            await rollback_in(tx, principal, run["run_id"])
        else:
            await cancel_in(tx, principal, run["run_id"], "interrupt")


async def _check_waits(tx: Transaction, principal: Principal, thread_id: UUID, run_id: UUID) -> None:
    """Lock a thread whose last run waits for an answer. Raises NotFound, and Conflict when another run came after."""
    whose = (thread_id, principal.tenant_id, principal.user_id)
    thread = await (await tx.connection.execute(sql("runs", "lock_thread"), whose)).fetchone()
    if thread is None:
        raise NotFound("thread", thread_id)
    last = await (await tx.connection.execute(sql("runs", "last_of_thread"), whose)).fetchone()
    if last is None or last["run_id"] != run_id or thread["status"] != "interrupted":
        raise Conflict(f"Run {run_id} does not wait for an answer")


async def _explain(core: Core, principal: Principal, row: PlannedRun) -> NoReturn:
    """Raise why a run was not admitted."""
    found = await core.db.fetchone(sql("runs", "thread_there"), (row.thread_id, principal.tenant_id, principal.user_id))
    if found is None:
        raise NotFound("thread", row.thread_id)
    raise Conflict("Thread is already running a task. Wait for it to finish or choose a different multitask strategy.")


def _as_run(row: PlannedRun, admitted: DictRow | None) -> dict[str, Any]:
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
