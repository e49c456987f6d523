"""How a worker takes runs, lets go of them, and what it may not do once it has lost them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import uuid
from typing import Any
from uuid import UUID

import orjson
import pytest
from duragraph_kernel import worker as worker_module
from duragraph_kernel.worker import IGNORED_CANCEL, LEASE_LOST

from duragraph_ext.core import Core
from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.commands.workers import release_runs, set_keeper
from duragraph_ext.core.domain.errors import Interrupted
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.messaging import subjects
from tests.kernel.platform import Frames, Platform
from tests.kernel.shapes import State, adds, chain
from tests.support.crashes import lose_two_workers
from tests.support.waiting import soon


class Gate:
    """A node that waits to be let through, and says how often it began."""

    def __init__(self) -> None:
        self.began = 0
        self.entered = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self, state: State) -> dict[str, Any]:
        self.began += 1
        self.entered.set()
        await self.open.wait()
        return {"xs": ["gate"]}


def gated(gate: Gate) -> Any:
    return chain(State, ("a", adds("a")), ("gate", gate), ("z", adds("z"))).compile()


async def started(platform: Platform, gate: Gate, **kwargs: Any) -> dict[str, Any]:
    run = await platform.start("gated", {"xs": []}, thread_id=uuid.uuid4(), **kwargs)
    await asyncio.wait_for(gate.entered.wait(), 10)
    return run


async def count(platform: Platform, run: dict[str, Any]) -> int:
    row = await platform.core.db.fetchone(
        "SELECT (SELECT count(*) FROM checkpoints WHERE thread_id = %(t)s)"
        " + (SELECT count(*) FROM checkpoint_writes WHERE thread_id = %(t)s)"
        " + (SELECT count(*) FROM events WHERE stream_id = %(r)s) AS n",
        {"t": str(run["thread_id"]), "r": run["run_id"]},
    )
    assert row is not None
    return int(row["n"])


async def test_a_cancelled_run_stops_and_its_stream_ends(platform: Platform) -> None:
    gate, frames = Gate(), Frames()
    async with platform.worker({"gated": gated(gate)}) as worker:
        run_id = uuid.uuid4()
        subscription = await platform.core.bus.subscribe(subjects.live(run_id), frames.take)
        await platform.core.bus.client.flush()
        run = await started(platform, gate, run_id=run_id, streaming=True)
        await cancel_run(platform.core, LOCAL, run["thread_id"], run_id)
        before = await count(platform, run)
        await asyncio.wait_for(frames.ended.wait(), 10)
        await subscription.unsubscribe()
        await soon(lambda: not worker.status()["runs"])
        assert await count(platform, run) == before
    assert (await platform.run(run_id))["status"] == "interrupted"
    assert frames.events[-1][0] != "error"


async def test_a_run_that_ignores_its_cancellation_ends_the_worker(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "GRACE_SECONDS", 0.3)
    release, entered, quits = threading.Event(), threading.Event(), []

    def stubborn(state: State) -> dict[str, Any]:
        entered.set()
        release.wait(20)
        return {}

    gate = Gate()
    graphs = {"stubborn": chain(State, ("s", stubborn)).compile(), "gated": gated(gate)}
    async with platform.worker(graphs, quit=quits.append):
        other = await started(platform, gate)
        run = await platform.start("stubborn", {"xs": []}, thread_id=uuid.uuid4())
        await soon(entered.is_set)
        await cancel_run(platform.core, LOCAL, run["thread_id"], run["run_id"])
        await soon(lambda: quits == [IGNORED_CANCEL])
        events = await platform.events(other["run_id"])
        assert [event["payload"]["crashed"] for event in events if event["type"] == "run.retried"] == [False]
        release.set()
        gate.open.set()


async def test_a_sync_node_that_ends_in_time_lets_the_worker_live(platform: Platform) -> None:
    release, entered = threading.Event(), threading.Event()

    def brief(state: State) -> dict[str, Any]:
        entered.set()
        release.wait(20)
        return {}

    async with platform.worker({"brief": chain(State, ("s", brief)).compile()}):
        run = await platform.start("brief", {"xs": []}, thread_id=uuid.uuid4())
        await soon(entered.is_set)
        await cancel_run(platform.core, LOCAL, run["thread_id"], run["run_id"])
        release.set()
        outcome = await platform.wait("brief", {"xs": []})
        assert outcome.status == "success"


async def test_a_stopped_worker_hands_its_runs_to_another(platform: Platform) -> None:
    gate = Gate()
    async with platform.worker({"gated": gated(gate)}) as first:
        run = await started(platform, gate)
        first.stop()
        await soon(lambda: gate.began == 1 and not first.status()["runs"])
        gate.open.set()
        end = platform.outcomes.expect(run["run_id"])
        async with platform.worker({"gated": gated(gate)}):
            outcome = await asyncio.wait_for(end, 10)
    assert outcome.status == "success"
    events = await platform.events(run["run_id"])
    assert [event["type"] for event in events].count("run.started") == 2
    nodes = [event["payload"]["node"] for event in events if event["type"] == "execution.node_completed"]
    assert nodes == ["a", "gate", "z"]
    assert gate.began == 2, "only the node that was under way ran again"


async def test_a_worker_that_lost_its_run_changes_nothing(platform: Platform) -> None:
    gate = Gate()
    async with platform.worker({"gated": gated(gate)}) as worker:
        run = await started(platform, gate)
        await worker.drain()  # it would take the run up again
        assert await release_runs(platform.core, worker.worker_id) == 1
        before = await count(platform, run)
        gate.open.set()
        await soon(lambda: not worker.status()["runs"])
        assert await count(platform, run) == before
    assert (await platform.run(run["run_id"]))["status"] == "pending"


async def test_a_run_that_comes_back_to_its_worker_is_begun_anew(platform: Platform) -> None:
    gate = Gate()
    async with platform.worker({"gated": gated(gate)}) as worker:
        run = await started(platform, gate)
        end = platform.outcomes.expect(run["run_id"])
        assert await release_runs(platform.core, worker.worker_id) == 1
        await soon(lambda: gate.began == 2)
        gate.open.set()
        assert (await asyncio.wait_for(end, 10)).status == "success"


async def test_a_draining_worker_finishes_what_it_has(platform: Platform) -> None:
    gate = Gate()
    async with platform.worker({"gated": gated(gate)}) as worker:
        run = await started(platform, gate)
        await platform.core.bus.publish(subjects.control(worker.worker_id), orjson.dumps({"drain": True}))
        await soon(lambda: worker.status()["status"] == "draining")
        later = await platform.start("gated", {"xs": []}, thread_id=uuid.uuid4())
        end = platform.outcomes.expect(run["run_id"])
        gate.open.set()
        assert (await asyncio.wait_for(end, 10)).status == "success"
        await soon(lambda: status_of(platform, worker.worker_id, "stopped"))
    assert (await platform.run(later["run_id"]))["status"] == "pending"


async def status_of(platform: Platform, worker_id: UUID, status: str) -> bool:
    row = await platform.core.db.fetchone("SELECT status FROM workers WHERE worker_id = %s", (worker_id,))
    return row is not None and row["status"] == status


async def test_no_more_runs_than_slots(platform: Platform) -> None:
    gate = Gate()
    async with platform.worker({"gated": gated(gate)}, slots=2) as worker:
        ends = []
        for _ in range(5):
            run = await platform.start("gated", {"xs": []}, thread_id=uuid.uuid4())
            ends.append(platform.outcomes.expect(run["run_id"]))
        await soon(lambda: gate.began == 2)
        assert len(worker.status()["runs"]) == 2
        gate.open.set()
        outcomes = await asyncio.wait_for(asyncio.gather(*ends), 20)
    assert {outcome.status for outcome in outcomes} == {"success"}
    assert gate.began == 5


async def test_a_run_whose_hint_was_lost_is_found(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.2)
    run_id = uuid.uuid4()
    end = platform.outcomes.expect(run_id)
    async with platform.worker({"noop": chain(State, ("a", adds("a"))).compile()}):
        pass  # the graph is known now, and nobody serves it
    await platform.start("noop", {"xs": []}, run_id=run_id)
    js = platform.core.bus.js
    await js.purge_stream(subjects.WORK_STREAM)
    async with platform.worker({"noop": chain(State, ("a", adds("a"))).compile()}):
        assert (await asyncio.wait_for(end, 10)).status == "success"


async def test_a_worker_that_lost_its_lease_ends(platform: Platform) -> None:
    gate, quits = Gate(), []
    async with platform.worker({"gated": gated(gate)}, quit=quits.append) as worker:
        await started(platform, gate)
        await platform.core.db.execute(
            "UPDATE workers SET lease_until = clock_timestamp() - interval '1 second' WHERE worker_id = %s",
            (worker.worker_id,),
        )
        await soon(lambda: quits == [LEASE_LOST])
        await soon(lambda: not worker.status()["runs"])
        gate.open.set()


async def test_interrupting_cancels_every_run(platform: Platform) -> None:
    gate = Gate()
    async with platform.worker({"gated": gated(gate)}) as worker:
        run = await started(platform, gate)
        await worker.cancel_all()
        await soon(lambda: not worker.status()["runs"])
    assert (await platform.run(run["run_id"]))["status"] == "interrupted"


async def test_runs_whose_hints_were_lost_come_as_fast_as_they_end(platform: Platform) -> None:
    """A look takes no more than there are slots: one look in five seconds would need a minute for them."""
    graph, graph_id = chain(State, ("a", adds("a"))).compile(), platform.graph_id("short")
    async with platform.worker({"short": graph}):
        pass
    runs = [await platform.start("short", {"xs": []}, thread_id=uuid.uuid4()) for _ in range(36)]
    await lose_two_workers(platform.core, [graph_id], [run["run_id"] for run in runs[:12]])
    await platform.core.bus.js.purge_stream(subjects.WORK_STREAM, subject=subjects.work_filter(graph_id))
    async with platform.worker({"short": graph}, slots=2):
        for run in runs:
            await soon(lambda run=run: has_ended(platform, run), 30, "the end of a run")


async def has_ended(platform: Platform, run: dict[str, Any]) -> bool:
    return bool((await platform.run(run["run_id"]))["status"] == "success")


async def test_a_new_keeper_is_noted_once_the_database_answers(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "NOTE_SECONDS", 0.05)
    tried: list[int] = []
    noted = asyncio.Event()

    async def losing(core: Core, worker_id: UUID, keeper_pid: int) -> None:
        tried.append(keeper_pid)
        if len(tried) == 1:
            raise Interrupted("the connection to the database was lost")
        await set_keeper(core, worker_id, keeper_pid)
        noted.set()

    async with platform.worker({"gated": gated(Gate())}) as worker:
        monkeypatch.setattr(worker_module, "set_keeper", losing)
        os.kill(worker.status()["keeper_pid"], signal.SIGKILL)
        await asyncio.wait_for(noted.wait(), 20)
        sought = "SELECT keeper_pid FROM workers WHERE worker_id = %s"
        row = await platform.core.db.fetchone(sought, (worker.worker_id,))
    assert row is not None
    assert row["keeper_pid"] == tried[0]
