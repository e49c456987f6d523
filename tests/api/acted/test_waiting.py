"""`wait` and `join`: one answer, when the run has ended, and signs of life before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from tests.support.acting import GRAPH, ActingWorker
from tests.support.server import Server

BODY = {"assistant_id": GRAPH, "input": {}}


async def test_the_answer_is_the_values_and_names_the_run(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    waiting = asyncio.create_task(http.post("/runs/wait", json=BODY))
    run = await worker.take()
    await run.finish({"n": 1})
    answer = await waiting
    assert orjson.loads(answer.content) == {"n": 1}
    base = f"/threads/{run.claim.thread_id}/runs/{run.claim.run_id}"
    assert answer.headers["content-location"] == base
    assert answer.headers["location"] == f"{base}/join"
    assert answer.headers["content-type"] == "application/json"


async def test_newlines_come_before_a_late_answer(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    async with http.stream("POST", "/runs/wait", json=BODY) as response:
        chunks = response.aiter_raw()
        assert await anext(chunks) == b"\n"
        run = await worker.take(response.headers["content-location"].rpartition("/")[2])
        await run.finish({"n": 1})
        body = b"".join([chunk async for chunk in chunks])
    assert body.strip() == b'{"n":1}'


@pytest.mark.parametrize("status", ["error", "timeout"])
async def test_a_failure_is_an_answer(http: httpx.AsyncClient, worker: ActingWorker, status: str) -> None:
    error = {"error": "ValueError", "message": "bad"}
    waiting = asyncio.create_task(http.post("/runs/wait", json=BODY))
    run = await worker.take()
    await run.finish(status=status, error=error)
    answer = await waiting
    assert (answer.status_code, orjson.loads(answer.content)) == (200, {"__error__": error})


async def new_run(http: httpx.AsyncClient) -> str:
    thread = (await http.post("/threads", json={})).json()["thread_id"]
    return str((await http.post(f"/threads/{thread}/runs", json=BODY)).headers["content-location"])


async def test_everyone_who_joins_gets_the_answer(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    path = await new_run(http)
    joined = [asyncio.create_task(http.get(f"{path}/join")) for _ in range(5)]
    run = await worker.take(path.rpartition("/")[2])
    await run.finish({"n": 1})
    assert [orjson.loads((await answer).content) for answer in joined] == [{"n": 1}] * 5
    error = {"error": "ValueError", "message": "bad"}
    path = await new_run(http)
    await (await worker.take(path.rpartition("/")[2])).finish(status="error", error=error)
    assert (await http.get(f"{path}/join")).json() == {"__error__": error}


async def test_cancelling_answers_at_once_and_only_once(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    path = await new_run(http)
    joined = asyncio.create_task(http.get(f"{path}/join"))
    first = await http.post(f"{path}/cancel?wait=true")
    assert (first.status_code, first.json()) == (200, {})
    assert orjson.loads((await joined).content) == {}
    again = await http.post(f"{path}/cancel")
    assert again.status_code == 404
    assert "No matching runs" in again.json()["detail"]
    assert (await http.get(path)).json()["status"] == "interrupted"


async def test_a_rollback_leaves_no_run(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    path = await new_run(http)
    await worker.take(path.rpartition("/")[2])
    assert (await http.post(f"{path}/cancel?wait=1&action=rollback")).status_code == 200
    assert (await http.get(path)).status_code == 404
    joined = await http.get(f"{path}/join")
    expected: Any = {"__error__": {"error": "HTTPException", "message": "404: Run not found"}}
    assert (joined.status_code, joined.json()) == (200, expected)


async def test_a_server_that_stops_does_not_pretend_an_answer(duragraph_server: Callable[..., Server]) -> None:
    server = duragraph_server(workers=0)
    async with (
        ActingWorker.of(server.data_dir) as worker,
        httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=20) as http,
    ):
        waiting = asyncio.create_task(http.post("/runs/wait", json=BODY))
        streaming = asyncio.create_task(http.post("/runs/stream", json=BODY))
        await worker.take()
        await worker.take()
        await asyncio.to_thread(server.process.terminate)
        with pytest.raises(httpx.TransportError):
            await waiting
        with pytest.raises(httpx.TransportError):
            await streaming
