"""Fires crons that are due; each tick once, and after a downtime the latest alone."""

import logging

import psycopg

from ...telemetry import metrics
from ..commands.crons import Permit, fire_cron
from ..context import Core
from ..domain.errors import Unavailable
from ..eventstore.store import sql
from .duty import Duty

log = logging.getLogger(__name__)
BATCH = 100
LONGEST, SHORTEST = 30.0, 0.01
"""Seconds between looks. It sleeps until the next cron is due; a change wakes it, and a jump of the clock is seen."""
AGAIN = 5.0
"""Seconds until a cron is tried again whose firing failed for no reason of its own."""


class Crons(Duty):
    """Sleeps until a cron is due, by the database's clock."""

    def __init__(self, core: Core, durability: str, permit: Permit | None = None) -> None:
        super().__init__(core)
        self._durability = durability
        self._permit = permit

    async def work(self) -> float:
        """Fire what is due; the seconds until the next is."""
        failed = False
        for cron in await self.core.db.fetch(sql("crons", "due"), (BATCH,)):
            try:
                run_id = await fire_cron(self.core, cron, self._durability, self._permit)
            except (psycopg.OperationalError, Unavailable):
                raise
            except Exception:  # one that cannot be fired must not keep the others
                log.exception("cron %s was not fired", cron["cron_id"])
                metrics.crons_fired.labels("failed").inc()
                failed = True
                continue
            metrics.crons_fired.labels("skipped" if run_id is None else "run").inc()
        row = await self.core.db.fetchone(sql("crons", "next_due"))
        if row is None or row["seconds"] is None:
            return LONGEST
        return float(min(LONGEST, max(AGAIN if failed else SHORTEST, row["seconds"])))
