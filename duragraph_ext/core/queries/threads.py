"""Threads, read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.arrays import Uuid
from ..eventstore.store import sql
from ..jsonx import text

SORT_KEYS = ("thread_id", "status", "created_at", "updated_at", "state_updated_at")


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """A search; `sort_by` is one of SORT_KEYS, `access` what the metadata of visible threads contains."""

    metadata: dict[str, Any] = field(default_factory=dict)
    status: str | None = None
    ids: Sequence[UUID] | None = None
    limit: int = 10
    offset: int = 0
    sort_by: str = "created_at"
    sort_order: str = "desc"
    access: dict[str, Any] = field(default_factory=dict)


async def get_thread_row(core: Core, principal: Principal, thread_id: UUID) -> DictRow:
    """A thread without its values. Raises NotFound."""
    row = await core.db.fetchone(sql("threads", "one"), (thread_id, principal.tenant_id, principal.user_id))
    if row is None:
        raise NotFound("thread", thread_id)
    return row


def _statement(name: str, wanted: ThreadFilter) -> str:
    """The search with only the conditions that are asked for, so that its index is found."""
    conditions: dict[str, str] = {
        "{metadata}": "metadata @> %(metadata)s::jsonb" if wanted.metadata else "true",
        "{status}": "status = %(status)s" if wanted.status else "true",
        "{access}": "metadata @> %(access)s::jsonb" if wanted.access else "true",
        "{ids}": "thread_id = ANY (%(ids)s)" if wanted.ids is not None else "true",
    }
    statement = sql("threads", name)
    for mark, condition in conditions.items():
        statement = statement.replace(mark, condition)
    return statement


def _parameters(principal: Principal, wanted: ThreadFilter) -> dict[str, Any]:
    return {
        "tenant": principal.tenant_id, "owner": principal.user_id, "metadata": text(wanted.metadata),
        "status": wanted.status, "ids": list(wanted.ids) if wanted.ids is not None else None,
        "access": text(wanted.access), "limit": wanted.limit, "offset": wanted.offset,
    }  # fmt: skip


async def search_threads(core: Core, principal: Principal, wanted: ThreadFilter) -> list[DictRow]:
    """Threads that match, sorted, without their values."""
    if wanted.sort_by not in SORT_KEYS or wanted.sort_order not in ("asc", "desc"):
        raise ValueError(f"cannot sort by {wanted.sort_by} {wanted.sort_order}")
    order = f"{wanted.sort_by} {wanted.sort_order}"
    return await core.db.fetch(_statement("filtered", wanted).replace("{order}", order), _parameters(principal, wanted))


async def count_threads(core: Core, principal: Principal, wanted: ThreadFilter) -> int:
    """How many threads match."""
    row = await core.db.fetchone(_statement("counted", wanted), _parameters(principal, wanted))
    return int(row["n"]) if row else 0


async def open_interrupts(core: Core, thread_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The open questions of threads: {thread: {task id: [{"id", "value"}]}}."""
    out: dict[UUID, dict[str, Any]] = {}
    for row in await core.db.fetch(sql("threads", "open_interrupts"), (Uuid(list(thread_ids)),)):
        out.setdefault(row["thread_id"], {})[row["task_id"]] = row["asked"]
    return out
