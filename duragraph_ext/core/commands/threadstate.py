"""Changing a thread's state by hand: computed beside the runs, committed only if none came between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..domain.errors import Conflict, DuragraphError, GraphError, NotFound
from ..domain.principal import Principal
from ..eventstore.store import append, sql
from .transactions import Transaction

NO_GRAPH = (
    "Thread '{}' has no assigned graph ID. This usually occurs when no runs have been made on this particular thread. "
    "This operation requires a graph ID. Please ensure a run has been made for the thread or manually update the "
    "thread metadata (by setting the 'graph_id' field) before running this operation."
)


class Moved(DuragraphError):
    """Somebody else changed the thread's state first: compute the change anew."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """Where a thread stands after a change of its state."""

    checkpoint_id: str | None
    status: str
    graph_id: str
    open_interrupts: Sequence[str]


def graph_of(thread: DictRow) -> str:
    """The graph that a thread's state belongs to. Raises GraphError for a thread that had no run and names none."""
    graph_id = thread["metadata"].get("graph_id") or thread["graph_id"]
    if not isinstance(graph_id, str):
        raise GraphError(None, NO_GRAPH.format(thread["thread_id"]))
    return graph_id


async def look_at_state(tx: Transaction, principal: Principal, thread_id: UUID) -> DictRow:
    """The thread whose state is to be changed. Raises NotFound, and Conflict while it has runs."""
    cursor = await tx.connection.execute(
        sql("threadstate", "look"), (thread_id, principal.tenant_id, principal.user_id)
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("thread", thread_id)
    await _check_idle(tx, thread_id, row)
    return row


async def settle_state(tx: Transaction, principal: Principal, seen: DictRow, change: StateChange) -> None:
    """Make a change that was written in `tx` the thread's, under its lock.

    Raises Conflict when a run was created meanwhile, Moved when one has ended or another change came first.
    """
    thread_id = seen["thread_id"]
    cursor = await tx.connection.execute(
        sql("threadstate", "settle"), (thread_id, principal.tenant_id, principal.user_id)
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("thread", thread_id)
    await _check_idle(tx, thread_id, row)
    if any(row[name] != seen[name] for name in ("checkpoint_id", "version", "state_updated_at")):
        raise Moved(f"thread {thread_id} has changed")
    payload: dict[str, Any] = {
        "checkpoint_id": change.checkpoint_id, "status": change.status, "graph_id": change.graph_id,
        "open_interrupts": list(change.open_interrupts),
    }  # fmt: skip
    appended = await append(
        tx.connection, principal, "thread", thread_id, row["version"], [("thread.state_updated", payload)]
    )
    tx.outbox.extend(appended.outbox)
    await tx.connection.execute(
        sql("threadstate", "put"),
        {
            "status": change.status, "graph": change.graph_id, "checkpoint": change.checkpoint_id,
            "version": appended.version, "at": appended.at, "thread": thread_id,
        },
    )  # fmt: skip
    await tx.connection.execute(sql("threadstate", "resolve"), (appended.at, thread_id, list(change.open_interrupts)))


async def _check_idle(tx: Transaction, thread_id: UUID, row: DictRow) -> None:
    if row["active_run_id"] is None and not row["queued"]:
        return
    cursor = await tx.connection.execute(sql("threadstate", "in_flight"), (thread_id,))
    runs = ", ".join(str(run["run_id"]) for run in await cursor.fetchall())
    raise Conflict(f"Thread {thread_id} has in-flight runs: {runs}")
