"""Workers that speak HTTP: one of sixty lines, and upstream's own client; runs read as if a kernel had made them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from duragraph_ext.core.eventstore.database import Database
from duragraph_ext.core.eventstore.replay import differences
from duragraph_ext.embedded import read_facts
from tests.support.http_worker import HttpWorker, Json, Question
from tests.support.server import Server
from tests.support.waiting import soon


@pytest.fixture
async def http(acted_server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=acted_server.api_url, headers=acted_server.headers, timeout=30) as client:
        yield client


@pytest.fixture
async def sdk(acted_server: Server) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=acted_server.api_url, api_key=acted_server.token) as client:
        yield client


@pytest.fixture
def graph() -> str:
    return f"remote-{uuid4().hex[:8]}"


async def replayed(data_dir: Path) -> list[str]:
    facts = read_facts(data_dir)
    assert facts is not None
    db = Database(facts.dsn, size=1, name="test")
    await db.open()
    try:
        return await differences(db)
    finally:
        await db.close()


async def upper(state: Json, task: Json) -> Json:
    return {"text": state["text"].upper(), "done": ["upper"]}


async def ask(state: Json, task: Json) -> Json:
    if not task["command"]:
        raise Question({"text": state["text"]})
    return {"answer": task["command"]["resume"], "done": ["upper", "ask"]}


async def close(state: Json, task: Json) -> Json:
    return {"done": ["upper", "ask", "close"]}


async def fails(state: Json, task: Json) -> Json:
    raise KeyError("nothing")


async def test_a_graph_served_over_http_reads_like_any_other(
    http: httpx.AsyncClient, sdk: LangGraphClient, acted_server: Server, graph: str
) -> None:
    async with HttpWorker(http, graph, {"upper": upper, "ask": ask, "close": close}).working() as worker:
        thread = (await sdk.threads.create())["thread_id"]
        frames = [
            (part.event, part.data)
            async for part in sdk.runs.stream(
                thread, graph, input={"text": "hello"}, stream_mode=["values", "updates", "tasks"]
            )
        ]
        events = [event for event, _ in frames]
        assert events == [
            "metadata", "values", "tasks", "tasks", "updates", "values", "tasks", "updates", "values"
        ]  # fmt: skip
        assert frames[1][1] == {"text": "hello"}
        assert frames[4][1] == {"upper": {"text": "HELLO", "done": ["upper"]}}
        (asked,) = frames[7][1]["__interrupt__"]
        assert asked["value"] == {"text": "HELLO"}
        paused = await sdk.threads.get(thread)
        assert paused["status"] == "interrupted"
        assert paused["values"] == {"text": "HELLO", "done": ["upper"]}
        state = await sdk.threads.get_state(thread)
        assert state["next"] == ["ask"]
        assert state["tasks"][0]["interrupts"] == [{"id": asked["id"], "value": {"text": "HELLO"}}]
        assert [row["status"] for row in (await http.get(f"/interrupts?thread_id={thread}")).json()] == ["open"]
        run_id = (await sdk.runs.list(thread))[0]["run_id"]
        answered = await http.post(f"/threads/{thread}/runs/{run_id}/resume", json={"resume": "fine"})
        assert answered.status_code == 200, answered.text
        result = await sdk.runs.join(thread, answered.json()["run_id"])
        assert result == {"text": "HELLO", "done": ["upper", "ask", "close"], "answer": "fine"}
        assert (await sdk.threads.get(thread))["status"] == "idle"
        assert [row["status"] for row in (await http.get(f"/interrupts?thread_id={thread}")).json()] == ["resolved"]
        history = await sdk.threads.get_history(thread, limit=20)
        assert [entry["metadata"]["source"] for entry in history] == ["loop", "loop", "loop", "loop", "input"]
        assert history[-1]["values"] == {"text": "hello"}
        assert history[-1]["next"] == ["upper"]
        assert history[-1]["tasks"][0]["result"] == {"text": "HELLO", "done": ["upper"]}
        assert [a["parent_checkpoint"] for a in history[:-1]] == [b["checkpoint"] for b in history[1:]]
        again = await sdk.runs.wait(thread, graph, input={"done": [], "text": "new"}, command=None, raise_error=False)
        assert again["__interrupt__"][0]["value"] == {"text": "NEW"}
        rows = (await http.get(f"/runs/{answered.json()['run_id']}/executions")).json()
        assert [(row["node"], row["status"]) for row in rows] == [("ask", "completed"), ("close", "completed")]
        shown = (await http.get(f"/workers/{worker.id}")).json()
        assert (shown["protocol"], shown["pid"], shown["graphs"]) == ("http", None, [graph])
        served = (await http.get(f"/workers/graphs/{graph}")).json()
        assert [row["worker_id"] for row in served["workers"]] == [worker.id]
        assert served["graph"]["edges"][0] == {"source": "__start__", "target": "upper"}
        assert (await http.post(f"/workers/{worker.id}/kill")).status_code == 409
    assert (await http.get(f"/workers/{worker.id}")).json()["status"] == "stopped"
    assert await replayed(acted_server.data_dir) == []


async def test_a_failure_is_the_runs(http: httpx.AsyncClient, sdk: LangGraphClient, graph: str) -> None:
    async with HttpWorker(http, graph, {"fails": fails}).working():
        thread = (await sdk.threads.create())["thread_id"]
        answer = await sdk.runs.wait(thread, graph, input={}, raise_error=False)
        assert answer == {"__error__": {"error": "KeyError", "message": "'nothing'"}}
        assert (await sdk.threads.get(thread))["status"] == "error"
        run_id = (await sdk.runs.list(thread))[0]["run_id"]
        events = [event["event_type"] for event in (await http.get(f"/runs/{run_id}/events")).json()]
        assert events == ["run.created", "run.started", "execution.node_started", "execution.node_failed", "run.failed"]


async def test_frames_of_the_workers_own(http: httpx.AsyncClient, sdk: LangGraphClient, graph: str) -> None:
    worker = HttpWorker(http, graph, {"upper": upper})
    await worker.register()
    seen: list[tuple[str, Any]] = []

    async def follow() -> None:
        async for part in sdk.runs.stream(None, graph, input={"text": "a"}, stream_mode=["custom", "messages-tuple"]):
            seen.append((part.event, part.data))

    reading = asyncio.create_task(follow())
    (task,) = (await worker.poll()).json()["tasks"]
    frames = [{"event": "custom", "data": 1}, {"event": "messages|in:1", "data": [{}, {}]}, {"event": "updates"}]
    assert (await worker.report(task, "frames", frames=frames)).json() == {"applied": True}
    assert (await worker.report(task, "frames", frames=[{"event": "metadata"}])).status_code == 422
    assert (await worker.report(task, "frames", frames=[{"event": "custom\nid: 9"}])).status_code == 422
    await worker.report(task, "values", values={"text": "b"})
    await worker.report(task, "run_completed")
    await reading
    assert seen[1:] == [("custom", 1), ("messages|in:1", [{}, {}])]
    await worker.post(f"/workers/{worker.id}/deregister")


async def test_who_lost_a_run_changes_nothing(
    http: httpx.AsyncClient, sdk: LangGraphClient, acted_server: Server, graph: str
) -> None:
    first = HttpWorker(http, graph, {"upper": upper}, lease_seconds=1)
    second = HttpWorker(http, graph, {"upper": upper}, lease_seconds=60)
    await first.register()
    await second.register()
    run = await sdk.runs.create(None, graph, input={"text": "a"}, on_completion="keep")
    (task,) = (await first.poll()).json()["tasks"]
    assert task["run_id"] == run["run_id"]
    assert (await second.report(task, "values", values={"text": "stolen"})).status_code == 409
    assert (await first.report({**task, "epoch": 9}, "values", values={"text": "stale"})).status_code == 409
    assert (await first.report(task, "values", values={"text": "saved"})).json() == {"applied": True}
    (again,) = (await second.poll(wait_seconds=20)).json()["tasks"]  # the first is silent for too long
    assert (again["run_id"], again["attempt"]) == (run["run_id"], 2)
    assert again["epoch"] > task["epoch"]
    assert again["values"] == {"text": "saved"}
    assert (await first.report(task, "values", values={"text": "zombie"})).status_code == 404
    assert (await first.post(f"/workers/{first.id}/heartbeat")).status_code == 404
    await second.execute(again)
    state = await sdk.threads.get_state(run["thread_id"])
    assert state["values"] == {"text": "A", "done": ["upper"]}
    assert (await second.report(again, "run_failed")).status_code == 409
    await second.post(f"/workers/{second.id}/deregister")
    assert await replayed(acted_server.data_dir) == []


async def test_a_repeated_report_is_one(http: httpx.AsyncClient, sdk: LangGraphClient, graph: str) -> None:
    worker = HttpWorker(http, graph, {"upper": upper})
    await worker.register()
    run = await sdk.runs.create(None, graph, input={"text": "a"}, on_completion="keep")
    (task,) = (await worker.poll()).json()["tasks"]
    body = {"run_id": task["run_id"], "epoch": task["epoch"], "event_type": "node_completed", "seq": 1}
    body["data"] = {"node_id": "upper", "output": {"n": 1}}
    answers = [(await worker.post(f"/workers/{worker.id}/events", body)).json() for _ in range(3)]
    assert [answer["applied"] for answer in answers] == [True, False, False]
    assert len(await sdk.threads.get_history(run["thread_id"])) == 2
    await worker.post(f"/workers/{worker.id}/deregister")
    assert (await sdk.runs.get(run["thread_id"], run["run_id"]))["status"] == "pending"
    await sdk.runs.cancel(run["thread_id"], run["run_id"])


async def test_what_a_worker_holds_is_said_to_it(http: httpx.AsyncClient, sdk: LangGraphClient, graph: str) -> None:
    worker = HttpWorker(http, graph, {"upper": upper})
    await worker.register()
    waiting = asyncio.create_task(worker.poll(wait_seconds=20))
    run = await sdk.runs.create(None, graph, input={"text": "a"})
    (task,) = (await asyncio.wait_for(waiting, 15)).json()["tasks"]  # woken, long before it would have given up
    (lost,) = (await worker.poll(wait_seconds=0)).json()["tasks"]  # it says that it works on nothing
    assert lost == task
    assert (await worker.poll(wait_seconds=0, runs=[run["run_id"]])).json()["tasks"] == []
    assert (await worker.post(f"/workers/{worker.id}/heartbeat")).json()["runs"] == [run["run_id"]]
    await sdk.runs.cancel(run["thread_id"], run["run_id"])
    assert (await worker.post(f"/workers/{worker.id}/heartbeat")).json()["runs"] == []
    assert (await worker.report(task, "run_completed")).status_code == 409
    draining = await worker.post(f"/workers/{worker.id}/heartbeat", {"status": "draining"})
    assert draining.json()["status"] == "draining"
    await sdk.runs.create(None, graph, input={})
    assert (await worker.poll(wait_seconds=0)).json()["tasks"] == []
    await http.post("/runs/cancel", json={"status": "all"})


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "name"),
        ({"name": "w"}, "graph_definitions"),
        ({"name": "w", "capabilities": {"graphs": ["g"]}, "lease_seconds": 0}, "lease_seconds"),
        ({"name": "w", "capabilities": {"graphs": [""]}}, "capabilities.graphs.0"),
    ],
)
async def test_a_worker_that_makes_no_sense_is_refused(http: httpx.AsyncClient, body: Json, named: str) -> None:
    answer = await http.post("/workers/register", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(named)


async def test_reports_that_make_no_sense_are_refused(http: httpx.AsyncClient, graph: str) -> None:
    worker = HttpWorker(http, graph, {"upper": upper})
    await worker.register()
    nobody = {"run_id": str(uuid4()), "epoch": 1}
    assert (await worker.report(nobody, "run_completed")).status_code == 404
    assert (await worker.report(nobody, "run_exploded")).status_code == 422
    await http.post("/runs", json={"assistant_id": graph, "input": [1]})
    (task,) = (await worker.poll()).json()["tasks"]
    assert task["input"] == [1]
    for kind, data, field in (
        ("node_started", {}, "data.node_id"),
        ("values", {"values": 1}, "data.values"),
        ("frames", {}, "data.frames"),
        ("run_requires_action", {"state": 1}, "data.state"),
    ):
        answer = await worker.report(task, kind, **data)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(field)
    assert (await worker.report(task, "run_completed", output={"n": 1})).status_code == 200
    await worker.post(f"/workers/{worker.id}/deregister")


async def test_upstreams_own_package_serves_a_graph(sdk: LangGraphClient, acted_server: Server, graph: str) -> None:
    pytest.importorskip("duragraph")
    from duragraph import Graph, entrypoint, human_node, node
    from duragraph.worker import Worker

    @Graph(id=graph)  # type: ignore[untyped-decorator,unused-ignore]
    class Desk:
        @entrypoint
        @node()  # type: ignore[untyped-decorator,unused-ignore]
        def read(self, state: Json) -> Json:
            return {"words": len(state["text"].split())}

        @node()  # type: ignore[untyped-decorator,unused-ignore]
        async def sign(self, state: Json) -> Json:
            return {"signed": True}

        @human_node(prompt="Send it?")  # type: ignore[untyped-decorator,unused-ignore]
        def approve(self, state: Json) -> Json:
            return {}

        read >> sign >> approve

    desk: Any = Desk()
    url = acted_server.url.replace("://", f"://worker:{acted_server.token}@")  # all that it can be told of credentials
    worker = Worker(f"{url}duragraph", name="upstream", poll_interval=0.05)
    worker.register_graph(desk._get_definition(), instance=desk)
    working = asyncio.create_task(worker.arun())
    try:
        await soon(lambda: worker._worker_id, what="a registration")
        thread = (await sdk.threads.create())["thread_id"]
        answer = await sdk.runs.wait(thread, graph, input={"text": "three little words"})
        assert answer["words"] == 3
        assert answer["signed"] is True
        assert answer["__interrupt__"][0]["value"] == {"action_type": "human_review", "prompt": "Send it?"}
        assert (await sdk.threads.get_state(thread))["next"] == ["approve"]
        drawn = await sdk.assistants.get_graph(graph)
        pairs = {(edge["source"], edge["target"]) for edge in drawn["edges"]}
        assert pairs == {("__start__", "read"), ("read", "sign"), ("sign", "approve"), ("approve", "__end__")}
        failed = await sdk.runs.wait(None, graph, input={}, raise_error=False)
        assert failed == {"__error__": {"error": "Error", "message": "'text'"}}
    finally:
        worker.stop()
        await asyncio.wait_for(working, 40)
