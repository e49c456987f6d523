"""Columns of a batch as PostgreSQL binary arrays: psycopg's list dumper took a quarter of a worker's CPU."""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = struct.Struct("!iIIii")
_INT4 = struct.Struct("!i").pack
_INT8 = struct.Struct("!q").pack
_FLOAT8 = struct.Struct("!d").pack
_NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Column:
    """One column of a batch: a one-dimensional array; None is NULL."""

    __slots__ = ("values",)
    array_oid: ClassVar[int]
    element_oid: ClassVar[int]
    pack: ClassVar[Callable[[Any], bytes]]

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values


class _ColumnDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> Buffer | None:
        kind = type(obj)
        pack = kind.pack
        out = [_HEADER.pack(1, 1, kind.element_oid, len(obj.values), 1)]
        for value in obj.values:
            if value is None:
                out.append(_NULL)
            else:
                data = pack(value)
                out.append(_INT4(len(data)))
                out.append(data)
        return b"".join(out)


def _column(name: str, array_oid: int, element_oid: int, pack: Callable[[Any], bytes]) -> type[Column]:
    body = {
        "__slots__": (),
        "array_oid": array_oid,
        "element_oid": element_oid,
        "pack": staticmethod(pack),
    }
    return type(name, (Column,), body)


def _pack_bytes(value: bytes) -> bytes:
    return value


def _pack_timestamp(value: datetime) -> bytes:
    return _INT8((value - _EPOCH) // _MICROSECOND)


def _pack_bool(value: bool) -> bytes:
    return b"\x01" if value else b"\x00"


def _pack_uuid(value: UUID) -> bytes:
    return value.bytes


Text = _column("Text", 1009, 25, str.encode)
Int = _column("Int", 1007, 23, _INT4)
BigInt = _column("BigInt", 1016, 20, _INT8)
Float = _column("Float", 1022, 701, _FLOAT8)
Bytes = _column("Bytes", 1001, 17, _pack_bytes)
Bool = _column("Bool", 1000, 16, _pack_bool)
Uuid = _column("Uuid", 2951, 2950, _pack_uuid)
Timestamp = _column("Timestamp", 1185, 1184, _pack_timestamp)

COLUMNS: tuple[type[Column], ...] = (Text, Int, BigInt, Float, Bytes, Bool, Uuid, Timestamp)


def register(connection: AsyncConnection[Any]) -> None:
    """Teach a connection to send Columns."""
    for column in COLUMNS:
        dumper = type(f"{column.__name__}Dumper", (_ColumnDumper,), {"oid": column.array_oid})
        connection.adapters.register_dumper(column, dumper)
