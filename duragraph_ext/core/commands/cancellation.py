"""Ending a run from outside its worker: the truth first, then the worker is told."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core, Outcome
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.store import sql, write_events
from ..jsonx import text
from .transactions import Transaction

ENDED = ("success", "error", "timeout", "interrupted")
_ROUTE = "POST /threads/{thread_id}/runs/{run_id}/cancel"
CANCEL_ERRORS = {
    "interrupt": {"error": "UserInterrupt", "message": f"interrupt requested via {_ROUTE}"},
    "rollback": {"error": "UserRollback", "message": f"rollback requested via {_ROUTE}"},
}
"""What a thread shows after its running run was cancelled, as LangGraph's server words it."""


async def cancel_run(
    core: Core, principal: Principal, thread_id: UUID, run_id: UUID, action: str = "interrupt"
) -> DictRow:
    """Cancel a run: final when this returns. `rollback` also removes it and its checkpoints.

    Returns the run as it stood before. A run that has ended already is left as it is. Raises NotFound.
    """
    async with Transaction(core) as tx:
        cursor = await tx.connection.execute(
            sql("runs", "lock_thread"), (thread_id, principal.tenant_id, principal.user_id)
        )
        if await cursor.fetchone() is None:
            raise NotFound("thread", thread_id)
        cursor = await tx.connection.execute(sql("runs", "of_thread"), (run_id, thread_id))
        run = await cursor.fetchone()
        if run is None:
            raise NotFound("run", run_id)
        if action == "rollback":
            await rollback_in(tx, principal, run_id)
        elif run["status"] not in ENDED:
            await cancel_in(tx, principal, run_id, action)
        return run


async def cancel_runs(
    core: Core, principal: Principal, action: str, statuses: Sequence[str], thread_id: UUID | None = None,
    run_ids: Sequence[UUID] | None = None,
) -> int:  # fmt: skip
    """Cancel all runs in `statuses`, of one thread or among `run_ids` if given; how many there were."""
    rows = await core.db.fetch(
        sql("runs", "cancellable"),
        {
            "tenant": principal.tenant_id, "owner": principal.user_id, "statuses": list(statuses),
            "thread": thread_id, "runs": None if run_ids is None else list(run_ids),
        },
    )  # fmt: skip
    count = 0
    for thread, group in groupby(rows, key=lambda row: row["thread_id"]):
        async with Transaction(core) as tx:
            whose = (thread, principal.tenant_id, principal.user_id)
            if await (await tx.connection.execute(sql("runs", "lock_thread"), whose)).fetchone() is None:
                continue
            for row in group:
                run = await (await tx.connection.execute(sql("runs", "lock_run"), (row["run_id"],))).fetchone()
                if run is None or run["status"] in ENDED:  # it was faster
                    continue
                if action == "rollback":
                    await rollback_in(tx, principal, row["run_id"])
                else:
                    await cancel_in(tx, principal, row["run_id"], action)
                count += 1
    return count


async def cancel_in(tx: Transaction, principal: Principal, run_id: UUID, action: str) -> None:
    """Cancel a run of a thread that the caller has locked."""
    run = await (await tx.connection.execute(sql("runs", "lock_run"), (run_id,))).fetchone()
    if run is None or run["status"] in ENDED:
        return
    running = run["status"] == "running"
    await end_in(
        tx, principal, run_id, "run.cancelled", "interrupted", {"action": action},
        CANCEL_ERRORS[action] if running else None,
        thread_status="interrupted" if running and action == "interrupt" else "idle",
    )  # fmt: skip


async def rollback_in(tx: Transaction, principal: Principal, run_id: UUID) -> None:
    """Cancel a run, remove it, and put its thread back to the checkpoint before it."""
    await cancel_in(tx, principal, run_id, "rollback")
    cursor = await tx.connection.execute(sql("runs", "remove"), (run_id,))
    run = await cursor.fetchone()
    if run is None:
        return
    for name in ("drop_writes", "drop_checkpoints"):
        await tx.connection.execute(sql("runs", name), (str(run["thread_id"]), str(run_id)))
    cursor = await tx.connection.execute(sql("runs", "rewind_thread"), {"thread": run["thread_id"]})
    thread = await cursor.fetchone()
    await _mark(
        tx, principal, run_id, "run.rolled_back",
        {"thread_id": run["thread_id"], "checkpoint_id": thread["checkpoint_id"] if thread else None},
    )  # fmt: skip


async def end_in(
    tx: Transaction, principal: Principal, run_id: UUID, event: str, status: str, payload: dict[str, Any],
    error: dict[str, Any] | None, *, thread_status: str,
) -> bool:  # fmt: skip
    """End a run from outside its worker, under its thread's lock; False when it has ended already."""
    cursor = await tx.connection.execute(sql("runs", "lock_run"), (run_id,))
    run = await cursor.fetchone()
    if run is None or run["status"] in ENDED:
        return False
    head = await (await tx.connection.execute(sql("runs", "end_stream"), (run_id,))).fetchone()
    if head is None:
        return False
    error_text = text(error) if error is not None else None
    checkpoint_id = None
    if run["status"] == "running":
        cursor = await tx.connection.execute(sql("runs", "latest_checkpoint"), (str(run["thread_id"]),))
        latest = await cursor.fetchone()
        checkpoint_id = latest["checkpoint_id"] if latest else None
        await tx.connection.execute(sql("runs", "abandon_executions"), ("cancelled", status, run_id))
    body = {
        "status": status, "thread_id": run["thread_id"], "thread_status": thread_status, "error": error,
        "checkpoint_id": checkpoint_id, **payload,
    }  # fmt: skip
    appended = await write_events(tx.connection, principal, "run", run_id, head["version"], [(event, body)])
    tx.outbox.extend(appended.outbox)
    await tx.connection.execute(sql("runs", "end_run"), (status, error_text, checkpoint_id, run_id))
    await tx.connection.execute(
        sql("runs", "leave_thread"),
        {
            "run": run_id,
            "thread": run["thread_id"],
            "status": thread_status,
            "error": error_text,
            "checkpoint": checkpoint_id,
        },
    )
    if run["worker_id"] is not None:
        tx.orders.append((run["worker_id"], {"cancel": str(run_id), "action": payload.get("action", "interrupt")}))
    tx.outcomes.append(
        Outcome(run_id, run["thread_id"], status, thread_status, checkpoint_id, error, principal.tenant_id)
    )
    return True


async def delete_run(core: Core, principal: Principal, thread_id: UUID, run_id: UUID) -> None:
    """Remove a run, cancelling it first; its checkpoints stay with the thread. Raises NotFound."""
    await cancel_run(core, principal, thread_id, run_id)
    async with Transaction(core) as tx:
        await tx.connection.execute(sql("runs", "remove"), (run_id,))
        await _mark(tx, principal, run_id, "run.deleted", {"thread_id": thread_id})


async def _mark(tx: Transaction, principal: Principal, run_id: UUID, event: str, payload: dict[str, Any]) -> None:
    row = await (await tx.connection.execute(sql("runs", "mark_stream"), (run_id,))).fetchone()
    assert row is not None
    appended = await write_events(tx.connection, principal, "run", run_id, row["version"], [(event, payload)])
    tx.outbox.extend(appended.outbox)
