"""Crons, read."""

from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.store import sql
from ..jsonx import parse, text

SORT_KEYS = ("cron_id", "assistant_id", "thread_id", "next_run_date", "end_time", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class CronFilter:
    """A search; `sort_by` is one of SORT_KEYS, `access` what the metadata of visible crons contains."""

    assistant_id: UUID | None = None
    thread_id: UUID | None = None
    enabled: bool | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    limit: int = 10
    offset: int = 0
    sort_by: str = "created_at"
    sort_order: str = "desc"
    access: dict[str, Any] = field(default_factory=dict)


async def get_cron(core: Core, principal: Principal, cron_id: UUID) -> DictRow:
    """One cron. Raises NotFound."""
    row = await core.db.fetchone(sql("crons", "one"), (cron_id, principal.tenant_id, principal.user_id))
    if row is None:
        raise NotFound("cron", cron_id)
    return row


async def search_crons(core: Core, principal: Principal, wanted: CronFilter) -> list[DictRow]:
    """Crons that match, sorted."""
    if wanted.sort_by not in SORT_KEYS or wanted.sort_order not in ("asc", "desc"):
        raise ValueError(f"cannot sort by {wanted.sort_by} {wanted.sort_order}")
    statement = sql("crons", "filtered").replace("{order}", f"{wanted.sort_by} {wanted.sort_order}")
    return await core.db.fetch(statement, _parameters(principal, wanted))


async def count_crons(core: Core, principal: Principal, wanted: CronFilter) -> int:
    """How many crons match."""
    row = await core.db.fetchone(sql("crons", "counted"), _parameters(principal, wanted))
    return int(row["n"]) if row else 0


def _parameters(principal: Principal, wanted: CronFilter) -> dict[str, Any]:
    return {
        "tenant": principal.tenant_id, "owner": principal.user_id, "assistant": wanted.assistant_id,
        "thread": wanted.thread_id, "enabled": wanted.enabled, "metadata": text(wanted.metadata),
        "access": text(wanted.access),
        "limit": wanted.limit, "offset": wanted.offset,
    }  # fmt: skip


def shown(row: DictRow) -> dict[str, Any]:
    """A cron as its owner sees it: the payload with the whole webhook and the end as it was written."""
    payload = parse(row["payload"])
    if row["webhook"]:
        payload["webhook"] = row["webhook"]
    next_run = row["next_run_date"]
    return {
        "cron_id": row["cron_id"], "assistant_id": row["assistant_id"], "thread_id": row["thread_id"],
        "user_id": row["user_id"], "end_time": payload.get("end_time"), "schedule": row["schedule"],
        "timezone": row["timezone"],
        "payload": payload, "next_run_date": next_run and next_run.astimezone(UTC), "metadata": row["metadata"],
        "on_run_completed": row["on_run_completed"], "enabled": row["enabled"],
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip
