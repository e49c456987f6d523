"""The pool for reads and small transactions; every call has a deadline on our side of the socket."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from ..domain.errors import Interrupted, Unavailable
from ..jsonx import Raw
from . import arrays
from .pulse import Pulse, cut_after

log = logging.getLogger(__name__)
Params = Sequence[Any] | Mapping[str, Any]
DEADLINE = 10.0
"""Seconds a connection may be used: a stopped backend ignores statement_timeout."""
POOL_SECONDS = 4.0
"""What one waits for a connection of a pool that is in use."""
PATIENCE = 1.7
"""Seconds that a database is waited for since it was last heard of; a server then says so."""
READS = "-c jit=off -c idle_in_transaction_session_timeout=5s"
"""Session options for reads and small transactions: compiling costs more than any of them."""
HOT = f"{READS} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
"""Session options for the long statements of the hot path: planned once, always by their indexes."""
LOST = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.IdleInTransactionSessionTimeout)
"""What tells of a connection that is gone; the last is what a process finds that was stopped inside a transaction."""
_AGAIN = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.LockNotAvailable)


class _RawLoader(Loader):
    def load(self, data: Buffer) -> Raw:
        return Raw(bytes(data))


class _RawBinaryLoader(_RawLoader):
    format = Format.BINARY


async def configure(connection: AsyncConnection[Any]) -> None:
    """Set a connection up as every connection of ours is."""
    await connection.set_autocommit(True)
    connection.prepare_threshold = 1
    connection.prepared_max = 500
    arrays.register(connection)
    connection.adapters.register_loader("json", _RawLoader)
    connection.adapters.register_loader("json", _RawBinaryLoader)


class _Stack(deque[AsyncConnection[DictRow]]):
    """A pool's idle connections: the last one used is the next, for its backend has plans and caches at hand.

    The pool itself takes the one that has rested longest.
    """

    def popleft(self) -> AsyncConnection[DictRow]:
        return self.pop()


class Database:
    """A psycopg pool that heals: a lost connection is retried once, a silent server is `Unavailable`.

    `patience` is how long calls wait for a database that is away, from when it was last heard of.
    """

    def __init__(self, dsn: str, *, size: int, name: str, options: str = READS, patience: float = PATIENCE) -> None:
        self.dsn = dsn
        self._size = size
        self._name = name
        self._options = options
        self._patience = patience
        self._pool = self._new_pool()
        self._pulse = Pulse(dsn, name, self._renew_pool)
        self._chores: set[asyncio.Task[None]] = set()

    def _new_pool(self) -> AsyncConnectionPool[AsyncConnection[DictRow]]:
        pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            self.dsn,
            min_size=1,
            max_size=self._size,
            open=False,
            timeout=POOL_SECONDS,
            configure=configure,
            reconnect_timeout=3600,
            kwargs={
                "row_factory": dict_row,
                "application_name": f"duragraph {self._name}",
                "connect_timeout": 5,
                "options": self._options,
            },
        )
        pool._pool = _Stack()
        return pool

    def _renew_pool(self) -> None:
        """Begin with fresh connections: the old pool waits ever longer between its tries to connect."""
        old, self._pool = self._pool, self._new_pool()
        for work in (self._pool.open(), old.close(timeout=2)):
            chore = asyncio.create_task(work)
            self._chores.add(chore)
            chore.add_done_callback(self._chores.discard)

    async def open(self) -> None:
        """Connect. Raises Unavailable when the database does not answer."""
        try:
            await self._pool.open(wait=True, timeout=DEADLINE)
        except PoolTimeout as error:
            raise Unavailable("the database does not answer") from error
        self._pulse.start()

    async def close(self) -> None:
        """Give every connection back."""
        await self._pulse.stop()
        await self._pool.close(timeout=2)
        if self._chores:
            await asyncio.wait(self._chores, timeout=2)

    @asynccontextmanager
    async def connection(self, deadline: float = DEADLINE) -> AsyncIterator[AsyncConnection[DictRow]]:
        """A connection in autocommit, for `deadline` seconds.

        Raises Interrupted for a connection that was lost, Unavailable for a database that is away or full.
        """
        if not await self._pulse.wait(self._patience):
            raise Unavailable("the database is not reachable")
        until = asyncio.get_running_loop().time() + deadline
        try:
            with self._pulse.use() as use:
                async with self._pool.connection() as connection:
                    use.connection = connection
                    with cut_after(connection, deadline):
                        yield connection
        except LOST as error:
            if asyncio.get_running_loop().time() >= until:
                raise Unavailable("the database does not answer in time") from error
            raise _explained(error) from error

    @asynccontextmanager
    async def transaction(self, deadline: float = DEADLINE) -> AsyncIterator[AsyncConnection[DictRow]]:
        """A connection inside a transaction that commits at the end."""
        async with self.connection(deadline) as connection, connection.transaction():
            yield connection

    async def fetch(self, sql: str, params: Params = ()) -> list[DictRow]:
        """All rows of a read. Raises Unavailable."""
        try:
            return await self._fetch(sql, params)
        except Interrupted:
            log.info("a read lost its connection and is repeated")
        return await self._fetch(sql, params)

    async def _fetch(self, sql: str, params: Params) -> list[DictRow]:
        async with self.connection() as connection:
            cursor = await connection.execute(sql, params, binary=True)
            return await cursor.fetchall() if cursor.description else []

    async def fetchone(self, sql: str, params: Params = ()) -> DictRow | None:
        """The first row of a read, or None. Raises Unavailable."""
        rows = await self.fetch(sql, params)
        return rows[0] if rows else None

    async def execute(self, sql: str, params: Params = ()) -> int:
        """Run one statement; the number of rows it touched."""
        async with self.connection() as connection:
            return (await connection.execute(sql, params)).rowcount


def _explained(error: psycopg.Error) -> Unavailable:
    """An outage in words for whoever asked."""
    if isinstance(error, PoolTimeout):
        return Unavailable("the database has no connection free")
    if isinstance(error, psycopg.errors.DiskFull):
        return Unavailable("the database's disk is full")
    if isinstance(error, _AGAIN) or error.sqlstate is None or error.sqlstate.startswith(("57", "08", "25P03")):
        return Interrupted("the connection to the database was lost")
    return Unavailable(f"the database refuses: {str(error).strip().splitlines()[0]}")
