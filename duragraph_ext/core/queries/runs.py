"""Runs, read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core, Outcome
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.arrays import Uuid
from ..eventstore.store import sql
from ..jsonx import text

VISIBLE = "EXISTS (SELECT FROM threads t WHERE t.thread_id = r.thread_id AND t.metadata @> %(access)s::jsonb)"


@dataclass(frozen=True, slots=True)
class RunFilter:
    """A search; `before` is the run id that ended the page before, `text` stands somewhere in what went in or wrong.

    `access` is what the metadata of the threads contains whose runs are visible.
    """

    status: str | None = None
    graph_id: str | None = None
    assistant_id: UUID | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    before: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    limit: int = 10
    offset: int = 0
    access: dict[str, Any] = field(default_factory=dict)


async def get_run(core: Core, principal: Principal, thread_id: UUID | None, run_id: UUID) -> DictRow:
    """One run, of a thread or of any. Raises NotFound."""
    row = await core.db.fetchone(
        sql("runs", "one"), (run_id, principal.tenant_id, principal.user_id, thread_id, thread_id)
    )
    if row is None:
        raise NotFound("run", run_id)
    return row


async def list_runs(core: Core, principal: Principal, thread_id: UUID | None, wanted: RunFilter) -> list[DictRow]:
    """Runs that match, newest first."""
    conditions: dict[str, str] = {
        "{thread}": "r.thread_id = %(thread)s" if thread_id else "true",
        "{status}": "r.status = %(status)s" if wanted.status else "true",
        "{graph}": "r.graph_id = %(graph)s" if wanted.graph_id else "true",
        "{assistant}": "r.assistant_id = %(assistant)s" if wanted.assistant_id else "true",
        "{metadata}": "r.metadata @> %(metadata)s::jsonb" if wanted.metadata else "true",
        "{access}": VISIBLE if wanted.access else "true",
        "{before}": "(r.created_at, r.run_id) < (SELECT b.created_at, b.run_id FROM runs b"
        " WHERE b.run_id = %(before)s AND b.tenant_id = %(tenant)s AND b.owner = %(owner)s)"
        if wanted.before
        else "true",
        "{since}": "r.created_at >= %(since)s" if wanted.since else "true",
        "{until}": "r.created_at < %(until)s" if wanted.until else "true",
        "{text}": "(strpos(lower(r.kwargs ->> 'input'), lower(%(text)s)) > 0"
        " OR strpos(lower(r.error::text), lower(%(text)s)) > 0"
        " OR strpos(lower(r.metadata::text), lower(%(text)s)) > 0)"
        if wanted.text
        else "true",
    }
    statement = sql("runs", "filtered")
    for mark, condition in conditions.items():
        statement = statement.replace(mark, condition)
    return await core.db.fetch(
        statement,
        {
            "tenant": principal.tenant_id, "owner": principal.user_id, "thread": thread_id, "status": wanted.status,
            "graph": wanted.graph_id, "assistant": wanted.assistant_id, "metadata": text(wanted.metadata),
            "access": text(wanted.access),
            "before": wanted.before, "since": wanted.since,
            "until": wanted.until, "text": wanted.text, "limit": wanted.limit, "offset": wanted.offset,
        },
    )  # fmt: skip


async def count_known(core: Core, principal: Principal, thread_id: UUID, run_ids: Sequence[UUID]) -> int:
    """How many of some runs of a thread there are."""
    row = await core.db.fetchone(
        sql("runs", "known"), (principal.tenant_id, principal.user_id, thread_id, Uuid(list(run_ids)))
    )
    return int(row["count"]) if row else 0


async def frames_dropped_at(core: Core, principal: Principal, run_id: UUID) -> datetime | None:
    """When retention took a run's frames; None while it has not."""
    row = await core.db.fetchone(sql("runs", "frames_dropped"), (run_id, principal.tenant_id, principal.user_id))
    return row["frames_dropped_at"] if row else None


async def count_waiting(core: Core, principal: Principal, at_most: int) -> int:
    """How many runs wait for a worker; counting stops at `at_most`."""
    row = await core.db.fetchone(sql("runs", "waiting_of_owner"), (principal.tenant_id, principal.user_id, at_most))
    return int(row["count"]) if row else 0


async def outcomes(core: Core, run_ids: Sequence[UUID]) -> list[Outcome]:
    """How those of the runs that have ended did end."""
    rows = await core.db.fetch(sql("runs", "outcome"), (Uuid(list(run_ids)),))
    return [
        Outcome(
            row["run_id"], row["thread_id"], row["status"], "", row["checkpoint_id"], row["error"], row["tenant_id"]
        )
        for row in rows
    ]  # fmt: skip


async def read_frames(
    core: Core, run_id: UUID, after: tuple[int, int] = (0, 0), limit: int | None = None
) -> list[tuple[int, int, int, bytes]]:
    """Stored frames behind a cursor (epoch, n): (epoch, first, last, SSE bytes); the first may start before it."""
    rows = await core.db.fetch(sql("runs", "frames"), (run_id, after[0], after[0], after[1], limit))
    return [(row["epoch"], row["first"], row["last"], bytes(row["data"])) for row in rows]


async def executions(core: Core, principal: Principal, run_id: UUID) -> list[DictRow]:
    """A run's node executions by start. Raises NotFound."""
    await get_run(core, principal, None, run_id)
    return await core.db.fetch(sql("runs", "executions"), (run_id, principal.tenant_id, principal.user_id))


async def list_interrupts(
    core: Core,
    principal: Principal,
    status: str | None,
    thread_id: UUID | None,
    limit: int = 100,
    access: dict[str, Any] | None = None,
) -> list[DictRow]:
    """Questions that nodes asked, newest first; `status` is `open` or `resolved`."""
    return await core.db.fetch(
        sql("runs", "interrupts").replace("{access}", VISIBLE if access else "true"),
        {
            "tenant": principal.tenant_id, "owner": principal.user_id, "status": status, "thread": thread_id,
            "access": text(access or {}), "limit": limit,
        },
    )  # fmt: skip
