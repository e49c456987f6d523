"""One user may have so many waiting runs and so many open streams, and is told when to come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tests.support.acting import GRAPH, ActingWorker
from tests.support.server import Server
from tests.support.waiting import soon

BODY = {"assistant_id": GRAPH, "input": {}}
RUNS, STREAMS = 4, 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server.factory(tmp_path_factory.mktemp("limits")) as start:
        yield start(workers=0, env={"DURAGRAPH_MAX_QUEUED_RUNS": str(RUNS), "DURAGRAPH_MAX_STREAMS": str(STREAMS)})


def refused(answer: httpx.Response) -> bool:
    """Whether an answer says that it was too much, and all of what belongs to that."""
    if answer.status_code != 429:
        return False
    assert int(answer.headers["Retry-After"]) >= 1
    assert "one user" in answer.json()["detail"]
    return True


async def refusals(http: httpx.AsyncClient, limit: str) -> float:
    name = f'duragraph_limits_refused_total{{limit="{limit}"}} '
    lines = [line for line in (await http.get("/metrics")).text.splitlines() if line.startswith(name)]
    return float(lines[0].removeprefix(name)) if lines else 0.0


async def waiting(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await http.get("/runs?status=pending")).json()
    return rows


async def has_room(http: httpx.AsyncClient) -> bool:
    return (await http.post("/runs", json=BODY)).status_code == 200


async def test_runs_that_wait_and_streams_that_are_open(server: Server) -> None:
    client = httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=30)
    async with ActingWorker.of(server.data_dir) as worker, client as http:
        await runs_that_wait(http, worker)
        await streams_that_are_open(http)


async def runs_that_wait(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    key, keys = {"Idempotency-Key": "first"}, {"Idempotency-Key": "both"}
    made = [(await http.post("/runs", json=BODY, headers=key)).json()["run_id"]]
    made += [run["run_id"] for run in (await http.post("/runs/batch", json=[BODY, BODY], headers=keys)).json()]
    assert refused(await http.post("/runs/batch", json=[BODY, BODY]))  # all or none
    assert len(await waiting(http)) == RUNS - 1
    await soon(lambda: has_room(http), what="room for one more")
    for path in ("/runs", "/runs/wait", "/runs/stream"):
        assert refused(await http.post(path, json=BODY))
    assert len(await waiting(http)) == RUNS
    assert await refusals(http, "queued_runs") >= 4
    assert (await http.post("/runs", json=BODY, headers=key)).json()["run_id"] == made[0]  # it was accepted before
    again = await http.post("/runs/batch", json=[BODY, BODY], headers=keys)
    assert [run["run_id"] for run in again.json()] == made[1:]
    assert (await http.post("/runs", json=BODY | {"input": {"n": 1}}, headers=key)).status_code == 409
    assert refused(await http.post("/runs", json=BODY, headers={"Idempotency-Key": "new"}))
    await (await worker.take(made[0])).finish({})
    await soon(lambda: has_room(http), what="room after a run was taken")
    assert refused(await http.post("/runs", json=BODY))
    for run_id in made[1:]:
        await (await worker.take(run_id)).finish({})


async def streams_that_are_open(http: httpx.AsyncClient) -> None:
    before = await waiting(http)
    path = "/threads/{thread_id}/runs/{run_id}".format(**before[0])

    async def is_open() -> bool:
        async with http.stream("GET", f"{path}/stream") as answer:
            return answer.status_code == 200

    async with AsyncExitStack() as last:
        async with AsyncExitStack() as first:
            for stack in (first, last):
                assert (await stack.enter_async_context(http.stream("GET", f"{path}/stream"))).status_code == 200
            for joined in (f"{path}/stream", f"{path}/join", "/events/stream"):
                assert refused(await http.get(joined))
            for created in ("/runs/stream", "/runs/wait"):
                assert refused(await http.post(created, json=BODY))
            assert await waiting(http) == before  # refused before anything was made
            assert await refusals(http, "streams") >= 5
        await soon(is_open, what="room after a client left")
