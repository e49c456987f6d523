"""F25: one key makes one run, however often and at once it is sent, and whatever dies in between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.faults.harness.points import Points
from tests.faults.harness.trial import Trial
from tests.support.server import Server, free_port

ROUNDS = 5
RACERS = 8


def test_one_key_one_run(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    for _ in range(ROUNDS):
        trial = Trial(server, tmp_path)
        headers = {"idempotency-key": str(uuid4())}
        path, body = f"/threads/{trial.thread}/runs", {"assistant_id": "async", "input": trial.input}
        with ThreadPoolExecutor(RACERS) as pool:
            answers = list(
                pool.map(lambda _: trial.client.post(path, json=body, headers=headers), range(RACERS))  # noqa: B023
            )
        assert {answer.status_code for answer in answers} == {200}
        runs = {answer.json()["run_id"] for answer in answers}
        assert len(runs) == 1
        trial.run = answers[0].json()
        trial.check(most=1)
        other = trial.client.post(path, json={**body, "metadata": {"other": True}}, headers=headers)
        assert other.status_code == 409
        elsewhere = trial.client.post("/runs", json=body, headers=headers).json()["run_id"]
        assert elsewhere not in runs
        assert len(trial.client.get(path).json()) == 1


@pytest.mark.parametrize(
    "fault",
    [pytest.param("create.before_commit=kill9", marks=pytest.mark.faults), "create.after_commit=kill9"],
)
def test_a_batch_is_made_once_over_a_crash(
    serve: Callable[..., Server], points: Points, tmp_path: Path, fault: str
) -> None:
    port = free_port()
    first = serve(port=port, env=points.environment)
    trial = Trial(first, tmp_path)
    headers = {"idempotency-key": "the-same"}
    body = [{"assistant_id": "async", "input": trial.input, "metadata": {"batch": "b"}}] * 3
    with points.armed(fault), pytest.raises(httpx.TransportError):
        trial.client.post("/runs/batch", json=body, headers=headers)
    first.process.wait()
    serve(port=port, env=points.environment)
    answers = [trial.client.post("/runs/batch", json=body, headers=headers).json() for _ in range(2)]
    ids = [[run["run_id"] for run in answer] for answer in answers]
    assert ids[0] == ids[1]
    found = trial.client.get("/runs", params={"metadata": '{"batch": "b"}'}).json()
    assert sorted(run["run_id"] for run in found) == sorted(ids[0])
