"""F17: two servers on one data directory; either may die, and the other has the runs, the streams and the duties."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from langgraph_sdk import get_client

from tests.faults.harness.pids import facts_of, stopped
from tests.faults.harness.trial import Trial, busy_worker, settled
from tests.support.server import Server
from tests.support.waiting import eventually


class Reader(threading.Thread):
    """Follows a run through one server with LangGraph's own client."""

    def __init__(self, server: Server, trial: Trial) -> None:
        super().__init__()
        self._server, self._trial = server, trial
        self.parts: list[tuple[str | None, str, Any]] = []
        self.failure: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            asyncio.run(self._follow())
        except BaseException as error:
            self.failure = error

    async def _follow(self) -> None:
        async with get_client(url=self._server.api_url, api_key=self._server.token) as client:
            thread, run = self._trial.thread, self._trial.run["run_id"]
            async for part in client.runs.join_stream(thread, run, stream_mode=["updates"], last_event_id="-1"):
                self.parts.append((part.id, part.event, part.data))

    def nodes(self) -> list[str]:
        """The nodes whose updates came, in their order, once the stream has ended."""
        self.join(60)
        assert not self.is_alive()
        assert self.failure is None
        ids = [id for id, _, _ in self.parts if id]
        assert len(ids) == len(set(ids)), ids
        return [next(iter(data)) for _, event, data in self.parts if event == "updates"]


def server_of(servers: list[Server], worker: int) -> Server:
    """The server that started a worker."""
    ancestors = {each.pid for each in psutil.Process(worker).parents()}
    return next(server for server in servers if server.process.pid in ancestors)


@pytest.fixture
def pair(serve: Callable[..., Server]) -> list[Server]:
    servers = [serve(), serve()]
    settled(servers[0], 2)
    return servers


def test_a_server_waits_for_a_database_that_does_not_answer(serve: Callable[..., Server]) -> None:
    first = serve()
    second: list[Server] = []
    starting = threading.Thread(target=lambda: second.append(serve()))
    with stopped([facts_of(first).postgres_pid]):
        starting.start()
        log = first.log.with_name("server-1.log")
        eventually(lambda: log.exists() and "trying again" in log.read_text(), 30, "a try to connect")
    starting.join(60)
    assert second
    assert second[0].is_ready()


def test_one_data_plane_serves_both(pair: list[Server], tmp_path: Path) -> None:
    """What one makes the other shows, cancels and streams."""
    first, second = pair
    facts = facts_of(first)
    assert facts.supervisor_pid == facts_of(second).supervisor_pid
    trial = Trial(first, tmp_path, hold="c").start(stream_mode=["updates"], stream_resumable=True)
    trial.reached("c")
    readers = [Reader(server, trial) for server in pair]
    eventually(lambda: all(len(reader.parts) >= 2 for reader in readers), 20, "both readers to follow")
    trial.release()
    for reader in readers:
        assert reader.nodes() == list("abcde")
    trial.check_all(most=1)
    other = Trial(first, tmp_path, hold="b").start()
    other.reached("b")
    with second.client() as client:
        path = f"/threads/{other.thread}/runs/{other.run['run_id']}/cancel"
        client.post(path, params={"wait": True}).raise_for_status()
    assert other.ended() == "interrupted"


@pytest.mark.parametrize("doomed", [0, 1], ids=["leader", "follower"])
def test_the_other_takes_over_the_runs_of_a_killed_one(pair: list[Server], tmp_path: Path, doomed: int) -> None:
    """The streams go on without gap or repetition, and whoever leads the duties sweeps."""
    survivor = pair[1 - doomed]
    trials: list[Trial] = []

    def one_more_is_there() -> bool:
        trial = Trial(survivor, tmp_path, hold="c").start(stream_mode=["updates"], stream_resumable=True)
        trials.append(trial)
        trial.reached("c")
        return server_of(pair, busy_worker(survivor, trial.run["run_id"])["pid"]) is pair[doomed]

    eventually(one_more_is_there, 60, "a run of the server that dies")
    readers = [Reader(survivor, trial) for trial in trials]
    eventually(lambda: all(len(reader.parts) >= 2 for reader in readers), 20, "readers to follow")
    pair[doomed].kill()
    for trial in trials:
        trial.release()
    for trial, reader in zip(trials, readers, strict=True):
        trial.check_all(most=2)
        assert reader.nodes() == list("abcde")
