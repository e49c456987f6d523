"""Notices a database that does not answer: a backend keeps `statement_timeout`, and a stopped one keeps nothing."""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

log = logging.getLogger(__name__)
EVERY = 0.25
"""Seconds between looks while somebody waits for an answer; nobody looks while nobody waits."""
ANSWER_SECONDS = 1.2
"""What the simplest of statements may take before the database counts as away."""
STUCK_SECONDS = 1.0
"""How long one backend may leave a statement unread."""
BACKENDS = "SELECT pid, state_change FROM pg_stat_activity WHERE pid = ANY (%s) AND state LIKE 'idle%%'"


def cut(connection: AsyncConnection[Any]) -> None:
    """Shut a connection's socket: whoever waits on it gets an OperationalError at once.

    Cancelling the wait is no way out: psycopg then asks the server to cancel, and waits for its answer.
    """
    with contextlib.suppress(OSError, psycopg.OperationalError), socket.socket(fileno=_copy(connection)) as end:
        end.shutdown(socket.SHUT_RDWR)


def _copy(connection: AsyncConnection[Any]) -> int:
    return os.dup(connection.pgconn.socket)


@contextmanager
def cut_after(connection: AsyncConnection[Any], seconds: float) -> Iterator[None]:
    """A deadline that holds whatever the server does."""
    timer = asyncio.get_running_loop().call_later(seconds, cut, connection)
    try:
        yield
    finally:
        timer.cancel()


@dataclass(eq=False, slots=True)
class Use:
    """Somebody who waits for a connection, or for an answer on one."""

    since: float
    connection: AsyncConnection[Any] | None = None


class Pulse:
    """Feels the pulse of the database while it is in use. `on_return` is called when it is back after an absence."""

    def __init__(self, dsn: str, name: str, on_return: Callable[[], None]) -> None:
        self._dsn = dsn
        self._name = name
        self._on_return = on_return
        self._uses: set[Use] = set()
        self._in_use = asyncio.Event()
        self._here = asyncio.Event()
        self._here.set()
        self._seen = time.monotonic()
        self._unread: dict[int, tuple[Any, float]] = {}
        self._connection: AsyncConnection[Any] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,), timeout=1)
        await self._drop()

    @contextmanager
    def use(self) -> Iterator[Use]:
        """Somebody uses the database."""
        use = Use(time.monotonic())
        self._uses.add(use)
        if not self._in_use.is_set():
            self._seen = use.since
            self._in_use.set()
        try:
            yield use
        finally:
            self._uses.discard(use)

    async def wait(self, patience: float) -> bool:
        """Whether the database is here; waits until it has been away for `patience` seconds."""
        if not self._here.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._seen + patience - time.monotonic())):
                    await self._here.wait()
        return self._here.is_set()

    async def _watch(self) -> None:
        while True:
            await self._in_use.wait()
            before = time.monotonic()
            await asyncio.sleep(EVERY)
            self._seen += max(0.0, time.monotonic() - before - 2 * EVERY)  # a stall of our own loop
            if self._here.is_set() and not any(use.since <= before for use in self._uses):
                self._seen = time.monotonic()
                if not self._uses:
                    self._in_use.clear()
                continue
            await self._beat()

    async def _beat(self) -> None:
        try:
            await self._ask()
        except (psycopg.Error, OSError, TimeoutError) as error:
            await self._drop()
            if self._here.is_set() and time.monotonic() > self._seen + ANSWER_SECONDS:
                log.warning("the database is away: %s", str(error).strip())
                self._here.clear()
                for use in self._uses:
                    if use.connection is not None:
                        cut(use.connection)
            return
        self._seen = time.monotonic()
        if not self._here.is_set():
            log.warning("the database is back")
            self._on_return()
            self._here.set()

    async def _ask(self) -> None:
        left = max(0.3, min(self._seen + ANSWER_SECONDS - time.monotonic(), ANSWER_SECONDS))
        if self._connection is None:
            async with asyncio.timeout(left):
                self._connection = await self._connect()
        connection = self._connection
        waiting = {
            use.connection.info.backend_pid: use.connection
            for use in self._uses
            if use.connection is not None and use.connection.pgconn.transaction_status == TransactionStatus.ACTIVE
        }
        with cut_after(connection, left):
            cursor = await connection.execute(BACKENDS, (list(waiting),))
            idle = dict(await cursor.fetchall())
        self._cut_stuck(waiting, idle)

    async def _connect(self) -> AsyncConnection[Any]:
        name = f"duragraph {self._name} pulse"
        return await AsyncConnection.connect(self._dsn, autocommit=True, connect_timeout=2, application_name=name)

    def _cut_stuck(self, waiting: dict[int, AsyncConnection[Any]], idle: dict[int, Any]) -> None:
        """Cut off backends that have not read what was sent to them: they are stopped."""
        now = time.monotonic()
        unread = {}
        for pid, changed in idle.items():
            before, since = self._unread.get(pid, (None, now))
            unread[pid] = (changed, since if before == changed else now)
            if now - unread[pid][1] >= STUCK_SECONDS:
                log.warning("backend %d does not read: its connection is given up", pid)
                cut(waiting[pid])
        self._unread = unread

    async def _drop(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
