"""One leader at a time, by an advisory lock on its own connection; it runs every duty and is woken for urgent ones."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

import psycopg
from psycopg import AsyncConnection

from ..commands.cron_removal import CRONS_CHANNEL
from ..commands.crons import Permit
from ..context import Core
from ..domain.errors import Unavailable
from ..domain.retention import RetentionPolicy
from ..eventstore.leases import LOST_CHANNEL
from ..eventstore.pulse import cut_after
from .crons import Crons
from .duty import Duty
from .expiry import Expiry
from .forgetting import Forgetting
from .keys import Keys
from .purge import Purge
from .relay import Relay
from .retention import Retention
from .snapshots import Snapshots
from .sweeper import Sweeper
from .webhooks import Shape, Webhooks

log = logging.getLogger(__name__)
LOCK = 0x6475_7469
"""The advisory lock that the leader holds."""
TRY_EVERY = 2.0
"""Seconds between tries to become the leader; a dead leader's lock is free at once."""
ANSWER_WITHIN = 5.0
"""Seconds after which a leader whose connection is silent leads no more."""


class Duties:
    """Start once a server. `leading` tells whether this process is the leader now.

    `durability` is what runs of crons get that ask for none; `shape` gives a run as webhooks tell of it, and without
    it none is called. `permit` is asked for the runs of crons that belong to a user of the project's own auth.
    """

    def __init__(
        self,
        core: Core,
        *,
        run_timeout: float = 3600.0,
        durability: str = "sync",
        shape: Shape | None = None,
        retention: RetentionPolicy | None = None,
        expiry: Expiry | None = None,
        permit: Permit | None = None,
    ) -> None:
        self._core = core
        self._make: Callable[[], Sequence[Duty]] = lambda: (
            Sweeper(core, run_timeout),
            Relay(core),
            Purge(core),
            Snapshots(core),
            Keys(core),
            Forgetting(core),
            Retention(core, retention or RetentionPolicy()),
            expiry or Expiry(core),
            Crons(core, durability, permit),
            *([Webhooks(core, shape)] if shape else []),
        )
        self._duties: Sequence[Duty] = ()
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
            with cut_after(connection, ANSWER_WITHIN):
                row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
            if row is None or not row[0]:
                return
            self.leading = True
            log.info("this server leads the duties")
            await connection.execute(f"LISTEN {LOST_CHANNEL}")
            await connection.execute(f"LISTEN {CRONS_CHANNEL}")
            self._duties = self._make()
            tasks = [asyncio.create_task(self._run(duty)) for duty in self._duties]
            try:
                await self._listen(connection)
            finally:
                await _end(tasks)
                for duty in self._duties:
                    await duty.stop()

    async def _listen(self, connection: AsyncConnection[tuple[object, ...]]) -> None:
        """Wake the duties when a worker dies or a cron changes; ends when the connection, and so the lock, is lost."""
        while True:
            async for _ in connection.notifies(timeout=TRY_EVERY, stop_after=1):
                for duty in self._duties:
                    duty.wake.set()
            with cut_after(connection, ANSWER_WITHIN):
                await connection.execute("SELECT 1")

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
