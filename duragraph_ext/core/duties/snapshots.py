"""Snapshots long runs, so that replaying one starts near its end."""

from ..domain.principal import Principal
from ..eventstore.replay import SNAPSHOT_EVERY, snapshot_run
from ..eventstore.store import sql
from .duty import Duty

EVERY = 10.0
"""Seconds between looks."""


class Snapshots(Duty):
    """One snapshot whenever a run is SNAPSHOT_EVERY events past its last."""

    async def work(self) -> float:
        """Snapshot what has grown."""
        rows = await self.core.db.fetch(sql("events", "long_streams"), (SNAPSHOT_EVERY, SNAPSHOT_EVERY))
        for row in rows:
            await snapshot_run(self.core.db, row["stream_id"], Principal(row["tenant_id"], row["owner"]))
        return EVERY
