"""The rows of an op, written inside a transaction instead of by the group-commit writer: unfenced, without events."""

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ..ids import NIL
from .arrays import Uuid
from .op import PARTS, Op
from .raw import execute_prepared
from .statements import statement

FENCE = f"WITH f AS (SELECT '{NIL}'::uuid AS k)\n"


async def write_rows(connection: AsyncConnection[DictRow], op: Op) -> None:
    """Write the rows of `Op(NIL, 0)`; of rows with one key the last stands (of `write`, the first)."""
    for part in PARTS:
        if part not in op.rows:
            continue
        types, width = PARTS[part]
        merged: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for row in op.rows[part]:
            key = row[: width + 1]
            if part == "write" and key in merged:
                continue
            merged[key] = row
        names = ", ".join(f"a{number + 1}" for number in range(len(types)))
        unnest = f"unnest({', '.join(['%b'] * (len(types) + 1))}) AS x(k, {names})"
        columns = [
            kind(values) for kind, values in zip((Uuid, *types), zip(*merged.values(), strict=True), strict=True)
        ]
        await execute_prepared(connection, FENCE + statement("writer", part).replace("{rows}", unnest), columns)
