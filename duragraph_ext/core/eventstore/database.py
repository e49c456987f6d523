"""The pool for reads and small transactions; every call has a deadline on our side of the socket."""

import asyncio
import logging
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

from ..domain.errors import Unavailable
from ..jsonx import Raw
from . import arrays

log = logging.getLogger(__name__)
Params = Sequence[Any] | Mapping[str, Any]
DEADLINE = 10.0
"""Seconds a statement may take: a stopped backend ignores statement_timeout."""
READS = "-c jit=off"
"""Session options for reads and small transactions: compiling costs more than any of them."""
HOT = f"{READS} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
"""Session options for the long statements of the hot path: planned once, always by their indexes."""


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


class Database:
    """A psycopg pool that heals: a lost connection is retried once, a silent server is `Unavailable`."""

    def __init__(self, dsn: str, *, size: int, name: str, options: str = READS) -> None:
        self.dsn = dsn
        self._pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=size,
            open=False,
            timeout=DEADLINE,
            configure=configure,
            reconnect_timeout=3600,
            kwargs={
                "row_factory": dict_row,
                "application_name": f"duragraph {name}",
                "connect_timeout": 5,
                "options": options,
            },
        )

    async def open(self) -> None:
        """Connect. Raises Unavailable when the database does not answer."""
        try:
            await self._pool.open(wait=True, timeout=DEADLINE)
        except PoolTimeout as error:
            raise Unavailable("the database does not answer") from error

    async def close(self) -> None:
        """Give every connection back."""
        await self._pool.close(timeout=2)

    @asynccontextmanager
    async def connection(self, deadline: float = DEADLINE) -> AsyncIterator[AsyncConnection[DictRow]]:
        """A connection in autocommit. Raises Unavailable after `deadline` seconds."""
        try:
            async with asyncio.timeout(deadline), self._pool.connection() as connection:
                yield connection
        except (TimeoutError, PoolTimeout) as error:
            raise Unavailable("the database does not answer in time") from error

    @asynccontextmanager
    async def transaction(self, deadline: float = DEADLINE) -> AsyncIterator[AsyncConnection[DictRow]]:
        """A connection inside a transaction that commits at the end."""
        async with self.connection(deadline) as connection, connection.transaction():
            yield connection

    async def fetch(self, sql: str, params: Params = ()) -> list[DictRow]:
        """All rows of a read. Raises Unavailable."""
        try:
            return await self._fetch(sql, params)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            log.info("a read lost its connection and is repeated")
        try:
            return await self._fetch(sql, params)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable("the database is not reachable") from error

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
