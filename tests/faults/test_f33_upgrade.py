"""F33: while one release replaces another, servers and workers of both work on one database and one NATS."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from duragraph_ext.core.migrate import revisions, schema_status
from duragraph_ext.embedded import Services
from tests.faults.harness.invariants import Invariants, replay_differences
from tests.faults.harness.trial import Trial, busy_worker, workers
from tests.faults.test_f17_two_servers import server_of
from tests.support.databases import Databases
from tests.support.server import Server
from tests.support.waiting import eventually

BEFORE = Path(__file__).parent / "recorded" / "release_0009.tar.xz"
"""`git archive 6321aa6 duragraph_ext kernel migrations | xz -9e`: the last code that knew no schema after 0009."""


@pytest.fixture
def before(tmp_path: Path) -> dict[str, str]:
    """The environment in which a server is of the release before, and its workers with it."""
    tree = tmp_path / "before"
    with tarfile.open(BEFORE) as archive:
        archive.extractall(tree, filter="data")
    return {"PYTHONPATH": f"{tree}:{tree / 'kernel'}"}


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    with databases.empty() as dsn:
        yield dsn


@pytest.fixture
def start(serve: Callable[..., Server], database: str, data_plane: Services, tmp_path: Path) -> Callable[..., Server]:
    """Start a server with one worker on the shared database."""
    facts = data_plane.facts
    arguments = [
        f"--database-url={database}",
        f"--nats-url={facts.nats_url}",
        f"--nats-token-file={facts.nats_token_file}",
    ]
    return lambda name, **more: serve(data_dir=tmp_path / name, arguments=arguments, bare=True, **more)


@pytest.mark.faults
def test_servers_and_workers_of_two_releases(
    start: Callable[..., Server], before: dict[str, str], database: str, tmp_path: Path
) -> None:
    """Each server's runs succeed on each worker, answers and writes too; the older ones go in the middle of a run."""
    old = start("old", env=before)
    assert schema_status(database)[0] == "0009"
    trials = [Trial(old, tmp_path, hold="c").start()]
    trials[0].reached("c")
    new = start("new")
    assert schema_status(database)[0] == revisions()[-1]
    pair = [old, new]
    for server in pair:
        eventually(lambda server=server: sum(bool(w["keeper_pid"]) for w in workers(server)) == 2, 20, "both workers")
    for worker in workers(new):
        is_old = server_of(pair, worker["pid"]) is old
        assert code_of(worker["keeper_pid"]).is_relative_to(tmp_path) == is_old

    for server in pair:
        for worker in pair:
            trials.append(_run_on(server, worker, pair, trials, tmp_path))
    for trial in trials:
        if trial is not trials[0]:
            trial.release()
            trial.check(most=1)

    for asking, answering in (pair, pair[::-1]):
        asked = Trial(asking, tmp_path, graph="asks").start()
        eventually(lambda asked=asked: asked.thread_now()["status"] == "interrupted", 20, "the question")
        with answering.client() as client:
            run = {"assistant_id": "asks", "command": {"resume": "yes"}}
            client.post(f"/threads/{asked.thread}/runs/wait", json=run).raise_for_status()
            written = client.post(f"/threads/{asked.thread}/state", json={"values": {"trail": ["z"]}})
            written.raise_for_status()
        assert asked.state()["trail"][-1] == "z"

    for server in pair:
        log = tmp_path / f"cron-of-{server.data_dir.name}"
        with server.client() as client:
            body = {"assistant_id": "async", "input": {"log": str(log), "trail": []}, "schedule": "* * * * * *"}
            cron = client.post("/runs/crons", json=body).raise_for_status().json()["cron_id"]
            eventually(lambda log=log: log.exists() and "\ne " in log.read_text(), 20, "a run of the cron")
            client.delete(f"/runs/crons/{cron}").raise_for_status()

    old.stop()
    trials[0].server, trials[0].client = new, new.client()
    Trial.clients.append(trials[0].client)
    trials[0].release()
    trials[0].check()
    Invariants(database).check([trial.run["run_id"] for trial in trials])
    assert replay_differences(database) == []


def code_of(keeper: int) -> Path:
    """Where the code of a worker is, by that of its keeper."""
    return next(Path(word) for word in psutil.Process(keeper).cmdline() if word.endswith("keeper.py"))


def _run_on(server: Server, worker: Server, pair: list[Server], trials: list[Trial], folder: Path) -> Trial:
    """A run of one server that is held by the worker of one; those that went elsewhere join the others."""

    def run() -> Trial | None:
        trial = Trial(server, folder, hold="c").start()
        trial.reached("c")
        there = server_of(pair, busy_worker(server, trial.run["run_id"])["pid"])
        if there is worker:
            return trial
        trials.append(trial)
        return None

    return eventually(run, 60, "a run on each worker")
