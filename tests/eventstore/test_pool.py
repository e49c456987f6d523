"""Reads that come one after another stay with one backend, whose plans and caches are warm."""

import asyncio

from duragraph_ext.core import Core
from tests.support.waiting import soon

PID = "SELECT pg_backend_pid() AS pid"


async def test_the_connection_used_last_is_used_next(core: Core) -> None:
    async def one() -> int:
        row = await core.db.fetchone(PID)
        assert row is not None
        return int(row["pid"])

    async def has_grown() -> bool:
        rows = await asyncio.gather(*(core.db.fetch(f"{PID}, pg_sleep(0.05)") for _ in range(4)))
        return len({row["pid"] for (row,) in rows}) > 1

    await soon(has_grown)
    assert len({await one() for _ in range(8)}) == 1
