"""Webhooks, counted."""

from ..context import Core
from ..eventstore.store import sql


async def webhook_backlog(core: Core) -> tuple[int, int]:
    """How many deliveries are due, how many were given up."""
    row = await core.db.fetchone(sql("webhooks", "backlog"))
    return (row["due"], row["dead"]) if row else (0, 0)
