"""The same `Idempotency-Key` gives the same run, whatever route and however often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from tests.support.acting import GRAPH, ActingWorker
from tests.support.events import listening
from tests.support.server import Server

BODY = {"assistant_id": GRAPH, "input": {"n": 1}}


@pytest.fixture(scope="module")
def server(acted_server: Server) -> Server:
    return acted_server


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    headers = {**server.headers, "idempotency-key": str(uuid4())}
    async with httpx.AsyncClient(base_url=server.api_url, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture
def worker(acting: ActingWorker) -> ActingWorker:
    return acting


async def test_a_repeat_gives_the_run_of_the_first(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    answers = await asyncio.gather(*(http.post("/runs", json=BODY) for _ in range(8)))
    runs = [answer.json() for answer in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert len({run["run_id"] for run in runs}) == 1
    reordered = {"input": {"n": 1}, "assistant_id": GRAPH}
    assert (await http.post("/runs", json=reordered)).json()["run_id"] == runs[0]["run_id"]
    run = await worker.take(runs[0]["run_id"])
    await run.finish({"done": True})
    again = (await http.post("/runs", json=BODY)).json()
    assert (again["run_id"], again["status"]) == (runs[0]["run_id"], "success")


async def test_another_body_is_a_conflict_and_makes_no_run(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    first = (await http.post("/runs", json=BODY)).json()
    other = await http.post("/runs", json=BODY | {"input": {"n": 2}})
    assert other.status_code == 409
    assert "Idempotency-Key" in other.json()["detail"]
    thread = (await http.post("/threads", json={})).json()["thread_id"]
    elsewhere = (await http.post(f"/threads/{thread}/runs", json=BODY)).json()
    assert elsewhere["run_id"] != first["run_id"]
    for run in (first, elsewhere):
        await (await worker.take(run["run_id"])).finish({})


async def test_a_wait_joins_the_run_of_the_first(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    first = asyncio.create_task(http.post("/runs/wait", json=BODY))
    run = await worker.take()
    second = asyncio.create_task(http.post("/runs/wait", json=BODY))
    await run.finish({"done": True})
    third = await http.post("/runs/wait", json=BODY)
    assert [orjson.loads(answer.content) for answer in (await first, await second)] == [{"done": True}] * 2
    assert third.headers["content-location"] == (await first).headers["content-location"]


async def test_a_stream_replays_the_run_of_the_first(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    async with listening(http, "POST", "/runs/stream", json=BODY) as first:
        base = first.response.headers["content-location"]
        run = await worker.take(base[6:])
        await run.frames(("metadata", {}), ("values", {"n": 1}))
        assert [frame.id for frame in await first.take(2)] == ["1-1", "1-2"]
    async with listening(http, "POST", "/runs/stream", json=BODY) as second:
        assert second.response.headers["content-location"] == base
        assert [frame.id for frame in await second.take(2)] == ["1-1", "1-2"]
        await run.frames(("values", {"n": 2}))
        await run.finish({})
        assert [frame.id for frame in await second.rest()] == ["1-3"]


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tbed"])
async def test_a_key_that_is_none_is_refused(http: httpx.AsyncClient, key: str) -> None:
    answer = await http.post("/runs", json=BODY, headers={"idempotency-key": key})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Idempotency-Key")


async def test_a_repeated_batch_gives_the_runs_of_the_first(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    answers = await asyncio.gather(*(http.post("/runs/batch", json=[BODY, BODY]) for _ in range(4)))
    found = {tuple(run["run_id"] for run in answer.json()) for answer in answers}
    assert len(found) == 1
    assert (await http.post("/runs/batch", json=[BODY])).status_code == 409
    for run_id in found.pop():
        await (await worker.take(run_id)).finish({})


@pytest.mark.parametrize(
    ("path", "body", "id", "other"),
    [
        ("/threads", {"metadata": {"a": 1}}, "thread_id", {"metadata": {"a": 2}}),
        ("/assistants", {"graph_id": GRAPH, "name": "one"}, "assistant_id", {"graph_id": GRAPH, "name": "two"}),
    ],
)
async def test_a_repeat_makes_nothing_twice(
    http: httpx.AsyncClient, worker: ActingWorker, path: str, body: dict[str, Any], id: str, other: dict[str, Any]
) -> None:
    answers = await asyncio.gather(*(http.post(path, json=body) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    made = {answer.json()[id] for answer in answers}
    assert len(made) == 1
    assert (await http.post(path, json=other)).status_code == 409
    named = {**body, id: made.pop()}
    taken = await http.post(path, json=named, headers={"idempotency-key": str(uuid4())})
    assert taken.status_code == 409
    assert "exists" in taken.json()["detail"]
    own = {**body, id: str(uuid4())}
    again = {"idempotency-key": str(uuid4())}
    first, second = [await http.post(path, json=own, headers=again) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json()[id] == own[id]
