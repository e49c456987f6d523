"""Workers and queues, read."""

from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import LOCAL, Principal
from ..eventstore.store import sql


async def list_workers(core: Core, principal: Principal) -> list[DictRow]:
    """Workers whose lease is good, with the runs each works on."""
    return await core.db.fetch(sql("workers", "current"), (principal.tenant_id,))


async def get_worker(core: Core, principal: Principal, worker_id: UUID) -> DictRow:
    """One worker, whatever became of it. Raises NotFound."""
    row = await core.db.fetchone(sql("remote", "one"), (worker_id, principal.tenant_id))
    if row is None:
        raise NotFound("worker", worker_id)
    return row


async def queue_stats(core: Core, principal: Principal = LOCAL) -> dict[str, Any]:
    """How much waits: runs, outbox rows, dead letters, and the age of the oldest run in seconds (0 for none)."""
    row = await core.db.fetchone(sql("workers", "queue"), (principal.tenant_id,)) or {}
    pending, dead = await core.outbox.backlog()
    return {
        "pending": row.get("pending", 0),
        "running": row.get("running", 0),
        "oldest_pending_seconds": row.get("oldest_pending_seconds") or 0.0,
        "outbox_pending": pending,
        "outbox_dead": dead,
    }
