"""One leader at a time, by an advisory lock on its own connection; it runs every duty and is woken for urgent ones."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

import psycopg
from psycopg import AsyncConnection

from ..context import Core
from ..domain.errors import Unavailable
from ..eventstore.leases import LOST_CHANNEL
from .duty import Duty
from .expiry import Expiry
from .purge import Purge
from .relay import Relay
from .snapshots import Snapshots
from .sweeper import Sweeper

log = logging.getLogger(__name__)
LOCK = 0x6475_7469
"""The advisory lock that the leader holds."""
TRY_EVERY = 2.0
"""Seconds between tries to become the leader; a dead leader's lock is free at once."""


class Duties:
    """Start once a server. `leading` tells whether this process is the leader now."""

    def __init__(self, core: Core, *, run_timeout: float = 3600.0) -> None:
        self._core = core
        self._duties: Sequence[Duty] = (
            Sweeper(core, run_timeout), Relay(core), Purge(core), Snapshots(core), Expiry(core),
        )  # fmt: skip
        self._task: asyncio.Task[None] | None = None
        self.leading = False

    def start(self) -> None:
        """Compete for leadership in the background."""
        self._task = asyncio.create_task(self._compete())

    async def stop(self) -> None:
        """Give leadership up."""
        if self._task is not None:
            await _end([self._task])

    async def _compete(self) -> None:
        while True:
            try:
                await self._lead()
            except (psycopg.Error, Unavailable, TimeoutError) as error:
                log.info("not the leader: %s", error)
            finally:
                self.leading = False
            await asyncio.sleep(TRY_EVERY)

    async def _lead(self) -> None:
        connection = await AsyncConnection.connect(
            self._core.config.dsn, autocommit=True, connect_timeout=5, application_name="duragraph leader"
        )
        async with connection:
            row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
            if row is None or not row[0]:
                return
            self.leading = True
            log.info("this server leads the duties")
            await connection.execute(f"LISTEN {LOST_CHANNEL}")
            tasks = [asyncio.create_task(self._run(duty)) for duty in self._duties]
            try:
                await self._listen(connection)
            finally:
                await _end(tasks)

    async def _listen(self, connection: AsyncConnection[tuple[object, ...]]) -> None:
        """Wake the duties when a worker dies; ends when the connection, and with it the lock, is lost."""
        while True:
            async for _ in connection.notifies(timeout=TRY_EVERY, stop_after=1):
                for duty in self._duties:
                    duty.wake.set()
            await asyncio.wait_for(connection.execute("SELECT 1"), 5)

    async def _run(self, duty: Duty) -> None:
        while True:
            try:
                pause = await duty.work()
            except (psycopg.Error, Unavailable) as error:
                log.warning("%s waits: %s", type(duty).__name__, error)
                pause = 0.5
            except Exception:
                log.exception("%s failed", type(duty).__name__)
                pause = 2.0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await duty.wake.wait()
            duty.wake.clear()


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they have ended: nats-py takes a cancellation for a full buffer."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=1)
