"""The store in nodes: the owner's memory across runs, sync and async, and nothing from a worker that lost its run."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from duragraph_kernel.embedding import make_embedder
from duragraph_kernel.jsontext import Unstorable
from duragraph_kernel.project import Project
from duragraph_kernel.store import RunStore
from langchain_core.messages import AIMessage
from langgraph.config import get_store
from langgraph.func import entrypoint
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime
from langgraph.store.base import BaseStore, GetOp, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore
from typing_extensions import TypedDict

from duragraph_ext.core import jsonx
from duragraph_ext.core.commands.index import open_index
from duragraph_ext.core.commands.items import ItemWrite, write_items
from duragraph_ext.core.domain.errors import Fenced, Invalid, Unavailable
from duragraph_ext.core.domain.items import Fence, IndexSettings, StoreSettings
from duragraph_ext.core.domain.principal import LOCAL, Principal
from duragraph_ext.core.embedding import EmbeddingFailed
from duragraph_ext.core.eventstore.leases import EXPIRE
from duragraph_ext.core.queries.embedding import AskingEmbedder
from duragraph_ext.core.queries.items import ItemSearch, get_item, search_items
from tests.kernel.platform import Platform, values
from tests.support.waiting import soon

MEMORY = ("memory", "ada")


class Said(TypedDict, total=False):
    text: str
    seen: list[Any]
    found: list[Any]


def graph(node: Callable[..., Any], **compiled: Any) -> Any:
    builder = StateGraph(Said)
    builder.add_node("node", node)
    builder.add_edge(START, "node")
    return builder.compile(**compiled)


async def remember(state: Said, *, store: BaseStore) -> Said:
    seen = sorted(item.value["text"] for item in await store.asearch(MEMORY, limit=100))
    await store.aput(MEMORY, state["text"], {"text": state["text"]})
    item = await store.aget(MEMORY, state["text"])
    assert item is not None
    return {"seen": seen, "found": [item.namespace == MEMORY, item.value]}


def remember_sync(state: Said, runtime: Runtime) -> Said:
    store = runtime.store
    assert store is not None
    seen = sorted(item.value["text"] for item in store.search(MEMORY, limit=100))
    store.put(MEMORY, state["text"], {"text": state["text"]})
    return {"seen": seen, "found": [store.list_namespaces(max_depth=1), store.get(MEMORY, "nothing")]}


def subgraph_node(state: Said) -> Said:
    return {"seen": [item.key for item in get_store().search(())]}


@entrypoint()
async def functional(text: str, *, store: BaseStore) -> list[str]:
    await store.aput(MEMORY, text, {"text": text})
    return sorted(item.key for item in await store.asearch(MEMORY))


async def test_what_one_run_remembers_the_next_one_knows(platform: Platform) -> None:
    own_store = InMemoryStore()
    graphs = {
        "async": graph(remember, store=own_store),
        "sync": graph(remember_sync),
        "nested": graph(graph(subgraph_node)),
        "functional": functional,
    }
    async with platform.worker(graphs):
        first = values(await platform.wait("async", {"text": "a"}))
        assert (first["seen"], first["found"]) == ([], [True, {"text": "a"}])
        second = values(await platform.wait("sync", {"text": "b"}, thread_id=uuid.uuid4()))
        assert (second["seen"], second["found"]) == (["a"], [[["memory"]], None])
        assert sorted(values(await platform.wait("nested", {}))["seen"]) == ["a", "b"]
        assert values(await platform.wait("functional", "c")) == ["a", "b", "c"]
    found = await search_items(platform.core, LOCAL, ItemSearch(MEMORY))
    assert sorted(row["key"] for row in found) == ["a", "b", "c"]
    assert await search_items(platform.core, Principal("default", "other"), ItemSearch()) == []
    assert own_store.search(()) == []


async def test_a_run_sees_only_its_owners_items(platform: Platform) -> None:
    other = Principal("default", "other")
    await write_items(platform.core, other, [ItemWrite(MEMORY, "x", {}, '{"text":"x"}')])
    async with platform.worker({"async": graph(remember)}):
        assert values(await platform.wait("async", {"text": "a"}))["seen"] == []


async def test_a_write_of_a_worker_that_lost_its_run_changes_nothing(platform: Platform) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()
    late: list[asyncio.Task[None]] = []

    async def slow(state: Said, *, store: BaseStore) -> Said:
        await store.aput(MEMORY, "k", {"by": "first"})
        inside.set()
        try:
            await go_on.wait()
        except asyncio.CancelledError:
            late.append(asyncio.create_task(store.aput(MEMORY, "k", {"by": "stale"})))
            raise
        return {}

    ended = asyncio.Event()
    async with platform.worker({"slow": graph(slow)}, quit=lambda _: ended.set()) as worker:
        run_id = uuid.uuid4()
        await platform.start("slow", {}, run_id=run_id)
        await asyncio.wait_for(inside.wait(), 20)
        (execution,) = list(worker._slots)
        await platform.core.db.execute(
            "UPDATE event_streams SET epoch = epoch + 1 WHERE stream_id = %s", (execution.claim.run_id,)
        )
        execution.cancel(ended=False)
        (write,) = await soon(lambda: late)
        with pytest.raises(Fenced):
            await asyncio.wait_for(write, 10)
        await platform.core.db.execute(EXPIRE.replace("$1", "%s"), (worker.worker_id,))
    item = await get_item(platform.core, LOCAL, MEMORY, "k")
    assert item is not None
    assert jsonx.parse(item["value"]) == {"by": "first"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"x": float("nan")}, "value.x: nan is not JSON"),
        ({"x": ["\0"]}, "value.x[0]"),
        ({"x": "\ud800"}, "lone surrogate"),
        ({"x": 2**70}, "64 bits"),
        ({"x": lambda: None}, "no JSON form"),
        ("text", "must be a dict"),
    ],
)
async def test_a_value_that_cannot_be_kept_fails_its_node(platform: Platform, value: Any, text: str) -> None:
    store = RunStore(platform.core, LOCAL, Fence(uuid.uuid4(), 1))
    with pytest.raises((Invalid, Unstorable)) as raised:
        await store.aput(MEMORY, "k", value)
    assert text in str(raised.value)


async def test_values_are_kept_as_they_are_shown(platform: Platform) -> None:
    async def keeps(state: Said, *, store: BaseStore) -> Said:
        await store.aput(MEMORY, "k", {"message": AIMessage("hi"), "n": 2**60, "none": None, "f": 1e20})
        item = await store.aget(MEMORY, "k")
        assert item is not None
        return {"found": [item.value["message"]["content"], item.value["n"], item.value["none"], item.value["f"]]}

    async with platform.worker({"keeps": graph(keeps)}):
        assert values(await platform.wait("keeps", {}))["found"] == ["hi", 2**60, None, 1e20]


async def test_many_ops_in_one_batch(platform: Platform) -> None:
    async def batches(state: Said, *, store: BaseStore) -> Said:
        await store.abatch([PutOp(MEMORY, str(n), {"n": n}) for n in range(100)] + [PutOp(MEMORY, "1", {"n": -1})])
        await asyncio.gather(*(store.adelete(MEMORY, str(n)) for n in range(50, 100)))
        got = await store.abatch([GetOp(MEMORY, "1"), GetOp(MEMORY, "77"), SearchOp(MEMORY, {"n": {"$gt": 47}})])
        one, gone, found = got
        return {"found": [one.value, gone, sorted(item.key for item in found)]}  # type: ignore[union-attr]

    async with platform.worker({"batches": graph(batches)}):
        assert values(await platform.wait("batches", {}))["found"] == [{"n": -1}, None, ["48", "49"]]


async def test_a_sync_call_on_the_workers_loop_says_what_to_do(platform: Platform) -> None:
    store = RunStore(platform.core, LOCAL, Fence(uuid.uuid4(), 1))
    with pytest.raises(asyncio.InvalidStateError, match="await store"):
        store.get(MEMORY, "k")


async def test_times_to_live_follow_the_settings(platform: Platform) -> None:
    async def keeps(state: Said, *, store: BaseStore) -> Said:
        await store.aput(MEMORY, "default", {})
        await store.aput(MEMORY, "own", {}, ttl=5)
        await store.aput(MEMORY, "ever", {}, ttl=None)
        return {}

    async with platform.worker({"keeps": graph(keeps)}, store=StoreSettings(default_ttl=60)):
        await platform.wait("keeps", {})
    rows = await platform.core.db.fetch("SELECT key, ttl_minutes FROM store_items")
    assert {row["key"]: row["ttl_minutes"] for row in rows} == {"default": 60, "own": 5, "ever": None}


EMBEDDING = """
CALLS = []

async def letters(texts):
    CALLS.append(len(texts))
    return [[text.count(letter) + 0.01 for letter in "abcd"] for text in texts]

def wrong(texts):
    return [[1.0]] * len(texts)

def broken(texts):
    raise RuntimeError("no luck")
"""


@pytest.fixture
def project(tmp_path: Any) -> Project:
    (tmp_path / "embedding_of_test.py").write_text(EMBEDDING)
    return Project(tmp_path, {})


def by(function: str) -> IndexSettings:
    return IndexSettings(f"./embedding_of_test.py:{function}", 4, ("text",))


async def test_nodes_and_the_server_search_by_the_projects_own_embedding(platform: Platform, project: Project) -> None:
    async def searches(state: Said, *, store: BaseStore) -> Said:
        await store.abatch([PutOp(MEMORY, text, {"text": text}) for text in ("aaa", "bbb", "ccc", "dad")])
        found = await store.asearch(MEMORY, query="bb", limit=2)
        return {"found": [(item.key, round(item.score or 0, 1)) for item in found]}

    settings = by("letters")
    async with platform.worker({"searches": graph(searches)}, project=project, store=StoreSettings(settings)):
        assert values(await platform.wait("searches", {}))["found"][0] == ["bbb", 1.0]
        core, graph_id = platform.core, platform.graph_id("searches")
        await open_index(core, AskingEmbedder(core, settings, ["no such graph", graph_id]))
        put = [ItemWrite(MEMORY, str(n), {"text": "ddd"}, '{"text":"ddd"}') for n in range(3)]
        await write_items(core, LOCAL, put)
        found = await search_items(core, LOCAL, ItemSearch(MEMORY, query="d", limit=4))
        assert {row["key"] for row in found[:3]} == {"0", "1", "2"}
        assert found[3]["key"] == "dad"
        elsewhere = AskingEmbedder(core, IndexSettings("other:model", 4), [graph_id])
        with pytest.raises(Unavailable, match="other:model"):
            await elsewhere.query("d")
    with pytest.raises(Unavailable, match="no worker serves"):
        await search_items(core, LOCAL, ItemSearch(query="d"))


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        (by("wrong"), EmbeddingFailed, "1 dimensions, not 4"),
        (by("broken"), EmbeddingFailed, "RuntimeError: no luck"),
        (by("missing"), Unavailable, 'no attribute "missing"'),
        (IndexSettings("./nowhere.py:f", 4), Unavailable, "no such file"),
        (IndexSettings("nobody:model", 4), Unavailable, "nobody:model"),
    ],
)
async def test_an_embedding_that_does_not_work_says_why(
    project: Project, settings: IndexSettings, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        await make_embedder(settings, project).documents(["x"])
