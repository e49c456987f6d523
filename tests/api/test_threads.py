"""What threads do beyond the recorded conversations: expiry, odd values, races, factories, and no worker."""

import asyncio
from typing import Any

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient
from langgraph_sdk.errors import ConflictError

from tests.support.acting import GRAPH, ActingWorker
from tests.support.server import Server


def test_a_time_to_live_is_set_shown_and_changed(sync_client: SyncLangGraphClient, http: httpx.Client) -> None:
    thread_id = sync_client.threads.create(ttl=90)["thread_id"]
    shown = sync_client.threads.get(thread_id, include=["ttl"])
    assert (shown["ttl"]["strategy"], shown["ttl"]["ttl_minutes"]) == ("delete", 90)
    assert "ttl" not in sync_client.threads.get(thread_id)
    sync_client.threads.update(thread_id, metadata={}, ttl={"ttl": 5, "strategy": "keep_latest"})
    changed = sync_client.threads.get(thread_id, include=["ttl"])["ttl"]
    assert (changed["strategy"], changed["ttl_minutes"]) == ("keep_latest", 5)
    assert changed["expires_at"] < shown["ttl"]["expires_at"]
    for ttl in ({"ttl": 0}, {"ttl": -1}, {"strategy": "delete"}, {"ttl": 1e12}, {"ttl": 5, "strategy": "x"}, 5):
        answer = http.post("/threads", json={"ttl": ttl})
        assert (answer.status_code, answer.json()["detail"][:3]) == (422, "ttl")


def test_values_that_jsonb_cannot_hold_are_searched_around(
    sync_client: SyncLangGraphClient, http: httpx.Client
) -> None:
    mine = {"group": "odd values"}
    for topic in ("plain", "later odd"):
        thread = sync_client.threads.create(metadata=mine)["thread_id"]
        sync_client.runs.wait(thread, "single", input={"topic": topic})
    found = sync_client.threads.search(metadata=mine, values={"topic": "plain"})
    assert [thread["values"]["topic"] for thread in found] == ["plain"]
    assert http.post("/threads/count", json={"metadata": mine, "values": {"answers": []}}).json() == 2
    assert sync_client.threads.count(metadata=mine, values={"answers": ["prepared"]}) == 2


async def test_updates_and_runs_on_one_thread_come_one_after_another(client: LangGraphClient) -> None:
    thread_id = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread_id, "chain", input={"count": 0})

    async def update() -> int:
        try:
            await client.threads.update_state(thread_id, {"trail": ["u"]}, as_node="c")
        except ConflictError:
            return 0
        return 1

    async def run() -> Any:
        return await client.runs.wait(thread_id, "chain", input={"trail": ["r"]})

    answers = await asyncio.gather(*(update() if number % 3 else run() for number in range(12)))
    updates = sum(answer for answer in answers if isinstance(answer, int))
    trail = (await client.threads.get_state(thread_id))["values"]["trail"]
    assert trail.count("u") == updates
    assert trail.count("r") == 4
    assert "".join(trail).replace("u", "") == "abc" + "rabc" * 4
    assert (await client.threads.get(thread_id))["status"] == "idle"


def test_a_thread_is_created_with_its_state_or_not_at_all(sync_client: SyncLangGraphClient, http: httpx.Client) -> None:
    thread_id = "6f7f0f4e-1111-4000-8000-000000000001"
    wrong = [{"updates": [{"values": {"count": 1}, "as_node": "nobody"}]}]
    body = {"thread_id": thread_id, "metadata": {"graph_id": "chain"}, "supersteps": wrong}
    assert http.post("/threads", json=body).status_code == 400
    assert http.get(f"/threads/{thread_id}").status_code == 404
    right = [{"updates": [{"values": {"count": 1}, "as_node": "a"}]}]
    assert http.post("/threads", json={**body, "supersteps": right}).status_code == 200
    assert http.post("/threads", json={**body, "supersteps": right}).status_code == 409
    unknown = http.post("/threads", json={"metadata": {"graph_id": "nowhere"}, "supersteps": right})
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "Graph with ID nowhere not found")


@pytest.mark.parametrize("values", [{"trail": 5}, {"count": "\ud7ff"}, {"trail": [None, 2**80]}])
def test_what_a_reducer_makes_of_a_value_is_never_a_500(
    sync_client: SyncLangGraphClient, http: httpx.Client, values: Any
) -> None:
    thread_id = sync_client.threads.create()["thread_id"]
    sync_client.runs.wait(thread_id, "chain", input={"count": 0})
    answer = http.post(f"/threads/{thread_id}/state", json={"values": values, "as_node": "a"})
    assert answer.status_code in (200, 400, 422)
    assert http.get(f"/threads/{thread_id}/state").status_code == 200


def test_a_thread_is_read_although_its_graph_refused_what_was_written(http: httpx.Client) -> None:
    path = f"/threads/{http.post('/threads', json={}).json()['thread_id']}"
    refused = http.post(f"{path}/runs/wait", json={"assistant_id": "typed", "input": {"text": 3}}).json()
    assert refused["__error__"]["error"] == "ValidationError"
    assert http.get(f"{path}/state").json()["values"] == {"text": 3}
    assert [state["metadata"]["source"] for state in http.get(f"{path}/history?limit=9").json()] == ["loop", "input"]
    assert http.get(path).json()["status"] == "error"


def test_a_factory_is_described_with_the_assistant_s_configuration(sync_client: SyncLangGraphClient) -> None:
    plain = sync_client.assistants.create("greeter")
    named = sync_client.assistants.create("greeter", config={"configurable": {"name": "ada"}})
    graphs = [sync_client.assistants.get_graph(a["assistant_id"]) for a in (plain, named)]
    assert graphs[0] == graphs[1]
    schemas = [sync_client.assistants.get_schemas(a["assistant_id"]) for a in (plain, named)]
    assert schemas[0] == schemas[1]
    assert sync_client.assistants.get_subgraphs(named["assistant_id"]) == {}


async def test_without_a_worker_that_answers_it_is_said(acting: ActingWorker, acted_server: Server) -> None:
    with acted_server.client() as http:
        thread_id = http.post("/threads", json={"metadata": {"graph_id": GRAPH}}).json()["thread_id"]
        answer = await asyncio.to_thread(http.post, f"/threads/{thread_id}/state", json={"values": {}})
    assert (answer.status_code, answer.json()["detail"]) == (503, f"no worker serves graph {GRAPH}")
    assert answer.headers["retry-after"] == "1"
