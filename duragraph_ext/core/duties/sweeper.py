"""The sweeper: takes runs from dead workers, ends overdue ones, and repairs what a crash left half done."""

import logging

from ... import failpoints
from ..commands.recovery import fail_run, requeue
from ..context import Core
from ..eventstore.store import sql
from .duty import Duty

log = logging.getLogger(__name__)
BUSY, IDLE = 1.0, 5.0
"""Seconds between looks while runs are pending or running, and otherwise."""
UNCLAIMED = 2.0
"""Seconds after which a run that a worker could take and nobody took is hinted at again."""
HINTS = 100
"""Hints of that kind in one sweep."""
GRACE = 10.0
"""Seconds past its deadline that a run's own worker has to end it."""


class Sweeper(Duty):
    """Woken at once when a lease keeper reports a death."""

    def __init__(self, core: Core, run_timeout: float) -> None:
        super().__init__(core)
        self._run_timeout = run_timeout

    async def work(self) -> float:
        """One sweep."""
        db = self.core.db
        for worker in await db.fetch(sql("workers", "mark_lost")):
            log.warning("worker %s (%s) is lost", worker["name"], worker["worker_id"])
        for run in await db.fetch(sql("runs", "lost")):
            await requeue(self.core, run["run_id"], run["thread_id"], "worker died", crashed=True)
            failpoints.hit("sweeper.after_requeue")
        for run in await db.fetch(sql("runs", "overtime"), (self._run_timeout + GRACE,)):
            message = f"the run took longer than {self._run_timeout:g} s"
            await fail_run(
                self.core, run["run_id"], run["thread_id"], "timeout", "run.timed_out",
                {"error": "TimeoutError", "message": message},
            )  # fmt: skip
        threads = [row["thread_id"] for row in await db.fetch(sql("runs", "unpromoted"))]
        if threads:
            await self.core.promote(threads)
        for run in await db.fetch(sql("runs", "due")):
            await self.core.hint(run)
        for run in await db.fetch(sql("runs", "unclaimed"), {"age": UNCLAIMED, "limit": HINTS}):
            await self.core.hint(run)
        row = await db.fetchone(sql("runs", "has_work"))
        return BUSY if row and row["work"] else IDLE
