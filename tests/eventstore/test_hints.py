"""Those who wait at this process for runs are woken by hints: one a hint, of their graphs alone."""

import asyncio
from uuid import uuid4

import orjson

from duragraph_ext.core import Core
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.messaging.hints import Hints
from tests.support.waiting import soon

LONG = 60.0
"""Seconds that nobody waits."""


async def hint(core: Core, graph_id: str) -> None:
    body = {"run_id": str(uuid7()), "thread_id": str(uuid7()), "graph_id": graph_id}
    assert await core.bus.publish(subjects.work("default", graph_id), orjson.dumps(body))


async def test_a_hint_wakes_one_who_waits_for_its_graph(core: Core) -> None:
    await soon(lambda: core.bus.connected, what="a connection to NATS")
    hints = Hints(core.bus)
    await hints.listen()
    await core.bus.client.flush()
    mine, other = f"g{uuid4().hex}", f"g{uuid4().hex}"
    with hints.waiting([mine]) as first, hints.waiting([mine]) as second, hints.waiting([other]) as third:
        waits = [asyncio.create_task(waiter.wait(LONG)) for waiter in (first, second, third)]
        await hint(core, mine)
        await asyncio.wait(waits, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        assert [task.done() for task in waits] == [True, False, False]
        await hint(core, mine)
        await asyncio.wait(waits[1:], timeout=20, return_when=asyncio.FIRST_COMPLETED)
        assert [task.done() for task in waits] == [True, True, False]
        waits[2].cancel()
    with hints.waiting([mine]) as fourth:
        await hint(core, other)
        await hint(core, mine)
        await asyncio.wait_for(fourth.wait(LONG), 20)
