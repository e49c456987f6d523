"""Forgets idempotency keys a day after their use."""

from ..eventstore.store import sql
from .duty import Duty

KEPT = 24 * 3600.0
"""Seconds that a repeat finds what the first request made."""
EVERY = 600.0
"""Seconds between looks."""
BATCH = 10_000


class Keys(Duty):
    """Deletes in batches until none is left."""

    kept = KEPT

    async def work(self) -> float:
        """Forget every key that is too old."""
        while await self.core.db.execute(sql("keys", "expire"), (self.kept, BATCH)) == BATCH:
            pass
        return EVERY
