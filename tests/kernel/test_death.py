"""A worker that dies or freezes: another takes its runs up where they were, and runs no committed node again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.duties import Duties
from duragraph_ext.core.queries.state import get_state
from duragraph_ext.core.queries.workers import list_workers
from tests.kernel.platform import Platform, events_in
from tests.support.waiting import soon

PROJECT = Path(__file__).parent / "project"
GRAPHS = ("sync_line", "async_line", "fan", "nested", "asking")
LEASE = 1.5


class Workers:
    """Worker processes of one project."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self.platform = platform
        self.calls = folder / "calls"
        self.calls.touch()
        self._config = PROJECT / f".{folder.name}-{uuid.uuid4().hex[:6]}.json"
        graphs = {platform.graph_id(name): f"./steps.py:{name}" for name in GRAPHS}
        self._config.write_text(json.dumps({"dependencies": ["."], "graphs": graphs}))
        self._processes: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, name: str) -> asyncio.subprocess.Process:
        settings = self.platform.settings()
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("DURAGRAPH_")}
        environment = inherited | {
            "CALLS": str(self.calls),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "DURAGRAPH_DATABASE_URL": settings.dsn,
            "DURAGRAPH_NATS_URL": settings.nats_url,
            "DURAGRAPH_NATS_TOKEN_FILE": settings.nats_token_file or "",
            "DURAGRAPH_CONFIG": str(self._config),
            "DURAGRAPH_WORKER_NAME": name,
            "DURAGRAPH_LEASE_SECONDS": str(LEASE),
        }
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "duragraph_kernel", env=environment)
        self._processes[name] = process
        await soon(lambda: self.row(name), 30)
        return process

    async def row(self, name: str) -> dict[str, Any] | None:
        """A worker as the server lists it, once its keeper is up."""
        rows = await list_workers(self.platform.core, LOCAL)
        return next((row for row in rows if row["name"] == name and row["keeper_pid"]), None)

    def open(self, node: str) -> None:
        Path(f"{self.calls}.{node}").touch()

    def noted(self) -> list[str]:
        return self.calls.read_text().split()

    async def end(self) -> None:
        self._config.unlink()
        for process in self._processes.values():
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self._processes.values():
            await asyncio.wait_for(process.wait(), 15)


@pytest.fixture
async def workers(platform: Platform, tmp_path: Path) -> AsyncIterator[Workers]:
    workers = Workers(platform, tmp_path)
    duties = Duties(platform.core, run_timeout=60)
    duties.start()
    yield workers
    await workers.end()
    await duties.stop()


@asynccontextmanager
async def run_in_the_middle(workers: Workers, graph: str, **kwargs: Any) -> AsyncIterator[dict[str, Any]]:
    """A run of the first worker whose node `two` is under way; at the end its outcome."""
    run_id = uuid.uuid4()
    found: dict[str, Any] = {"run_id": run_id}
    end = workers.platform.outcomes.expect(run_id)
    await workers.platform.start(graph, {"trail": []}, run_id=run_id, thread_id=uuid.uuid4(), **kwargs)
    await soon(lambda: "two" in workers.noted())
    await asyncio.sleep(0.1)  # a parallel node's writes are on their way: they need no more than this
    yield found
    found["outcome"] = await asyncio.wait_for(end, 20)


async def trail(workers: Workers, thread_id: UUID) -> Any:
    """What the thread's state says was done."""
    state = await get_state(workers.platform.core, LOCAL, thread_id)
    return jsonx.parse(jsonx.dumps(state["values"]))["trail"]


@pytest.mark.parametrize("graph", ["sync_line", "async_line", "fan", "nested"])
async def test_a_killed_worker_s_run_goes_on_where_it_was(workers: Workers, graph: str) -> None:
    first = await workers.start("first")
    async with run_in_the_middle(workers, graph, streaming=True) as run:
        await workers.start("second")
        first.kill()
        await soon(lambda: workers.noted().count("two") == 2, 5, "the run is taken up within 5 s")
        workers.open("two")
    outcome = run["outcome"]
    assert outcome.status == "success"
    calls = workers.noted()
    assert {name: calls.count(name) for name in set(calls)} == {
        name: 2 if name == "two" else 1 for name in set(calls)
    }, "only the node that was under way ran again"
    assert sorted(await trail(workers, outcome.thread_id)) == sorted(set(calls))
    events = [event["type"] for event in await workers.platform.events(run["run_id"])]
    assert (events.count("run.started"), events.count("run.retried"), events[-1]) == (2, 1, "run.completed")
    rows = await workers.platform.core.db.fetch(
        "SELECT epoch, data FROM frames WHERE run_id = %s ORDER BY epoch, first", (run["run_id"],)
    )
    epochs = sorted({row["epoch"] for row in rows})
    assert len(epochs) == 2
    again = events_in(b"".join(row["data"] for row in rows if row["epoch"] == epochs[1]))
    assert again[0] == ("metadata", {"run_id": str(run["run_id"]), "attempt": 2})


async def test_an_answer_survives_the_death_of_its_worker(workers: Workers) -> None:
    thread_id = uuid.uuid4()
    first = await workers.start("first")
    await workers.platform.wait("asking", {"trail": []}, thread_id=thread_id)
    run_id = uuid.uuid4()
    end = workers.platform.outcomes.expect(run_id)
    await workers.platform.start("asking", None, run_id=run_id, thread_id=thread_id, command={"resume": "yes"})
    await soon(lambda: workers.noted().count("ask") == 2)
    first.kill()
    await workers.start("second")
    await soon(lambda: workers.noted().count("ask") == 3)
    workers.open("two")
    await asyncio.wait_for(end, 20)
    assert await trail(workers, thread_id) == ["one", "yes"]
    assert workers.noted().count("one") == 1


async def test_a_frozen_worker_wakes_to_nothing(workers: Workers) -> None:
    first = await workers.start("first")
    async with run_in_the_middle(workers, "async_line") as run:
        first.send_signal(signal.SIGSTOP)
        await workers.start("second")
        await soon(lambda: workers.noted().count("two") == 2, LEASE + 5)
        workers.open("two")
    assert run["outcome"].status == "success"
    before = await workers.platform.events(run["run_id"])
    first.send_signal(signal.SIGCONT)
    await asyncio.wait_for(first.wait(), 5)
    assert await workers.platform.events(run["run_id"]) == before
    assert workers.noted().count("three") == 1


async def test_sigterm_hands_the_runs_back(workers: Workers) -> None:
    first = await workers.start("first")
    async with run_in_the_middle(workers, "async_line") as run:
        first.terminate()
        await asyncio.wait_for(first.wait(), 5)
        assert first.returncode == 0
        assert (await workers.platform.run(run["run_id"]))["status"] == "pending"
        await workers.start("second")
        await soon(lambda: workers.noted().count("two") == 2)
        workers.open("two")
    assert run["outcome"].status == "success"
    assert workers.noted().count("one") == 1
