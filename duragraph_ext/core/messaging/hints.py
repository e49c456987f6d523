"""Wakes those of this process who wait for runs of some graphs: by the hints that all workers get."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Collection, Iterator

import orjson
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from . import subjects
from .bus import Bus

log = logging.getLogger(__name__)


class Waiter:
    """One who waits for a run of some graphs."""

    def __init__(self, graphs: Collection[str]) -> None:
        self.graphs = frozenset(graphs)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """End the wait."""
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        """Until there may be a run, or for so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()


class Hints:
    """Listens from the first wait on; every hint wakes one who waits for its graph."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: deque[Waiter] = deque()
        self._listens = False

    @contextlib.contextmanager
    def waiting(self, graphs: Collection[str]) -> Iterator[Waiter]:
        """Be woken from now on. Look for runs after this, so that none is missed."""
        waiter = Waiter(graphs)
        self._waiting.append(waiter)
        try:
            yield waiter
        finally:
            self._waiting.remove(waiter)

    async def listen(self) -> None:
        """Subscribe, once; without NATS whoever waits must look often."""
        if self._listens or not self._bus.connected:
            return
        self._listens = True
        try:
            await self._bus.subscribe(subjects.ALL_WORK, self._hear)
        except NatsError as error:
            self._listens = False
            log.info("no hints yet: %s", error)

    async def _hear(self, message: Msg) -> None:
        graph_id = orjson.loads(message.data)["graph_id"]
        for waiter in self._waiting:
            if graph_id in waiter.graphs:
                waiter.wake()
                self._waiting.remove(waiter)
                self._waiting.append(waiter)  # the next hint is another's
                return
