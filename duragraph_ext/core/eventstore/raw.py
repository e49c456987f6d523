"""Statements of the hot path: psycopg parses a long statement at every call, unless its parameters are numbered."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any, TypeVar

from psycopg import AsyncConnection, AsyncRawCursor

Row = TypeVar("Row")
_MARK = re.compile(r"%([bs%])")


@cache
def numbered(sql: str) -> str:
    """`%b` and `%s` as `$1`, `$2`, …; `%%` as `%`."""
    numbers = count(1)
    return _MARK.sub(lambda mark: "%" if mark[1] == "%" else f"${next(numbers)}", sql)


async def fetch_prepared(connection: AsyncConnection[Row], sql: str, params: Sequence[Any]) -> list[Row]:
    """All rows of a statement that is prepared once a connection, in binary."""
    cursor = AsyncRawCursor(connection, row_factory=connection.row_factory)
    await cursor.execute(numbered(sql), params, prepare=True, binary=True)
    return await cursor.fetchall()


async def execute_prepared(connection: AsyncConnection[Any], sql: str, params: Sequence[Any]) -> None:
    """A statement without an answer, likewise."""
    await AsyncRawCursor(connection).execute(numbered(sql), params, prepare=True, binary=True)
