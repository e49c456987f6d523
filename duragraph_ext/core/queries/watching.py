"""The runs of a thread as one line of places: a place is the microsecond at which an attempt began, plus a frame."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.principal import Principal
from ..eventstore.store import sql
from ..jsonx import parse
from .runs import executions

PAGE = 100
_TREE_STATUS = {
    "pending": "started",
    "running": "running",
    "success": "completed",
    "error": "failed",
    "timeout": "failed",
    "interrupted": "interrupted",
}
_EXECUTION_STATUS = {
    "running": "running",
    "failed": "failed",
    "interrupted": "interrupted",
    "cancelled": "interrupted",
    "lost": "failed",
}


@dataclass(frozen=True, slots=True)
class ThreadRun:
    """A run as a follower of its thread needs it; `started` and `ended` are microseconds, None before they come."""

    run_id: UUID
    graph_id: str
    status: str
    error: dict[str, Any] | None
    kwargs: dict[str, Any]
    epoch: int
    worker_id: UUID | None
    started: int | None
    ended: int | None
    asks: bool
    """Whether its nodes asked questions."""


async def present(core: Core) -> int:
    """Now, as a place."""
    row = await core.db.fetchone(sql("watching", "now"))
    assert row is not None
    return int(row["us"])


async def runs_behind(core: Core, principal: Principal, thread_id: UUID, after: int) -> list[ThreadRun]:
    """Runs that have not ended before a place, in the order in which they began; at most a page of them."""
    identity = (thread_id, principal.tenant_id, principal.user_id)
    rows = await core.db.fetch(sql("watching", "runs"), (*identity, after, PAGE))
    return [
        ThreadRun(
            row["run_id"], row["graph_id"], row["status"], parse(row["error"]), parse(row["kwargs"]),
            row["lease_epoch"], row["worker_id"], row["started_us"], row["ended_us"],
            row["asks"],
        )
        for row in rows
    ]  # fmt: skip


async def attempt_places(core: Core, principal: Principal, run_id: UUID) -> dict[int, int]:
    """Where each attempt at a run begins, by its epoch."""
    rows = await core.db.fetch(sql("watching", "attempts"), (run_id, principal.tenant_id, principal.user_id))
    return {row["epoch"]: row["us"] for row in rows}


@dataclass(frozen=True, slots=True)
class StateWrite:
    """A write of a thread's state from outside: the thread's version with it, its place, and the state it made."""

    version: int
    place: int
    checkpoint_id: str | None


async def version_at(core: Core, principal: Principal, thread_id: UUID, place: int) -> int:
    """The version that a thread's log had at a place; 0 before its first event."""
    identity = (thread_id, principal.tenant_id, principal.user_id)
    row = await core.db.fetchone(sql("watching", "version_at"), (*identity, place))
    return int(row["version"]) if row else 0


async def state_write_behind(core: Core, principal: Principal, thread_id: UUID, version: int) -> StateWrite | None:
    """The first write of a thread's state behind a version."""
    identity = (thread_id, principal.tenant_id, principal.user_id)
    row = await core.db.fetchone(sql("watching", "state_write"), (*identity, version))
    return StateWrite(row["version"], row["us"], row["checkpoint_id"]) if row else None


async def run_tree(core: Core, principal: Principal, run: DictRow) -> dict[str, Any]:
    """A run's graph and the subgraphs that it entered, each with its status."""
    status = _TREE_STATUS[run["status"]]
    root: dict[str, Any] = {"namespace": [], "status": status, "graph_name": run["graph_id"]}
    known: dict[tuple[str, ...], dict[str, Any]] = {(): root}
    for row in await executions(core, principal, run["run_id"]):
        path = tuple(row["ns"].split("|")) if row["ns"] else ()
        for depth in range(1, len(path) + 1):
            place = path[:depth]
            if place not in known:
                name = place[-1].partition(":")[0]
                known[place] = {"namespace": list(place), "status": "completed", "graph_name": name}
                known[place[:-1]].setdefault("children", []).append(known[place])
        if row["status"] in _EXECUTION_STATUS:
            for depth in range(1, len(path) + 1):
                known[path[:depth]]["status"] = _EXECUTION_STATUS[row["status"]]
    return root
