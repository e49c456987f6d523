"""Questions to workers: one of those that serve a graph answers, errors arrive as what they were, draining ends it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from duragraph_kernel import worker as worker_module
from duragraph_kernel.answering import Question
from duragraph_kernel.questions import QUESTIONS

from duragraph_ext.core.domain.errors import Conflict, DuragraphError, GraphError, Invalid, NotFound, Unavailable
from duragraph_ext.core.messaging.asking import ask
from tests.kernel.platform import Platform
from tests.kernel.shapes import State, adds, chain, two_nodes
from tests.support.waiting import soon


def factory(config: Any) -> Any:
    name = config["configurable"].get("node")
    if name is None:
        raise LookupError("this graph needs a node")
    return chain(State, (name, adds(name))).compile()


async def echo(question: Question) -> Mapping[str, Any]:
    graph = question.graph.graph_id if question.graph else None
    return {"tenant": question.tenant_id, "graph": graph, **question.body}


async def wait(question: Question) -> Mapping[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


ERRORS: dict[str, Exception] = {
    "invalid": Invalid("values", "must be better"),
    "missing": NotFound("thread", "x"),
    "conflict": Conflict("busy"),
    "plain": ValueError("boom"),
}


async def fail(question: Question) -> Mapping[str, Any]:
    raise ERRORS[question.body["with"]]


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = {**QUESTIONS, "echo": echo, "wait": wait, "fail": fail}
    monkeypatch.setattr(worker_module, "QUESTIONS", handlers)


async def test_a_worker_answers_for_its_graph_and_for_any(platform: Platform) -> None:
    async with platform.worker({"two": two_nodes().compile()}):
        named = platform.graph_id("two")
        assert await ask(platform.core, "default", named, "echo", {"a": 1}) == {
            "tenant": "default", "graph": named, "a": 1,
        }  # fmt: skip
        assert (await ask(platform.core, "te_2", None, "echo", {}))["tenant"] == "te_2"


async def test_one_of_two_workers_answers(platform: Platform) -> None:
    answered: list[str] = []

    async def note(question: Question) -> Mapping[str, Any]:
        answered.append(question.body["n"])
        return {}

    graphs = {"two": two_nodes().compile()}
    worker_module.QUESTIONS["note"] = note  # type: ignore[index]  # the test's own dictionary
    async with platform.worker(graphs), platform.worker(graphs):
        for number in range(10):
            await ask(platform.core, "default", platform.graph_id("two"), "note", {"n": str(number)})
    assert sorted(answered) == sorted({str(number) for number in range(10)})


async def test_nobody_there_is_said_at_once(platform: Platform) -> None:
    with pytest.raises(Unavailable, match="no worker serves graph nowhere"):
        await ask(platform.core, "default", f"nowhere-{uuid.uuid4().hex}", "echo", {}, timeout=60)


async def test_errors_arrive_as_what_they_were(platform: Platform) -> None:
    expected: dict[str, tuple[type[DuragraphError], str]] = {
        "invalid": (Invalid, "values: must be better"),
        "missing": (NotFound, "Thread with ID x not found"),
        "conflict": (Conflict, "busy"),
        "plain": (GraphError, "ValueError: boom"),
    }
    async with platform.worker({"two": two_nodes().compile(), "made": factory}):
        for name, (kind, words) in expected.items():
            with pytest.raises(kind) as caught:
                await ask(platform.core, "default", platform.graph_id("two"), "fail", {"with": name})
            assert (type(caught.value), str(caught.value)) == (kind, words)
        with pytest.raises(Invalid, match="knows no question"):
            await ask(platform.core, "default", platform.graph_id("two"), "what?", {})
        with pytest.raises(Invalid, match="larger than"):
            await ask(platform.core, "default", platform.graph_id("two"), "echo", {"x": "x" * (8 << 20)})


async def test_a_question_has_a_deadline_and_keeps_no_run(platform: Platform) -> None:
    async with platform.worker({"two": two_nodes().compile()}):
        named = platform.graph_id("two")
        waiting = [asyncio.create_task(ask(platform.core, "default", named, "wait", {}, timeout=3)) for _ in range(20)]
        assert (await platform.wait("two", {"xs": []})).status == "success"
        for late in waiting:
            with pytest.raises(Unavailable, match="did not answer within"):
                await late
        assert await ask(platform.core, "default", named, "echo", {"still": "there"})


async def test_a_draining_worker_is_asked_no_more(platform: Platform) -> None:
    gate = asyncio.Event()

    async def held(state: State) -> dict[str, Any]:
        await gate.wait()
        return {}

    async with platform.worker({"held": chain(State, ("held", held)).compile()}) as worker:
        named = platform.graph_id("held")
        await platform.start("held", {"xs": []})
        await soon(lambda: worker.status()["runs"])
        await worker.drain()
        with pytest.raises(Unavailable, match="no worker serves"):
            await ask(platform.core, "default", named, "echo", {})
        gate.set()


async def test_a_stopping_worker_says_so_to_those_who_wait(platform: Platform) -> None:
    async with platform.worker({"two": two_nodes().compile()}) as worker:
        named = platform.graph_id("two")
        waiting = asyncio.create_task(ask(platform.core, "default", named, "wait", {}, timeout=30))
        await ask(platform.core, "default", named, "echo", {})
        worker.stop()
        with pytest.raises(Unavailable, match="the worker stops"):
            await waiting


async def test_a_factory_is_described_under_a_configuration(platform: Platform) -> None:
    plain = {"configurable": {"node": "deep"}}
    with_default = {"made": lambda config: factory({"configurable": {"node": "d", **config["configurable"]}})}
    async with platform.worker(with_default):
        described = await ask(platform.core, "default", platform.graph_id("made"), "describe", {"config": plain})
    assert [node["id"] for node in described["graph"]["0"]["nodes"]] == ["__start__", "deep", "__end__"]
    assert described["schemas"]["state_schema"]["properties"].keys() == {"xs", "n", "s"}
