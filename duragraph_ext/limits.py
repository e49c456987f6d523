"""How much one user may have at once: runs that wait for a worker, streams that are open."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from duragraph_ext.core import Core
from duragraph_ext.core.domain.errors import TooMany
from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.core.queries.runs import count_waiting
from duragraph_ext.telemetry import metrics

AGAIN_SECONDS = 1.0
"""Who was refused is refused for so long without another look, and told to come back then."""


@dataclass(slots=True)
class _Queue:
    """A user's runs as this process knows them: at the last look, and made since."""

    known: int = 0
    refused_until: float = 0.0
    look: asyncio.Lock = field(default_factory=asyncio.Lock)


class Limits:
    """The limits of this process. Runs are counted in Postgres, but only when the own count reaches the limit."""

    def __init__(self, *, queued_runs: int = 10_000, streams: int = 2_000) -> None:
        self._queued_runs, self._streams = queued_runs, streams
        self._queues: dict[Principal, _Queue] = {}
        self._open: Counter[Principal] = Counter()

    async def admit_runs(self, core: Core, principal: Principal, count: int = 1) -> None:
        """Count runs that are about to be made. Raises TooMany when too many wait already."""
        queue = self._queues.get(principal)
        if queue is None:
            queue = self._queues[principal] = _Queue()
            await self._look(core, principal, queue)  # other processes, and the one before this, made some
        if queue.known + count > self._queued_runs:
            async with queue.look:
                if queue.known + count > self._queued_runs and time.monotonic() >= queue.refused_until:
                    await self._look(core, principal, queue)
            if queue.known + count > self._queued_runs:
                if time.monotonic() >= queue.refused_until:
                    queue.refused_until = time.monotonic() + AGAIN_SECONDS
                metrics.limits_refused.labels("queued_runs").inc()
                raise TooMany(f"At most {self._queued_runs} runs of one user may wait for a worker")
        queue.known += count

    def open_stream(self, principal: Principal) -> None:
        """Count a stream that opens. Raises TooMany when too many are open."""
        if self._open[principal] >= self._streams:
            metrics.limits_refused.labels("streams").inc()
            raise TooMany(f"At most {self._streams} streams of one user may be open")
        self._open[principal] += 1

    def close_stream(self, principal: Principal) -> None:
        """Count a stream that has ended."""
        self._open[principal] -= 1
        if not self._open[principal]:
            del self._open[principal]

    async def _look(self, core: Core, principal: Principal, queue: _Queue) -> None:
        queue.known = await count_waiting(core, principal, self._queued_runs)
