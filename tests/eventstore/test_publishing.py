"""Committed events reach JetStream: at once, or collected and in their order; also those of a process that ends."""

import asyncio

import orjson
from nats.aio.msg import Msg

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.domain.outbox import OutboxRow
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.messaging import subjects
from duragraph_ext.embedded import Services
from tests.support.waiting import soon


def row(number: int) -> OutboxRow:
    return OutboxRow(uuid7(), subjects.events("runs", "t"), orjson.dumps({"events": [number]}))


async def followed(core: Core) -> list[int]:
    """The numbers that arrive, as they arrive."""
    numbers: list[int] = []

    async def note(message: Msg) -> None:
        numbers.extend(orjson.loads(message.data)["events"])

    await core.bus.subscribe(subjects.events("runs", "t"), note)
    await core.bus.client.flush()
    return numbers


async def test_what_is_collected_leaves_in_its_order(core: Core) -> None:
    arrived = await followed(core)
    core.publisher.send_soon([row(1), row(2)])
    core.publisher.send_soon([row(3)])
    await asyncio.sleep(0)
    assert arrived == []
    await soon(lambda: len(arrived) == 3)
    core.publisher.send_soon([row(4)])
    await soon(lambda: len(arrived) == 4)
    assert arrived == [1, 2, 3, 4]


async def test_a_process_that_ends_publishes_what_it_has_collected(
    core: Core, data_plane: Services, fresh_database: str
) -> None:
    arrived = await followed(core)
    facts = data_plane.facts
    other = await Core.open(CoreConfig(fresh_database, facts.nats_url, facts.nats_token_file, name="ends"))
    other.publisher.send_soon([row(1), row(2)])
    await other.close()
    await soon(lambda: arrived == [1, 2])
