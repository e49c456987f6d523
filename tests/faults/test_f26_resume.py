"""F26: an interrupt is answered once, whoever races; and what it takes to answer several, nested or in a row."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import GRAPHS, SHORT
from tests.faults.harness.invariants import replay_differences
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial, workers
from tests.support.server import Server
from tests.support.waiting import eventually

RACERS = 4


@pytest.fixture(scope="module")
def server(module_server: Callable[..., Server]) -> Server:
    return module_server(config=GRAPHS, workers=1, env=SHORT)


class Talk:
    """A thread that asks."""

    def __init__(self, server: Server, folder: Path, graph: str) -> None:
        self.trial = Trial(server, folder, graph=graph)
        self.trial.input = {"log": str(self.trial.log), "answers": []}
        self.client, self.thread = self.trial.client, self.trial.thread

    def say(self, **body: Any) -> dict[str, Any]:
        answer = self.client.post(f"/threads/{self.thread}/runs/wait", json={"assistant_id": self.trial.graph, **body})
        return dict(answer.json())

    def begin(self) -> dict[str, Any]:
        return self.say(input=self.trial.input)

    def last(self) -> str:
        return str(self.client.get(f"/threads/{self.thread}/runs").json()[0]["run_id"])

    def open(self) -> list[dict[str, Any]]:
        rows = self.client.get("/interrupts", params={"thread_id": self.thread, "status": "open"}).json()
        return sorted(rows, key=lambda row: str(row["value"]))


def test_questions_in_a_row(server: Server, tmp_path: Path) -> None:
    talk = Talk(server, tmp_path, "twice")
    assert [each["value"] for each in talk.begin()["__interrupt__"]] == ["first"]
    assert [each["value"] for each in talk.say(command={"resume": 1})["__interrupt__"]] == ["second"]
    assert [row["value"] for row in talk.open()] == ["second"]
    assert talk.say(command={"resume": 2})["answers"] == [1, 2]
    assert talk.open() == []
    assert talk.client.get(f"/threads/{talk.thread}").json()["status"] == "idle"


def test_questions_side_by_side_and_nested(server: Server, tmp_path: Path) -> None:
    talk = Talk(server, tmp_path, "house")
    asked = {each["value"]: each["id"] for each in talk.begin()["__interrupt__"]}
    assert set(asked) == {"left", "right", "outside"}
    some = talk.say(command={"resume": {asked["left"]: "l", asked["outside"]: "o"}})
    assert [each["value"] for each in some["__interrupt__"]] == ["right"]
    done = talk.say(command={"resume": {asked["right"]: "r"}})
    assert sorted(done["answers"]) == ["l", "o", "r"]
    assert talk.open() == []


def test_one_of_racing_answers_counts(server: Server, tmp_path: Path) -> None:
    for _ in range(3):
        talk = Talk(server, tmp_path, "twice")
        talk.begin()
        run_id = talk.last()

        def answer(number: int, talk: Talk = talk, run_id: str = run_id) -> httpx.Response:
            return talk.client.post(f"/threads/{talk.thread}/runs/{run_id}/resume", json={"resume": number})

        with ThreadPoolExecutor(RACERS) as pool:
            answers = list(pool.map(answer, range(RACERS)))
        assert sorted(each.status_code for each in answers) == [200] + [409] * (RACERS - 1)
        won = next(number for number, each in enumerate(answers) if each.status_code == 200)
        made = answers[won].json()["run_id"]
        talk.client.get(f"/threads/{talk.thread}/runs/{made}/join")
        assert [row["value"] for row in talk.open()] == ["second"]
        assert talk.say(command={"resume": "end"})["answers"] == [won, "end"]
        assert len(talk.client.get(f"/threads/{talk.thread}/runs").json()) == 3


def test_racing_runs_with_an_answer_queue_as_the_reference_has_them(server: Server, tmp_path: Path) -> None:
    talk = Talk(server, tmp_path, "house")
    asked = [each["id"] for each in talk.begin()["__interrupt__"]]

    def answer(number: int) -> httpx.Response:
        command = {"resume": dict.fromkeys(asked, number)}
        body = {"assistant_id": "house", "command": command}
        return talk.client.post(f"/threads/{talk.thread}/runs", json=body)

    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(answer, range(RACERS)))
    assert {each.status_code for each in answers} == {200}
    state = eventually(
        lambda: (
            talk.client.get(f"/threads/{talk.thread}").json()["status"] != "busy"
            and talk.client.get(f"/threads/{talk.thread}/state").json()
        ),
        30,
        "the end of all",
    )
    assert state["next"] == []
    assert len(state["values"]["answers"]) == 3
    assert len(set(state["values"]["answers"])) == 1
    assert replay_differences(dsn_of(server)) == []


def test_an_answer_outlives_its_worker(server: Server, tmp_path: Path) -> None:
    talk = Talk(server, tmp_path, "twice")
    talk.begin()
    (worker,) = workers(server)
    os.kill(worker["pid"], signal.SIGKILL)
    answered = talk.client.post(f"/threads/{talk.thread}/runs/{talk.last()}/resume", json={"resume": "a"})
    assert answered.status_code == 200
    talk.trial.run = answered.json()
    assert talk.trial.ended() == "success"
    assert [row["value"] for row in talk.open()] == ["second"]
    assert talk.say(command={"resume": "b"})["answers"] == ["a", "b"]
