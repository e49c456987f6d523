"""Identifiers: UUID version 7 where we make them, so that they sort by time."""

import os
import time
from uuid import UUID, uuid5

NIL = UUID(int=0)
GRAPH_NAMESPACE = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The namespace in which LangGraph's servers derive a graph's own assistant id."""


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then random."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


_GREGORIAN = 0x01B21DD213814000
"""Ticks of 100 ns between the calendar's beginning and 1970."""


def checkpoint_id_after(previous: str | None) -> str:
    """A UUID of version 6, as LangGraph numbers checkpoints: behind `previous` whatever the clock says."""
    ticks = time.time_ns() // 100 + _GREGORIAN
    if previous is not None and previous[14] == "6":
        ticks = max(ticks, int(previous[:8] + previous[9:13] + previous[15:18], 16) + 1)
    high, low = ticks >> 12, ticks & 0xFFF
    value = high << 80 | 6 << 76 | low << 64 | 2 << 62 | int.from_bytes(os.urandom(8)) >> 2
    return str(UUID(int=value))


def graph_assistant_id(graph_id: str) -> UUID:
    """The id of the assistant that every graph has of its own."""
    return uuid5(GRAPH_NAMESPACE, graph_id)


def graph_stream_id(tenant_id: str, graph_id: str) -> UUID:
    """The event stream of a graph's definitions."""
    return uuid5(GRAPH_NAMESPACE, f"{tenant_id}/{graph_id}")
