"""The event log, read."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.principal import Principal
from ..eventstore.store import sql
from .runs import get_run


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What a reader of the log wants; a thread stands for itself and its runs."""

    run_id: UUID | None = None
    thread_id: UUID | None = None
    types: Sequence[str] | None = None


async def run_events(
    core: Core, principal: Principal, run_id: UUID, after_version: int = 0, limit: int = 1000
) -> list[DictRow]:
    """A run's events behind a version, as envelopes with `global_seq`. Raises NotFound."""
    await get_run(core, principal, None, run_id)
    return await core.db.fetch(
        sql("events", "of_run"), (run_id, principal.tenant_id, principal.user_id, after_version, limit)
    )


async def all_events(
    core: Core, principal: Principal, after: int, wanted: EventFilter, limit: int = 1000
) -> list[DictRow]:
    """The log behind a global sequence, as envelopes with `global_seq`, gap-safe for a reader that goes on."""
    conditions: dict[str, str] = {
        "{run}": "stream_id = %(run)s" if wanted.run_id else "true",
        "{thread}": "(stream_id = %(thread)s OR stream_id IN (SELECT run_id FROM runs WHERE thread_id = %(thread)s))"
        if wanted.thread_id
        else "true",
        "{types}": "type = ANY (%(types)s)" if wanted.types else "true",
    }
    statement = sql("events", "feed")
    for mark, condition in conditions.items():
        statement = statement.replace(mark, condition)
    return await core.db.fetch(
        statement,
        {
            "after": after, "tenant": principal.tenant_id, "owner": principal.user_id, "run": wanted.run_id,
            "thread": wanted.thread_id, "types": list(wanted.types or ()), "limit": limit,
        },
    )  # fmt: skip


async def latest_sequence(core: Core) -> int:
    """The global sequence up to which the log is complete now."""
    row = await core.db.fetchone(sql("events", "latest"))
    return int(row["seq"]) if row else 0
