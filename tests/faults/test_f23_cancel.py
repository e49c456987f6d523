"""F23: cancel is final, whatever the run was doing: one end, no effect after it, a thread that can go on."""

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import GRAPHS, SHORT
from tests.faults.harness.invariants import ENDED, replay_differences
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import NODES, Trial, check_events, workers
from tests.support.server import Server
from tests.support.waiting import eventually

RACES = int(os.environ.get("RACES", "8"))


@pytest.fixture(scope="module")
def server(module_server: Callable[..., Server]) -> Server:
    return module_server(config=GRAPHS, workers=2, env=SHORT)


def cancel(trial: Trial, **query: Any) -> httpx.Response:
    path = f"/threads/{trial.thread}/runs/{trial.run['run_id']}/cancel"
    return trial.client.post(path, params=query)


def check_cancelled(trial: Trial) -> None:
    """The run stays cancelled, its log is whole, nothing works on it, and its thread is free."""
    run_id = trial.run["run_id"]
    eventually(lambda: all(run_id not in w["runs"] for w in workers(trial.server)), 20, "the worker to let go")
    effects = trial.effects()
    trial.release()
    assert trial.status() == "interrupted"
    check_events(trial.events())
    assert trial.client.get(f"/threads/{trial.thread}").json()["status"] in ("idle", "interrupted")
    assert not set(effects) & {"d", "e"}
    after = trial.client.post(
        f"/threads/{trial.thread}/runs/wait", json={"assistant_id": trial.graph, "input": {**trial.input, "hold": ""}}
    )
    assert after.json()["trail"][-5:] == NODES
    assert trial.status() == "interrupted"
    assert replay_differences(dsn_of(trial.server)) == []


def test_a_delayed_run(server: Server, tmp_path: Path) -> None:
    trial = Trial(server, tmp_path).start(after_seconds=3600)
    assert cancel(trial).status_code == 202
    check_cancelled(trial)


def test_a_run_behind_another(server: Server, tmp_path: Path) -> None:
    busy = Trial(server, tmp_path, hold="c").start()
    busy.reached("c")
    queued = Trial(server, tmp_path)
    queued.thread = busy.thread
    queued.start()
    assert cancel(queued, wait="true").status_code == 200
    assert queued.status() == "interrupted"
    assert busy.status() == "running"
    busy.release()
    busy.check(most=1)
    assert queued.effects() == {}


@pytest.mark.parametrize("graph", ["async", "sync", "nested", "fan"])
def test_a_run_inside_a_node(server: Server, tmp_path: Path, graph: str) -> None:
    trial = Trial(server, tmp_path, graph=graph, hold="c").start()
    trial.reached("c")
    assert cancel(trial, wait="true").status_code == 200
    if graph != "fan":  # its branches run side by side
        check_cancelled(trial)
    assert trial.status() == "interrupted"


def test_twice_at_once(server: Server, tmp_path: Path) -> None:
    trial = Trial(server, tmp_path, hold="c").start()
    trial.reached("c")
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: cancel(trial).status_code, range(4)))
    assert 202 in codes
    assert set(codes) <= {202, 404}
    check_cancelled(trial)


def test_against_the_finish(server: Server, tmp_path: Path) -> None:
    for _ in range(RACES):
        trial = Trial(server, tmp_path).start()
        code = cancel(trial).status_code
        assert code in (202, 404)
        assert trial.ended() == ("interrupted" if code == 202 else "success")
        check_events(trial.events())
    eventually(lambda: not any(w["runs"] for w in workers(server)), 20, "idle workers")
    assert replay_differences(dsn_of(server)) == []


def test_a_run_whose_worker_is_dead(server: Server, tmp_path: Path) -> None:
    trial = Trial(server, tmp_path, hold="c").start()
    trial.reached("c")
    (busy,) = [w for w in workers(server) if w["runs"]]
    os.kill(busy["pid"], signal.SIGSTOP)  # it hears nothing
    try:
        assert cancel(trial, wait="true").status_code == 200
        assert trial.status() == "interrupted"
    finally:
        os.kill(busy["pid"], signal.SIGKILL)
    check_cancelled(trial)


def test_rollback_leaves_no_trace(server: Server, tmp_path: Path) -> None:
    trial = Trial(server, tmp_path).start()
    trial.check(most=1)
    where = f"/threads/{trial.thread}"
    before = [trial.client.get(f"{where}{path}").json() for path in ("/state", "/history?limit=100", "/runs")]
    again = Trial(server, tmp_path, hold="c")
    again.thread = trial.thread
    again.start()
    again.reached("c")
    assert cancel(again, action="rollback", wait="true").status_code == 200
    after = [trial.client.get(f"{where}{path}").json() for path in ("/state", "/history?limit=100", "/runs")]
    assert after == before
    assert trial.client.get(where).json()["status"] == "idle"
    assert again.status() == ""
    assert replay_differences(dsn_of(server)) == []


async def test_whoever_waits_for_it_is_told(server: Server, tmp_path: Path) -> None:
    trial = await asyncio.to_thread(lambda: Trial(server, tmp_path, hold="c").start(stream_resumable=True))
    await asyncio.to_thread(trial.reached, "c")
    path = f"/threads/{trial.thread}/runs/{trial.run['run_id']}"
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=30) as http:
        joins = [asyncio.create_task(http.get(f"{path}/{tail}")) for tail in ("join", "stream", "join")]
        await asyncio.to_thread(cancel, trial)
        answers = await asyncio.gather(*joins)
    assert {answer.status_code for answer in answers} == {200}
    assert trial.status() in ENDED
