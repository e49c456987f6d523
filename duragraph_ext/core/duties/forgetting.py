"""Deletes items of the store whose time is over; reads have not shown them since then."""

from ..commands.items import EXPIRE_BATCH, expire_items
from .duty import Duty


class Forgetting(Duty):
    """In batches, as often as `store.ttl.sweep_interval_minutes` says."""

    async def work(self) -> float:
        """Delete everything that is due."""
        while await expire_items(self.core) == EXPIRE_BATCH:
            pass
        return self.core.config.store.sweep_interval * 60
