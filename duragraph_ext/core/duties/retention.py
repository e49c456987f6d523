"""Retention: once an hour, what is older than the policy keeps goes, batch by batch, off the hot path."""

import logging

from ...telemetry import metrics
from ..commands.retention import prune
from ..context import Core
from ..domain.retention import RetentionPolicy
from .duty import Duty

log = logging.getLogger(__name__)
EVERY = 3600.0
"""Seconds between looks."""


class Retention(Duty):
    """Prunes the log of deleted threads, and by setting that of others, checkpoints, frames and dead letters."""

    def __init__(self, core: Core, policy: RetentionPolicy) -> None:
        super().__init__(core)
        self._policy = policy

    async def work(self) -> float:
        """Prune what is overdue."""
        taken = await prune(self.core.db, self._policy)
        for kind, count in taken.items():
            metrics.retention_pruned.labels(kind).inc(count)
        if any(taken.values()):
            log.info("retention took %s", ", ".join(f"{count} {kind}" for kind, count in taken.items() if count))
        return EVERY
