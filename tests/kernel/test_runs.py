"""What becomes of runs: outcomes, events, interrupts, values that cannot be stored."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.events import CATALOGUE
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.queries.runs import executions, list_interrupts
from duragraph_ext.core.queries.state import get_state
from tests.api.graphs import pauses
from tests.kernel.platform import Platform, values
from tests.kernel.shapes import State, adds, chain, parent, two_nodes


async def test_a_run_is_told_event_by_event(platform: Platform) -> None:
    async with platform.worker({"linear": two_nodes().compile()}):
        outcome = await platform.wait("linear", {"xs": ["i"]}, thread_id=uuid.uuid4())
    assert (outcome.status, outcome.thread_status) == ("success", "idle")
    assert values(outcome) == {"xs": ["i", "a", "b"], "n": 1, "s": "t"}
    events = await platform.events(outcome.run_id)
    assert [event["type"] for event in events] == [
        "run.created",
        "run.started",
        "execution.node_started",
        "execution.node_completed",
        "execution.node_started",
        "execution.node_completed",
        "run.completed",
    ]
    assert [event["version"] for event in events] == list(range(1, 8))
    for event in events:
        CATALOGUE[event["type"]].model_validate(event["payload"])
    rows = await executions(platform.core, LOCAL, outcome.run_id)
    assert [(row["node"], row["step"], row["status"]) for row in rows] == [
        ("a", 1, "completed"),
        ("b", 2, "completed"),
    ]


async def test_nodes_of_subgraphs_are_told_with_their_namespace(platform: Platform) -> None:
    async with platform.worker({"parent": parent()}):
        outcome = await platform.wait("parent", {"xs": []}, thread_id=uuid.uuid4())
    rows = {row["node"]: row for row in await executions(platform.core, LOCAL, outcome.run_id)}
    assert {name: row["status"] for name, row in rows.items()} == {
        "a": "completed",
        "sub": "interrupted",
        "s1": "completed",
        "s2": "interrupted",
    }
    assert rows["s2"]["ns"] == f"sub:{rows['sub']['task_id']}"


async def test_a_failure_names_its_exception_and_keeps_what_was_done(platform: Platform) -> None:
    def bad(state: State) -> dict[str, Any]:
        raise ValueError("boom\x00\ud800")

    thread_id = uuid.uuid4()
    async with platform.worker({"bad": chain(State, ("a", adds("a")), ("bad", bad)).compile()}):
        outcome = await platform.wait("bad", {"xs": []}, thread_id=thread_id)
    error = jsonx.parse(jsonx.dumps(outcome.error))
    assert (outcome.status, outcome.thread_status, error["error"]) == ("error", "error", "ValueError")
    state = jsonx.parse(jsonx.dumps(await get_state(platform.core, LOCAL, thread_id)))
    assert (state["values"], state["next"]) == ({"xs": ["a"]}, ["bad"])
    assert state["tasks"][0]["error"].startswith("ValueError(")
    rows = {row["node"]: row["status"] for row in await executions(platform.core, LOCAL, outcome.run_id)}
    assert rows == {"a": "completed", "bad": "failed"}


async def test_a_pause_leaves_its_question_open_until_it_is_answered(platform: Platform) -> None:
    thread_id = uuid.uuid4()
    async with platform.worker({"single": pauses.single}):
        paused = await platform.wait("single", {"topic": "x"}, thread_id=thread_id)
        (asked,) = await list_interrupts(platform.core, LOCAL, "open", thread_id)
        answered = await platform.wait("single", thread_id=thread_id, command={"resume": "yes"})
    assert (paused.status, paused.thread_status) == ("success", "interrupted")
    assert values(paused)["__interrupt__"][0]["id"] == asked["interrupt_id"]
    assert asked["node"] == "ask"
    assert values(answered)["answers"] == ["prepared", "ask: yes", "finished"]
    assert await list_interrupts(platform.core, LOCAL, "open", thread_id) == []
    types = [event["type"] for event in await platform.events(paused.run_id)]
    assert types[-2:] == ["interrupt.created", "run.interrupted"]
    assert "interrupt.resolved" in [event["type"] for event in await platform.events(answered.run_id)]


async def test_of_several_questions_at_once_the_outcome_has_all(platform: Platform) -> None:
    async with platform.worker({"parallel": pauses.parallel}):
        outcome = await platform.wait("parallel", {"topic": "x"}, thread_id=uuid.uuid4())
    assert [asked["value"]["question"] for asked in values(outcome)["__interrupt__"]] == ["first", "second"]


async def test_breakpoints_pause_before_and_after(platform: Platform) -> None:
    async with platform.worker({"linear": two_nodes().compile()}):
        before = await platform.wait("linear", {"xs": []}, thread_id=uuid.uuid4(), interrupt_before=["b"])
        thread_id = uuid.uuid4()
        after = await platform.wait("linear", {"xs": []}, thread_id=thread_id, interrupt_after=["a"])
        resumed = await platform.wait("linear", None, thread_id=thread_id)
    assert (before.thread_status, after.thread_status, resumed.thread_status) == (
        "interrupted",
        "interrupted",
        "idle",
    )
    assert values(resumed)["xs"] == ["a", "b"]


async def test_a_run_that_takes_too_long_times_out(platform: Platform) -> None:
    async def sleep(state: State) -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    async with platform.worker({"slow": chain(State, ("s", sleep)).compile()}, run_timeout=0.3):
        outcome = await platform.wait("slow", {"xs": []}, thread_id=uuid.uuid4())
    assert (outcome.status, outcome.thread_status) == ("timeout", "error")
    rows = await executions(platform.core, LOCAL, outcome.run_id)
    assert [row["status"] for row in rows] == ["failed"]


@dataclass
class Settings:
    language: str = "en"


async def test_the_node_is_given_what_langgraphs_server_gives(platform: Platform) -> None:
    seen: dict[str, Any] = {}

    def look(state: State, config: RunnableConfig, runtime: Runtime[Settings]) -> dict[str, Any]:
        seen.update(config=config, context=runtime.context)
        return {}

    builder = StateGraph(State, context_schema=Settings)
    builder.add_node("look", look)
    builder.add_edge(START, "look")
    async with platform.worker({"look": builder.compile()}):
        outcome = await platform.wait(
            "look",
            {"xs": []},
            thread_id=uuid.uuid4(),
            config={"tags": ["t"], "configurable": {"language": "fr", "x": 1}},
            context={"language": "fr", "x": 1},
        )
    configurable, metadata = seen["config"]["configurable"], seen["config"]["metadata"]
    assert seen["context"] == Settings("fr")
    assert configurable["run_id"] == metadata["run_id"] == str(outcome.run_id)
    assert configurable["thread_id"] == metadata["thread_id"] == str(outcome.thread_id)
    assert (configurable["language"], configurable["x"], metadata["run_attempt"]) == ("fr", 1, 1)
    assert seen["config"]["tags"] == ["t"]


async def test_a_factory_makes_the_graph_of_each_run(platform: Platform) -> None:
    opened: list[str] = []

    @asynccontextmanager
    async def make(config: RunnableConfig) -> AsyncIterator[Any]:
        name = config["configurable"].get("who", "nobody")
        opened.append(name)
        yield chain(State, ("a", adds(name)))
        opened.append("closed")

    async with platform.worker({"made": make}):
        opened.clear()
        outcome = await platform.wait("made", {"xs": []}, config={"configurable": {"who": "me"}})
    assert values(outcome)["xs"] == ["me"]
    assert opened == ["me", "closed"]


async def test_sync_nodes_work_side_by_side(platform: Platform) -> None:
    meeting = threading.Barrier(4)

    def node(state: State) -> dict[str, Any]:
        meeting.wait(10)
        return {"xs": ["met"]}

    async with platform.worker({"meet": chain(State, ("n", node)).compile()}):
        outcomes = await asyncio.gather(*(platform.wait("meet", {"xs": []}) for _ in range(4)))
    assert {outcome.status for outcome in outcomes} == {"success"}


async def test_odd_values_are_stored_by_the_documented_map(platform: Platform) -> None:
    odd = {"nan": float("nan"), "bytes": b"\x00\xff", "nul": "a\x00b", "escaped": "\\u0000", "big": 2**70}
    thread_id = uuid.uuid4()
    async with platform.worker({"odd": chain(State, ("n", lambda _: {"xs": [odd]})).compile()}):
        outcome = await platform.wait("odd", {"xs": []}, thread_id=thread_id)
        again = await platform.wait("odd", {"xs": []}, thread_id=thread_id)
    shown = {"nan": None, "bytes": "AP8=", "nul": "a\x00b", "escaped": "\\u0000", "big": 2**70}
    assert values(outcome)["xs"] == [shown]
    assert values(again)["xs"] == [shown, shown]
    state = await get_state(platform.core, LOCAL, thread_id)
    assert jsonx.parse(jsonx.dumps(state))["values"]["xs"] == [shown, shown]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("\ud800", "lone surrogate"),
        (threading.Lock(), "lock"),
        (lambda: None, "function"),
        ((number for number in range(3)), "generator"),
    ],
    ids=["surrogate", "lock", "lambda", "generator"],
)
async def test_a_value_that_cannot_be_stored_fails_its_run_alone(platform: Platform, value: Any, reason: str) -> None:
    thread_id = uuid.uuid4()
    graph = chain(State, ("a", adds("a")), ("bad", lambda _: {"xs": [value]})).compile()
    async with platform.worker({"bad": graph}):
        outcome = await platform.wait("bad", {"xs": []}, thread_id=thread_id)
        kept = await get_state(platform.core, LOCAL, thread_id)
    error = jsonx.parse(jsonx.dumps(outcome.error))
    assert outcome.status == "error"
    assert '"xs"' in error["message"]
    assert reason in error["message"]
    assert jsonx.parse(jsonx.dumps(kept))["values"] == {"xs": ["a"]}


async def test_too_deep_a_value_fails_its_run(platform: Platform) -> None:
    deep: Any = []
    for _ in range(2000):
        deep = [deep]
    async with platform.worker({"deep": chain(State, ("n", lambda _: {"xs": deep})).compile()}):
        outcome = await platform.wait("deep", {"xs": []})
    assert outcome.status == "error"
    assert "nested too deep" in jsonx.parse(jsonx.dumps(outcome.error))["message"]


async def test_rows_that_the_database_refuses_fail_the_run(platform: Platform) -> None:
    graphs = {
        "odd": chain(State, ("a", adds("a")), ("no\x00de", adds("b"))).compile(),
        "fine": chain(State, ("a", adds("a"))).compile(),
    }
    async with platform.worker(graphs):
        odd, fine = await asyncio.gather(
            platform.wait("odd", {"xs": []}, thread_id=uuid.uuid4()), platform.wait("fine", {"xs": []})
        )
        run_id, frames = await platform.stream("odd", {"xs": []}, thread_id=uuid.uuid4())
    assert (odd.status, odd.thread_status, fine.status) == ("error", "error", "success")
    assert (await platform.run(run_id))["status"] == "error"
    assert frames.events[-1][0] == "error"
