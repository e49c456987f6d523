"""F16: two relays, a writer that stops before it commits, eight that write at once: a reader sees each event once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.threads import NewThread, create_thread
from duragraph_ext.core.domain.errors import Interrupted
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.duties.relay import Relay
from duragraph_ext.core.queries.events import EventFilter, all_events
from duragraph_ext.embedded import Services
from tests.support.waiting import soon

WRITERS = 8
EACH = 100
LEFT = """
INSERT INTO outbox (id, subject, aggregate_type, payload, tenant_id, owner, created_at)
SELECT gen_random_uuid(), 'duragraph.runs.default', 'run', '{"events": []}', 'default', 'jupyter',
    now() - interval '1 minute' FROM generate_series(1, 300)
"""


@pytest.fixture
async def core(fresh_database: str, data_plane: Services) -> AsyncIterator[Core]:
    facts = data_plane.facts
    opened = await Core.open(CoreConfig(fresh_database, facts.nats_url, facts.nats_token_file, name="test"))
    yield opened
    await opened.close()


class Reader:
    """Follows the log by its sequence, as clients do."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.seen: list[dict[str, Any]] = []

    async def read(self) -> int:
        """Read on; how many it has seen."""
        after = self.seen[-1]["global_seq"] if self.seen else 0
        self.seen += await all_events(self.core, LOCAL, after, EventFilter(), 50)
        return len(self.seen)

    def check(self) -> None:
        """Each once, and those of a stream in their order."""
        assert len({event["event_id"] for event in self.seen}) == len(self.seen)
        versions: dict[UUID, list[int]] = defaultdict(list)
        for event in self.seen:
            versions[event["aggregate_id"]].append(event["version"])
        for stream in versions.values():
            assert stream == list(range(1, len(stream) + 1))
        assert all(a["global_seq"] < b["global_seq"] for a, b in pairwise(self.seen))


async def write(core: Core, count: int) -> None:
    for _ in range(count):
        await create_thread(core, LOCAL, NewThread())


@pytest.mark.parametrize("each", [EACH, pytest.param(1250, marks=pytest.mark.faults)])
async def test_a_reader_among_eight_writers_misses_nothing(core: Core, each: int) -> None:
    reader = Reader(core)
    writers = [asyncio.create_task(write(core, each)) for _ in range(WRITERS)]

    async def all_read() -> bool:
        return await reader.read() >= WRITERS * each

    await soon(all_read, 120, "every event to be read")
    await asyncio.gather(*writers)
    (row,) = await core.db.fetch("SELECT count(*) AS n FROM events")
    assert await reader.read() == row["n"]
    reader.check()


async def test_a_writer_that_stops_holds_the_reader_back_until_it_is_cut(core: Core) -> None:
    """Its sequence number is lower than those that commit meanwhile: a reader that went on would never see it."""
    reader, stream = Reader(core), uuid4()
    async with await psycopg.AsyncConnection.connect(core.config.dsn) as slow:
        await slow.execute(
            "INSERT INTO event_streams (stream_id, stream_type, tenant_id, owner, version)"
            " VALUES (%s, 'thread', 'default', 'jupyter', 1)",
            (stream,),
        )
        await slow.execute(
            "INSERT INTO events (stream_id, stream_type, tenant_id, owner, version, type, payload) VALUES"
            """ (%s, 'thread', 'default', 'jupyter', 1, 'thread.created', '{"metadata": {}, "ephemeral": false}')""",
            (stream,),
        )
        await write(core, 3)
        assert await reader.read() == 0
        await slow.commit()
        await soon(lambda: _all(reader, 4), 20, "all four")
        assert reader.seen[0]["aggregate_id"] == stream
        reader.check()
        await slow.execute("SELECT pg_current_xact_id()")
        await write(core, 3)
        await soon(lambda: _all(reader, 7), 30, "the idle transaction to be cut")
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            await slow.execute("SELECT 1")


async def test_one_of_ours_that_was_cut_may_ask_again(core: Core) -> None:
    """A process that was stopped inside a transaction finds its session gone; that is an outage, not an error."""
    with pytest.raises(Interrupted):
        await _stop_inside_a_transaction(core)
    assert await core.db.fetch("SELECT 1 AS one") == [{"one": 1}]


async def _stop_inside_a_transaction(core: Core) -> None:
    async with core.db.transaction() as connection:
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
        await soon(lambda: _is_gone(core, connection.info.backend_pid))
        await connection.execute("SELECT 1")


async def _is_gone(core: Core, pid: int) -> bool:
    return not await core.db.fetch("SELECT pid FROM pg_stat_activity WHERE pid = %s", (pid,))


async def _all(reader: Reader, count: int) -> bool:
    return await reader.read() == count


async def test_two_relays_leave_nothing_and_lose_nothing(core: Core, data_plane: Services) -> None:
    facts = data_plane.facts
    other = await Core.open(CoreConfig(core.config.dsn, facts.nats_url, facts.nats_token_file, name="other"))
    try:
        await core.db.execute(LEFT)
        await soon(lambda: core.bus.connected and other.bus.connected)
        await asyncio.gather(Relay(core).work(), Relay(other).work())
        assert await core.outbox.backlog() == (0, 0)
    finally:
        await other.close()
