"""Where frames leave: with the rows of their moment, however short that is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from duragraph_kernel.frames import Frame
from duragraph_kernel.outlet import Outlet
from duragraph_kernel.recording import Recording

from duragraph_ext.core.commands.workers import (
    Claim,
    ClaimRequest,
    GraphDefinition,
    Worker,
    claim,
    define_graph,
    register_worker,
)
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.messaging import subjects
from tests.kernel.platform import Frames, Platform
from tests.support.waiting import soon

TOKEN = Frame("messages", b'"t"', shows_state=False)
STATE = Frame("updates", b'"s"', shows_state=True)


@pytest.fixture
async def granted(platform: Platform) -> Claim:
    graph_id = platform.graph_id("g")
    await define_graph(platform.core, LOCAL, GraphDefinition(graph_id, "hash", {"info": {}}))
    worker = Worker(uuid4(), "w", "host", 1, None, None, [graph_id], 16, 30)
    await register_worker(platform.core, worker)
    run = await platform.start("g")
    (claimed,) = await claim(platform.core, worker.worker_id, [ClaimRequest(run["run_id"])])
    return claimed


@pytest.fixture
async def recording(platform: Platform, granted: Claim) -> Recording:
    def lost(error: Exception) -> None:
        raise AssertionError(error)

    return Recording(platform.core.writer, granted.run_id, granted.epoch, granted.tenant_id, lost)


@pytest.fixture
async def outlet(platform: Platform, granted: Claim, recording: Recording) -> AsyncIterator[Outlet]:
    outlet = Outlet(platform.core.bus, recording, str(granted.run_id))
    yield outlet
    outlet.stop()


async def stored(platform: Platform) -> list[str]:
    """The names of the frames that are stored, in their order."""
    rows = await platform.core.db.fetch("SELECT data FROM frames ORDER BY epoch, first")
    lines = b"".join(row["data"] for row in rows).decode().splitlines()
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


async def test_a_step_is_not_durable_without_its_frames(
    platform: Platform, recording: Recording, outlet: Outlet
) -> None:
    """What is pushed in the turn of a checkpoint has no turn of its own before that leaves."""
    outlet.push(TOKEN)
    outlet.push(STATE)
    recording.op().checkpoint(str(uuid4()), "", "c", None, "{}", "{}")
    await recording.commit()
    assert await stored(platform) == ["messages", "updates"]


async def test_frames_that_show_state_leave_once(platform: Platform, recording: Recording, outlet: Outlet) -> None:
    """Ops that leave while others are under way take only what is new."""
    commits = []
    for _ in range(5):
        outlet.push(STATE)
        recording.op().checkpoint(str(uuid4()), "", "c", None, "{}", "{}")
        commits.append(recording.commit())
        await asyncio.sleep(0)
    await asyncio.gather(*commits)
    assert await stored(platform) == ["updates"] * 5


async def test_a_stop_in_a_commit_leaves_a_hole(
    platform: Platform, granted: Claim, recording: Recording, outlet: Outlet
) -> None:
    """Frames that are stored but were never sent: whoever reads is not told that this was all."""
    heard = Frames()
    subscription = await platform.core.bus.subscribe(subjects.live(granted.run_id), heard.take)
    outlet.push(STATE)
    recording.op().checkpoint(str(uuid4()), "", "c", None, "{}", "{}")
    commit = recording.commit()
    await asyncio.sleep(0)
    outlet.stop()
    await outlet.end()
    await commit
    assert await stored(platform) == ["updates"]
    await platform.core.bus.publish(subjects.live(granted.run_id), b"F 9 1 1\n")
    await soon(lambda: bool(heard.spans))
    assert heard.spans == [(9, 1, 1)]
    assert not heard.ended.is_set()
    await subscription.unsubscribe()


async def test_tokens_behind_state_are_stored_too(platform: Platform, recording: Recording, outlet: Outlet) -> None:
    outlet.push(STATE)
    outlet.push(TOKEN)

    async def both() -> bool:
        return await stored(platform) == ["updates", "messages"]

    await soon(both)
