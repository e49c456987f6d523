"""F24: eight requests at once on one thread, over two servers: each strategy keeps its word in every round.

RACE_ROUNDS sets how many rounds a strategy gets; forty are what we promise to have run.
"""

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import GRAPHS, SHORT
from tests.faults.harness.invariants import ENDED, replay_differences
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import NODES, Trial, check_events
from tests.support.server import Server
from tests.support.waiting import eventually

RACERS = 8
ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))
STRATEGIES = ("reject", "enqueue", "interrupt", "rollback")


@pytest.fixture(scope="module")
def servers(module_server: Callable[..., Server]) -> list[Server]:
    return [module_server(config=GRAPHS, workers=1, env=SHORT) for _ in range(2)]


class Race:
    """A thread with one finished run, and eight requests that meet on it."""

    def __init__(self, servers: list[Server], folder: Path) -> None:
        self.first = Trial(servers[0], folder).start()
        self.first.check(most=1)
        self.thread = self.first.thread
        self.clients = [Trial(server, folder).client for server in servers]
        self.before = self.get("/state")

    def get(self, path: str) -> Any:
        return self.clients[0].get(f"/threads/{self.thread}{path}").json()

    def run(self, strategies: list[str]) -> list[httpx.Response]:
        def post(number: int) -> httpx.Response:
            body = {"assistant_id": "async", "input": self.first.input, "multitask_strategy": strategies[number]}
            return self.clients[number % 2].post(f"/threads/{self.thread}/runs", json=body)

        with ThreadPoolExecutor(RACERS) as pool:
            answers = list(pool.map(post, range(RACERS)))
        eventually(lambda: all(run["status"] in ENDED for run in self.get("/runs?limit=100")), 60, "all ends")
        return answers

    def runs(self) -> list[dict[str, Any]]:
        """The racers that are left, oldest first; none ran beside another."""
        rows = self.clients[0].get("/runs", params={"thread_id": self.thread, "limit": 100}).json()[::-1]
        spans = sorted((row["started_at"], row["ended_at"]) for row in rows if row["started_at"])
        assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(spans)), spans
        for row in rows:
            check_events(self.clients[0].get(f"/runs/{row['run_id']}/events?limit=1000").json())
        assert self.get("")["status"] in ("idle", "interrupted")
        return [row for row in rows if row["run_id"] != self.first.run["run_id"]]

    def trail(self) -> list[str]:
        return list(self.get("/state")["values"]["trail"])


@pytest.fixture
def race(servers: list[Server], tmp_path: Path) -> Callable[[], Race]:
    return lambda: Race(servers, tmp_path)


def codes(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_reject_admits_one(race: Callable[[], Race], servers: list[Server]) -> None:
    for _ in range(ROUNDS):
        one = race()
        answers = one.run(["reject"] * RACERS)
        assert set(codes(answers)) == {200, 409}
        runs = one.runs()
        assert [run["status"] for run in runs] == ["success"] * codes(answers).count(200)
        assert one.trail() == NODES * (1 + len(runs))
    assert replay_differences(dsn_of(servers[0])) == []


def test_reject_admits_exactly_one_beside_a_run_that_lasts(servers: list[Server], tmp_path: Path) -> None:
    for _ in range(ROUNDS):
        holds = Trial(servers[0], tmp_path, hold="a")
        clients = [Trial(server, tmp_path).client for server in servers]
        body = {"assistant_id": "async", "input": holds.input, "multitask_strategy": "reject"}

        def post(number: int, holds: Trial = holds, clients: Any = clients, body: Any = body) -> httpx.Response:
            answer: httpx.Response = clients[number % 2].post(f"/threads/{holds.thread}/runs", json=body)
            return answer

        with ThreadPoolExecutor(RACERS) as pool:
            answers = list(pool.map(post, range(RACERS)))
        assert codes(answers) == [200] + [409] * (RACERS - 1)
        holds.run = next(answer.json() for answer in answers if answer.status_code == 200)
        holds.release()
        holds.check(most=1)


def test_enqueue_runs_all_in_their_order(race: Callable[[], Race], servers: list[Server]) -> None:
    for _ in range(ROUNDS):
        one = race()
        assert codes(one.run(["enqueue"] * RACERS)) == [200] * RACERS
        runs = one.runs()
        assert [run["status"] for run in runs] == ["success"] * RACERS
        assert [run["started_at"] for run in runs] == sorted(run["started_at"] for run in runs)
        assert one.trail() == NODES * (1 + RACERS)
    assert replay_differences(dsn_of(servers[0])) == []


def test_interrupt_leaves_the_last(race: Callable[[], Race], servers: list[Server]) -> None:
    for _ in range(ROUNDS):
        one = race()
        assert codes(one.run(["interrupt"] * RACERS)) == [200] * RACERS
        runs = one.runs()
        assert len(runs) == RACERS
        last = max((run for run in runs if run["started_at"]), key=lambda run: run["started_at"])
        assert last["status"] == "success"
        assert {run["status"] for run in runs} <= {"success", "interrupted"}
        assert one.trail()[-len(NODES) :] == NODES
    assert replay_differences(dsn_of(servers[0])) == []


def test_rollback_leaves_the_last_alone(race: Callable[[], Race], servers: list[Server]) -> None:
    for _ in range(ROUNDS):
        one = race()
        assert codes(one.run(["rollback"] * RACERS)) == [200] * RACERS
        left = one.runs()
        assert {run["status"] for run in left} == {"success"}
        history = one.get("/history?limit=1000")
        assert one.trail() == NODES * (1 + len(left))
        kept = {run["run_id"] for run in left} | {one.first.run["run_id"]}
        assert {entry["metadata"]["run_id"] for entry in history} == kept
        old = [e for e in history if e["metadata"]["run_id"] == one.first.run["run_id"]]
        assert old[0]["checkpoint"] == one.before["checkpoint"]
        assert old[0]["values"] == one.before["values"]
    assert replay_differences(dsn_of(servers[0])) == []


def test_all_strategies_together(race: Callable[[], Race], servers: list[Server]) -> None:
    for number in range(ROUNDS):
        one = race()
        answers = one.run([STRATEGIES[(place + number) % 4] for place in range(RACERS)])
        assert set(codes(answers)) <= {200, 409}
        assert 200 in codes(answers)
        runs = one.runs()
        assert {run["status"] for run in runs} <= {"success", "interrupted"}
        assert len(one.get("/history?limit=1000")) >= 1
    assert replay_differences(dsn_of(servers[0])) == []
