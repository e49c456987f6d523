"""The transactional outbox: written with the events, emptied by acknowledgements, swept by the relay."""

import logging
from collections.abc import Sequence
from uuid import UUID

from ... import failpoints
from ..domain.errors import Unavailable
from ..domain.outbox import OutboxRow
from .arrays import Uuid
from .database import Database
from .statements import statement

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 12
"""Publishes of one row before it becomes a dead letter."""


class Outbox:
    """The rows that JetStream has not acknowledged."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def forget(self, ids: Sequence[UUID]) -> None:
        """Drop acknowledged rows; when the database is away the relay will publish them again, harmlessly."""
        failpoints.hit("outbox.before_forget")
        try:
            await self._db.execute(statement("outbox", "forget"), (Uuid(sorted(ids)),))
        except Unavailable as error:
            log.info("acknowledged rows stay in the outbox: %s", error)

    async def overdue(self, older_than: float, limit: int) -> list[OutboxRow]:
        """Rows the direct publish left behind, oldest first."""
        rows = await self._db.fetch(statement("outbox", "overdue"), (older_than, limit))
        return [OutboxRow(row["id"], row["subject"], row["payload"].data) for row in rows]

    async def defer(self, ids: Sequence[UUID], error: str) -> None:
        """Note a failed publish; the row waits longer each time and is buried after MAX_ATTEMPTS."""
        await self._db.execute(statement("outbox", "defer"), (error[:500], Uuid(sorted(ids))))
        buried = await self._db.execute(statement("outbox", "bury"), (MAX_ATTEMPTS,))
        if buried:
            log.error("%d outbox rows became dead letters: %s", buried, error)

    async def backlog(self) -> tuple[int, int]:
        """How many rows wait, how many are dead."""
        row = await self._db.fetchone(statement("outbox", "backlog"))
        return (row["pending"], row["dead"]) if row else (0, 0)
