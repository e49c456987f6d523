"""What DuraGraph shows beyond LangGraph's API: runs of all threads, events, the feed, workers, queue, graphs."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from pydantic import TypeAdapter

from duragraph_ext.core.commands.workers import Worker, define_broken_graph, register_worker
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.models import Envelope, Execution, GraphInfo, InterruptRow, QueueStats, RunRow, WorkerInfo
from tests.support.acting import GRAPH, ActingWorker
from tests.support.events import listening
from tests.support.waiting import soon

BODY = {"assistant_id": GRAPH, "input": {}}


async def test_runs_of_all_threads_page_by_page(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    made = [(await http.post("/runs", json=BODY)).json()["run_id"] for _ in range(3)]
    newest = TypeAdapter(list[RunRow]).validate_json((await http.get("/runs?limit=2&graph_id=acted")).content)
    assert [str(run.run_id) for run in newest] == made[:0:-1]
    older = (await http.get(f"/runs?limit=1&before={made[1]}")).json()
    assert [run["run_id"] for run in older] == made[:1]
    run = await worker.take(made[0])
    taken = (await http.get("/runs?status=running")).json()
    assert [(row["run_id"], row["worker"], row["attempt"]) for row in taken] == [(made[0], "acting", 1)]
    await run.finish({})
    for run_id in made[1:]:
        await (await worker.take(run_id)).finish({})
    one = RunRow.model_validate_json((await http.get(f"/runs/{made[0]}")).content)
    assert one.status == "success"
    assert one.ended_at is not None


async def test_events_and_executions_of_a_run(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    run_id = (await http.post("/runs", json=BODY)).json()["run_id"]
    run = await worker.take(run_id)
    op = Op(run.claim.run_id, run.claim.epoch)
    op.execution("task", "node", "", 1, "running", datetime.now(UTC), None, None)
    op.interrupt("asked", run.claim.thread_id, "task", "node", "", '{"really": "?"}', datetime.now(UTC))
    await worker.core.writer.submit(op)
    (execution,) = TypeAdapter(list[Execution]).validate_json((await http.get(f"/runs/{run_id}/executions")).content)
    assert (execution.node, execution.status) == ("node", "running")
    (asked,) = TypeAdapter(list[InterruptRow]).validate_json(
        (await http.get(f"/interrupts?status=open&thread_id={run.claim.thread_id}")).content
    )
    assert (asked.interrupt_id, asked.value, asked.node) == ("asked", {"really": "?"}, "node")
    assert (await http.get(f"/interrupts?status=resolved&thread_id={asked.thread_id}")).json() == []
    await run.finish({})
    events = TypeAdapter(list[Envelope]).validate_json((await http.get(f"/runs/{run_id}/events")).content)
    types = [event.event_type for event in events]
    assert types == ["run.created", "run.started", "interrupt.created", "run.completed"]
    assert [event.version for event in events] == [1, 2, 3, 4]
    later = (await http.get(f"/runs/{run_id}/events?after=2&limit=1")).json()
    assert [event["event_type"] for event in later] == ["interrupt.created"]
    assert (await http.get(f"/runs/{uuid4()}/events")).status_code == 404


async def test_the_feed_tells_what_was_and_what_comes(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    thread = (await http.post("/threads", json={})).json()["thread_id"]
    async with (
        listening(http, "GET", f"/events/stream?after=0&thread_id={thread}") as everything,
        listening(http, "GET", "/events/stream?types=run") as from_now,
    ):
        assert [frame.event for frame in await everything.take(1)] == ["thread.created"]
        run_id = (await http.post(f"/threads/{thread}/runs", json=BODY)).json()["run_id"]
        await (await worker.take(run_id)).finish({})
        expected = ["run.created", "run.started", "run.completed"]
        seen = await everything.take(3)
        assert [frame.event for frame in seen] == expected
        assert [frame.event for frame in await from_now.take(3)] == expected
        assert {frame.data["aggregate_id"] for frame in seen} == {run_id}
    async with listening(http, "GET", f"/events/stream?run_id={run_id}", after=seen[0].id) as resumed:
        assert [frame.event for frame in await resumed.take(2)] == expected[1:]


async def test_the_feed_refuses_types_that_are_none(http: httpx.AsyncClient) -> None:
    answer = await http.get("/events/stream?types=run&types=weather")
    assert answer.status_code == 422
    assert "'weather'" in answer.json()["detail"]
    assert "execution" in answer.json()["detail"]


async def test_the_queue_and_the_graphs(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    run_id = (await http.post("/runs", json=BODY)).json()["run_id"]
    queue = QueueStats.model_validate_json((await http.get("/queue")).content)
    assert queue.pending == 1
    await (await worker.take(run_id)).finish({})
    assert (await http.get("/queue")).json()["pending"] == 0
    error = {"file": "g.py", "line": 3, "exception": "NameError", "message": "name 'x' is not defined"}
    await define_broken_graph(worker.core, LOCAL, "broken", "g.py:graph", error)
    graphs = TypeAdapter(list[GraphInfo]).validate_json((await http.get("/graphs")).content)
    found = {graph.graph_id: graph for graph in graphs}
    assert found["broken"].broken == error
    assert found[GRAPH].broken is None
    assert found[GRAPH].workers >= 1
    refused = await http.post("/runs", json={"assistant_id": "broken"})
    assert refused.status_code == 422
    assert GRAPH in refused.json()["detail"]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process


async def test_a_worker_of_this_machine_can_be_killed(
    http: httpx.AsyncClient, worker: ActingWorker, process: subprocess.Popen[bytes]
) -> None:
    mine = Worker(uuid4(), "victim", socket.gethostname(), process.pid, None, None, [GRAPH], 1, 60)
    await register_worker(worker.core, mine)
    workers = TypeAdapter(list[WorkerInfo]).validate_json((await http.get("/workers")).content)
    assert {"victim", "acting"} <= {each.name for each in workers}
    assert (await http.post(f"/workers/{mine.worker_id}/kill")).status_code == 204
    assert await asyncio.to_thread(process.wait, 5) == -signal.SIGKILL
    assert (await http.post(f"/workers/{uuid4()}/kill")).status_code == 404
    elsewhere = await http.post(f"/workers/{worker.worker_id}/kill")
    assert elsewhere.status_code == 409
    assert "nowhere" in elsewhere.json()["detail"]


async def test_the_gauges_are_read_when_they_are_scraped(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    run_id = (await http.post("/runs", json=BODY)).json()["run_id"]
    text = (await http.get("/metrics")).text
    for line in ("duragraph_runs_pending_count 1.0", "duragraph_messaging_connected_state 1.0"):
        assert line in text
    assert 'duragraph_runs_created_total{graph="acted"}' in text
    await (await worker.take(run_id)).finish({})

    async def counted() -> bool:
        return 'duragraph_runs_ended_total{status="success"}' in (await http.get("/metrics")).text

    await soon(counted)
