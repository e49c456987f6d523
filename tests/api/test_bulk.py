"""Batches, bulk cancelling, answers to a run that waits, and finding runs, as far as no graph is needed for it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.acting import GRAPH, ActingWorker
from tests.support.events import listening
from tests.support.server import Server

BODY: dict[str, Any] = {"assistant_id": GRAPH, "input": {"n": 1}}


@pytest.fixture
async def http(acted_server: Server, acting: ActingWorker) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=acted_server.api_url, headers=acted_server.headers, timeout=20) as client:
        yield client


async def new_thread(http: httpx.AsyncClient) -> str:
    return str((await http.post("/threads", json={})).json()["thread_id"])


async def test_a_batch_is_whole_or_nothing(http: httpx.AsyncClient) -> None:
    marked = {**BODY, "metadata": {"batch": "whole"}}
    runs = (await http.post("/runs/batch", json=[marked, {**marked, "input": {"n": 2}}])).json()
    assert [run["kwargs"]["input"]["n"] for run in runs] == [1, 2]
    refused = await http.post("/runs/batch", json=[{**BODY, "metadata": {"batch": "half"}}, {"assistant_id": "nope"}])
    assert refused.status_code == 422
    assert (await http.get("/runs", params={"metadata": '{"batch": "half"}'})).json() == []
    for body, named in (([], "1 item"), ([BODY] * 101, "100 items"), ({}, "list"), ([{"input": 1}], "0.assistant_id")):
        answer = await http.post("/runs/batch", json=body)
        assert answer.status_code == 422
        assert named in answer.json()["detail"]
    await http.post("/runs/cancel", json={"status": "all"})


async def test_cancelling_by_status_takes_every_thread(http: httpx.AsyncClient, acting: ActingWorker) -> None:
    threads = [await new_thread(http) for _ in range(3)]
    runs = [(await http.post(f"/threads/{thread}/runs", json=BODY)).json() for thread in threads]
    taken = await acting.take(runs[0]["run_id"])
    assert (await http.post("/runs/cancel", json={"status": "pending"})).status_code == 204

    async def statuses() -> list[str]:
        return [(await http.get(f"/threads/{run['thread_id']}/runs/{run['run_id']}")).json()["status"] for run in runs]

    assert await statuses() == ["running", "interrupted", "interrupted"]
    assert (await http.post("/runs/cancel", json={"status": "running"})).status_code == 204
    assert await statuses() == ["interrupted"] * 3
    assert (await http.post("/runs/cancel", json={"status": "all"})).status_code == 404
    assert taken.claim.run_id


@pytest.mark.parametrize(
    "body", [{}, {"run_ids": []}, {"status": "bogus"}, {"status": "all", "run_ids": []}, {"thread_id": "x"}]
)
async def test_what_to_cancel_must_be_said_in_one_way(http: httpx.AsyncClient, body: Any) -> None:
    answer = await http.post("/runs/cancel", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_runs_are_found_by_what_they_are(http: httpx.AsyncClient, acting: ActingWorker) -> None:
    thread = await new_thread(http)
    first = (await http.post(f"/threads/{thread}/runs", json={**BODY, "input": {"q": "Needle"}})).json()
    second = (await http.post(f"/threads/{thread}/runs", json={**BODY, "metadata": {"team": {"name": "red"}}})).json()
    run = await acting.take(first["run_id"])
    await run.finish(status="error", error={"error": "Broken", "message": "by a Gremlin"})

    async def found(**params: Any) -> list[str]:
        answer = await http.get("/runs", params={"thread_id": thread, **params})
        assert answer.status_code == 200, answer.text
        return [row["run_id"] for row in answer.json()]

    both = [second["run_id"], first["run_id"]]
    assert await found() == both
    assert await found(graph_id=GRAPH, assistant_id=first["assistant_id"]) == both
    assert await found(graph_id="other") == []
    assert await found(status="error") == [first["run_id"]]
    assert await found(metadata=json.dumps({"team": {"name": "red"}})) == [second["run_id"]]
    assert await found(text="needle") == [first["run_id"]]
    assert await found(text="gremlin") == [first["run_id"]]
    assert await found(text="red") == [second["run_id"]]
    assert await found(created_after=second["created_at"]) == [second["run_id"]]
    assert await found(created_before=second["created_at"]) == [first["run_id"]]
    assert await found(limit=1) == both[:1]
    assert await found(limit=1, before=both[0]) == both[1:]
    for wrong in ({"metadata": "{"}, {"metadata": "[]"}, {"created_after": "soon"}):
        assert (await http.get("/runs", params=wrong)).status_code == 422
    await (await acting.take(second["run_id"])).finish({})


async def test_a_stream_is_found_by_the_run_alone(http: httpx.AsyncClient, acting: ActingWorker) -> None:
    made = (await http.post("/runs", json={**BODY, "stream_resumable": True})).json()
    run = await acting.take(made["run_id"])
    await run.frames(("values", {"n": 1}))
    await run.finish({"n": 1})
    async with listening(http, "GET", f"/stream?run_id={made['run_id']}", after="0") as stream:
        assert [frame.data for frame in await stream.rest()] == [{"n": 1}]
    assert (await http.get("/stream")).status_code == 422


async def test_only_a_run_that_waits_is_answered(http: httpx.AsyncClient, acting: ActingWorker) -> None:
    thread = await new_thread(http)
    made = (await http.post(f"/threads/{thread}/runs", json=BODY)).json()
    answer = await http.post(f"/threads/{thread}/runs/{made['run_id']}/resume", json={"resume": 1})
    assert answer.status_code == 409
    assert made["run_id"] in answer.json()["detail"]
    await (await acting.take(made["run_id"])).finish({})
    assert (await http.post(f"/threads/{thread}/runs/{made['run_id']}/resume", json={})).status_code == 409
    nobody = made["assistant_id"]
    assert (await http.post(f"/threads/{thread}/runs/{nobody}/resume", json={})).status_code == 404
