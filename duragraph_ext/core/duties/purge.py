"""Purges what deleted threads leave: the checkpoints and frames of stateless runs go in batches, off the hot path."""

from ..eventstore.arrays import Uuid
from ..eventstore.store import sql
from .duty import Duty

BATCH = 200
EVERY = 2.0
"""Seconds between looks."""
KEPT = 120.0
"""Seconds that an ended stateless run can still be waited for, joined and resumed."""


class Purge(Duty):
    """Deletes in batches until nothing is left."""

    kept = KEPT

    async def work(self) -> float:
        """Purge every deleted thread that still has rows."""
        while rows := await self.core.db.fetch(sql("threads", "unpurged"), (self.kept, BATCH)):
            await self.core.db.execute(sql("threads", "purge"), (Uuid([row["thread_id"] for row in rows]),))
        return EVERY
