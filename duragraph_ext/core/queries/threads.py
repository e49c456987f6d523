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
from .graphs import graph_ids, graph_info

SORT_KEYS = ("thread_id", "status", "created_at", "updated_at", "state_updated_at")


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """A search; `sort_by` is one of SORT_KEYS, `access` what the metadata of visible threads contains."""

    metadata: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
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
        "{ids}": "thread_id = ANY (%(ids)s)" if wanted.ids else "true",
        "{values}": sql("threads", "values_match") if wanted.values else "true",
    }
    statement = sql("threads", name)
    for mark, condition in conditions.items():
        statement = statement.replace(mark, condition)
    return statement


def _parameters(principal: Principal, wanted: ThreadFilter) -> dict[str, Any]:
    return {
        "tenant": principal.tenant_id, "owner": principal.user_id, "metadata": text(wanted.metadata),
        "access": text(wanted.access),
        "status": wanted.status, "ids": list(wanted.ids or ()), "limit": wanted.limit, "offset": wanted.offset,
    }  # fmt: skip


async def _value_parameters(core: Core, principal: Principal, wanted: ThreadFilter) -> dict[str, Any]:
    """What else the search for values needs: defaults of channels nobody has written, and graphs of one channel."""
    if not wanted.values:
        return {}
    defaults: dict[str, Any] = {}
    single: dict[str, str] = {}
    for graph_id in await graph_ids(core, principal):
        info = await graph_info(core, principal.tenant_id, graph_id)
        keys = info.get("keys")
        if isinstance(keys, str):
            single[graph_id] = keys
        known = {name: value for name, value in info.get("defaults", {}).items() if name in wanted.values}
        if known:
            defaults[graph_id] = known
    return {"values": text(wanted.values), "defaults": text(defaults), "single": text(single)}


async def search_threads(core: Core, principal: Principal, wanted: ThreadFilter) -> list[DictRow]:
    """Threads that match, sorted, without their values."""
    if wanted.sort_by not in SORT_KEYS or wanted.sort_order not in ("asc", "desc"):
        raise ValueError(f"cannot sort by {wanted.sort_by} {wanted.sort_order}")
    order = f"{wanted.sort_by} {wanted.sort_order}"
    parameters = {**_parameters(principal, wanted), **await _value_parameters(core, principal, wanted)}
    return await core.db.fetch(_statement("filtered", wanted).replace("{order}", order), parameters)


async def count_threads(core: Core, principal: Principal, wanted: ThreadFilter) -> int:
    """How many threads match."""
    parameters = {**_parameters(principal, wanted), **await _value_parameters(core, principal, wanted)}
    row = await core.db.fetchone(_statement("counted", wanted), parameters)
    return int(row["n"]) if row else 0


async def thread_ttl(core: Core, principal: Principal, thread_id: UUID) -> DictRow | None:
    """When a thread expires, and what becomes of it then; None for one that does not."""
    return await core.db.fetchone(sql("expiry", "of_thread"), (thread_id, principal.tenant_id, principal.user_id))


async def thread_storage(core: Core, principal: Principal, thread_id: UUID) -> dict[str, Any]:
    """The bytes that a thread's state takes: checkpoints, channel values, pending writes. Raises NotFound."""
    await get_thread_row(core, principal, thread_id)
    row = await core.db.fetchone(sql("threads", "storage"), {"thread": str(thread_id)})
    assert row is not None
    channels = {
        name: {"versions": versions, "bytes": size}
        for name, versions, size in zip(row["channels"], row["versions"], row["sizes"], strict=True)
    }
    sections = {
        "checkpoints": {"count": row["checkpoints"], "bytes": row["checkpoint_bytes"]},
        "channel_values": {
            "count": sum(row["versions"]), "bytes": sum(row["sizes"]), "by_channel": channels,
        },
        "pending_writes": {"count": row["writes"], "bytes": row["write_bytes"]},
    }  # fmt: skip
    total = sum(section["bytes"] for section in sections.values())
    return {"thread_id": thread_id, "total_bytes": total, **sections}


async def open_interrupts(core: Core, thread_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The open questions of threads: {thread: {task id: [{"id", "value"}]}}."""
    out: dict[UUID, dict[str, Any]] = {}
    for row in await core.db.fetch(sql("threads", "open_interrupts"), (Uuid(list(thread_ids)),)):
        out.setdefault(row["thread_id"], {})[row["task_id"]] = row["asked"]
    return out
