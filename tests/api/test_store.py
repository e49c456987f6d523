"""The store over HTTP and in nodes: memory between runs, meaning, times, and values of every kind."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from langgraph_sdk import get_sync_client

from duragraph_ext.embedded import read_facts
from tests.support.server import Server
from tests.support.waiting import eventually

GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph
from langgraph.store.base import BaseStore

class Said(TypedDict, total=False):
    text: str
    recalled: list[str]

async def chat(state: Said, *, store: BaseStore) -> Said:
    found = await store.asearch(("memories",), query=state["text"], limit=1)
    await store.aput(("memories",), state["text"], {"text": state["text"]})
    return {"recalled": [item.value["text"] for item in found]}

builder = StateGraph(Said)
builder.add_node("chat", chat)
builder.add_edge(START, "chat")
graph = builder.compile()
"""
PROJECT = {
    "dependencies": ["."],
    "graphs": {"chat": "./memory_graph.py:graph"},
    "store": {
        "index": {"embed": "duragraph:hash", "dims": 256, "fields": ["text"]},
        "ttl": {"default_ttl": 60, "refresh_on_read": False, "sweep_interval_minutes": 0.005},
    },
}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def server(module_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server whose store has an index, a default time to live and a busy sweeper."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "memory_graph.py").write_text(GRAPH)
    (folder / "langgraph.json").write_text(json.dumps(PROJECT))
    return module_server(config=folder / "langgraph.json")


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def sql(server: Server, statement: str) -> list[Any]:
    facts = read_facts(server.data_dir)
    assert facts is not None
    with psycopg.connect(facts.dsn, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_graph_remembers_across_threads_and_the_sdk_sees_it(server: Server) -> None:
    with get_sync_client(url=server.api_url, api_key=server.token) as client:
        for text in ("I love pizza with olives", "My cat is called Schrödinger"):
            client.runs.wait(None, "chat", input={"text": text})
        thread = client.threads.create()["thread_id"]
        answer: Any = client.runs.wait(thread, "chat", input={"text": "what is my cat called?"})
        assert answer["recalled"] == ["My cat is called Schrödinger"]
        found = client.store.search_items(("memories",), query="olives on a pizza", limit=2)["items"]
        assert found[0]["value"] == {"text": "I love pizza with olives"}
        assert found[0]["score"] > found[1]["score"]  # type: ignore[typeddict-item]
        client.store.put_item(("memories",), "more", {"text": "Trains to Vienna leave at nine"})
        answer = client.runs.wait(None, "chat", input={"text": "train to vienna"})
        assert answer["recalled"] == ["Trains to Vienna leave at nine"]
        assert client.store.list_namespaces(prefix=["memories"])["namespaces"] == [["memories"]]


def test_what_expires_is_not_shown_and_then_deleted(server: Server, http: httpx.Client) -> None:
    for key, more in (("default", {}), ("own", {"ttl": 5}), ("ever", {"ttl": None})):
        http.put("/store/items", json={"namespace": ["times"], "key": key, "value": {}, **more}).raise_for_status()
    rows = sql(server, "SELECT key, ttl_minutes FROM store_items WHERE namespace = 'times'")
    assert dict(rows) == {"default": 60, "own": 5, "ever": None}
    short = {"namespace": ["times"], "key": "short", "value": {}, "ttl": 0.01}
    http.put("/store/items", json=short).raise_for_status()
    name = {"namespace": "times", "key": "short"}
    assert eventually(lambda: http.get("/store/items", params=name).json() is None)
    gone = "SELECT 1 FROM store_items WHERE key = 'short'"
    eventually(lambda: not sql(server, gone), what="the sweeper")
    assert "duragraph_store_expired_total 1.0" in http.get("/metrics").text


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"namespace": ["a"], "key": "k", "value": {"x": NaN}}', "JSON"),
        (b'{"namespace": ["a"], "key": "k", "value": {"x": 1e999}}', "JSON"),
        (b'{"namespace": ["a"], "key": "k", "value": {"x": "\\ud800"}}', "JSON"),
        (b'{"namespace": ["a"], "key": "k", "value": {"x": ["\\u0000"]}}', "value.x[0]"),
        (b'{"namespace": ["a\\u0000"], "key": "k", "value": {}}', "namespace[0]"),
        (b'{"namespace": ["a"], "key": "\\u0000", "value": {}}', "key"),
        (b'{"namespace": ["a"], "key": "k", "value": {}, "ttl": 1e300}', "ttl"),
        (b'{"namespace": ["a"], "key": "k", "value": {}, "index": [""]}', "index"),
        (b'{"namespace": ["a"], "key": "k", "value": {"x": ' + b"[" * 500 + b"]" * 500 + b"}}", "value"),
    ],
)
def test_what_cannot_be_kept_is_refused(http: httpx.Client, content: bytes, field: str) -> None:
    answer = http.put("/store/items", content=content, headers=JSON)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/store/items/search", {"limit": -1}, "limit"),
        ("/store/items/search", {"offset": -1}, "offset"),
        ("/store/items/search", {"filter": {"a": {"$gt": None}}}, "filter.a.$gt"),
        ("/store/items/search", {"filter": {"a\0": 1}}, "filter"),
        ("/store/items/search", {"namespace_prefix": ["a" * 1001]}, "namespace_prefix"),
        ("/store/namespaces", {"max_depth": 0}, "max_depth"),
        ("/store/namespaces", {"limit": -1}, "limit"),
        ("/store/namespaces", {"prefix": ["%", ""]}, "prefix"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    http: httpx.Client, path: str, body: dict[str, Any], field: str
) -> None:
    answer = http.post(path, json=body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["detail"]


def test_items_are_answered_as_they_were_put(http: httpx.Client) -> None:
    value = {"z": 1, "a": {"ü": [1.0, 1e20, -0.0, 2**53, "\\u0000", None, True]}, "": {}, "'; --": "%s {at}"}
    key = "' \" % _ {} \\ ; -- $eq"
    http.put("/store/items", json={"namespace": ["odd"], "key": key, "value": value}).raise_for_status()
    answer = http.get("/store/items", params={"namespace": "odd", "key": key})
    assert answer.json()["value"] == value
    assert list(answer.json()["value"]) == list(value)
    body = {"namespace_prefix": ["odd"], "filter": value}
    assert [item["key"] for item in http.post("/store/items/search", json=body).json()["items"]] == [key]


def test_an_empty_search_lists_everything(http: httpx.Client) -> None:
    http.put("/store/items", json={"namespace": ["all"], "key": "k", "value": {}}).raise_for_status()
    for body in ({}, {"namespace_prefix": None}, {"namespace_prefix": []}, {"limit": 0}):
        items = http.post("/store/items/search", json=body).json()["items"]
        assert items[0]["namespace"] == ["all"]
        assert items[0]["score"] is None
