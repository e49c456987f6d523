"""Taking runs back from workers that lost their lease."""

from uuid import UUID

from ..context import Core
from ..domain.policies import MAX_CRASHES
from ..domain.principal import Principal
from ..eventstore.store import sql, write_events
from .cancellation import end_in
from .transactions import Transaction

HEAR_SECONDS = 2.0
"""How long the sweeper waits to hear how a poison run's last worker ended."""


async def requeue(core: Core, run_id: UUID, thread_id: UUID, reason: str, *, crashed: bool) -> bool:
    """Make a running run pending again under a new epoch; after MAX_CRASHES crashes it ends in error instead.

    False when the run has ended or moved on in the meantime.
    """
    async with Transaction(core) as tx:
        await tx.connection.execute(sql("runs", "lock_thread_only"), (thread_id,))
        run = await (await tx.connection.execute(sql("runs", "lock_run"), (run_id,))).fetchone()
        if run is None or run["status"] != "running":
            return False
        if crashed:
            lost = await (await tx.connection.execute(sql("runs", "still_lost"), (run_id, HEAR_SECONDS))).fetchone()
            if lost is None:
                return False
            if lost["ended_by"] is not None:
                reason = f"{reason} ({lost['ended_by']})"
            elif run["attempt"] >= MAX_CRASHES and not lost["long_ago"]:
                return False  # the last word on a run says what it did: its worker's end may be told any moment
        owner = Principal(run["tenant_id"], run["owner"])
        if crashed and run["attempt"] >= MAX_CRASHES:
            error = {"error": "WorkerDied", "message": f"{reason}, {run['attempt']} times"}
            return await end_in(
                tx, owner, run_id, "run.failed", "error",
                {}, error, thread_status="error",
            )  # fmt: skip
        head = await (await tx.connection.execute(sql("runs", "requeue"), (run_id,))).fetchone()
        if head is None:
            return False
        payload = {"thread_id": thread_id, "epoch": head["epoch"], "reason": reason, "crashed": crashed}
        appended = await write_events(tx.connection, owner, "run", run_id, head["version"], [("run.retried", payload)])
        tx.outbox.extend(appended.outbox)
        await tx.connection.execute(sql("runs", "abandon_executions"), ("lost", reason, run_id))
        await tx.connection.execute(sql("runs", "requeue_run"), (head["epoch"], 0 if crashed else 1, run_id))
    await core.hint(dict(run))
    return True


async def fail_run(core: Core, run_id: UUID, thread_id: UUID, status: str, event: str, error: dict[str, str]) -> bool:
    """End a running or pending run from outside: `timeout` or `error`."""
    async with Transaction(core) as tx:
        await tx.connection.execute(sql("runs", "lock_thread_only"), (thread_id,))
        run = await (await tx.connection.execute(sql("runs", "lock_run"), (run_id,))).fetchone()
        if run is None:
            return False
        return await end_in(
            tx, Principal(run["tenant_id"], run["owner"]), run_id, event, status,
            {}, error, thread_status="error",
        )  # fmt: skip
