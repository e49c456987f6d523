"""Programs over every kind of graph: through the server they come to what they come to in process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from conftest import GRAPHS
from langchain_core.messages import BaseMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.pregel import Pregel
from langgraph.types import Command
from langgraph_sdk.client import LangGraphClient


@dataclass(frozen=True)
class Turn:
    """One run on the thread: input, or an answer, or from an earlier checkpoint (`at`, 0 is the newest)."""

    input: Any = None
    resume: Any = None
    at: int | None = None
    goto: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def command(self) -> dict[str, Any] | None:
        given = {"resume": self.resume, "goto": self.goto}
        return {name: value for name, value in given.items() if value is not None} or None


def human(text: str, message_id: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text, "id": message_id}]}


PROGRAMS: dict[str, tuple[str, list[Turn]]] = {
    "chat with memory": ("chat", [Turn(human("one", "1")), Turn(human("two", "2")), Turn(human("three", "3"))]),
    "an agent with tools": ("agent", [Turn(human("add 20 and 22", "1")), Turn(human("hello", "2"))]),
    "map and reduce": ("jokes", [Turn({"topics": ["cats", "crocodiles", "ants"]}), Turn({"topics": ["a"]})]),
    "multi-agent hand-off": ("handoff", [Turn(human("where to?", "1")), Turn(human("which hotel?", "2"))]),
    "a subgraph that remembers": ("stateful", [Turn({"word": "a"}), Turn({"word": "b"}), Turn({"word": "c"})]),
    "a subgraph that forgets": ("stateless", [Turn({"word": "a"}), Turn({"word": "b"})]),
    "an agent in a crew in a team": ("team", [Turn(human("add 1 and 2", "1"))]),
    "the functional API": ("essay", [Turn("tea"), Turn(resume="yes"), Turn("cake"), Turn(resume="no")]),
    "the functional API, asynchronous": ("functional", [Turn([1, 2]), Turn([9, 9]), Turn(resume=5)]),
    "review in a loop": ("reviewed", [Turn({}), Turn(resume="bad"), Turn(resume="bad"), Turn(resume="good")]),
    "a question in a subgraph": ("nested", [Turn({"topic": "tea"}), Turn(resume="green")]),
    "a compiled breakpoint": ("breakpoints", [Turn({"count": 0}), Turn(), Turn({"count": 5}), Turn()]),
    "breakpoints before a node": ("chain", [Turn({"count": 0}, options={"interrupt_before": ["b"]}), Turn()]),
    "breakpoints after every node": (
        "chain",
        [Turn({"count": 0}, options={"interrupt_after": "*"}), Turn(options={"interrupt_after": "*"}), Turn()],
    ),
    "a dynamic route": ("router", [Turn({"count": 1}), Turn({"count": 2})]),
    "a jump": ("chain", [Turn({"count": 0}), Turn(goto="b")]),
    "time travel": ("chain", [Turn({"count": 0}), Turn({"count": 10}), Turn(at=2), Turn({"count": 1}, at=5)]),
    "another answer to an old question": ("single", [Turn({"topic": "tea"}), Turn(resume="a"), Turn(resume="b", at=2)]),
    "Pydantic state": ("order", [Turn({"item": "tea", "quantity": 4})]),
    "dataclass state": ("point", [Turn({"x": 3})]),
    "narrow input and output": ("narrow", [Turn({"text": "hi"})]),
}


class Place(Protocol):
    """Where a program runs."""

    async def run(self, turn: Turn) -> Any: ...
    async def seen(self) -> list[Any]: ...


class InProcess:
    """LangGraph alone, with its checkpointer in memory."""

    def __init__(self, graph: Pregel[Any, Any, Any, Any]) -> None:
        self.graph = graph.copy(update={"checkpointer": InMemorySaver()})
        self.config: Any = {"configurable": {"thread_id": "1"}}

    async def run(self, turn: Turn) -> Any:
        config = self.config
        if turn.at is not None:
            states = [state async for state in self.graph.aget_state_history(self.config)]
            config = states[turn.at].config
        given = Command(**turn.command) if turn.command else turn.input
        return plain(await self.graph.ainvoke(given, config, **turn.options))

    async def seen(self) -> list[Any]:
        states = [state async for state in self.graph.aget_state_history(self.config)]
        return [
            {
                "values": plain(state.values),
                "next": list(state.next),
                "source": state.metadata["source"],
                "step": state.metadata["step"],
                "asked": [plain(asked.value) for asked in state.interrupts],
            }
            for state in states
        ]


class Served:
    """Our server, by LangGraph's own client."""

    def __init__(self, client: LangGraphClient, graph: str, thread_id: str) -> None:
        self.client, self.graph, self.thread_id = client, graph, thread_id

    async def run(self, turn: Turn) -> Any:
        options = dict(turn.options)
        if turn.at is not None:
            history = await self.client.threads.get_history(self.thread_id, limit=100)
            options["checkpoint_id"] = history[turn.at]["checkpoint"]["checkpoint_id"]
        wanted = {"input": turn.input, "command": turn.command, **options}
        return plain(await self.client.runs.wait(self.thread_id, self.graph, **wanted))

    async def seen(self) -> list[Any]:
        return [
            {
                "values": plain(state["values"]),
                "next": state["next"],
                "source": state["metadata"]["source"],
                "step": state["metadata"]["step"],
                "asked": [plain(asked["value"]) for asked in state["interrupts"]],
            }
            for state in await self.client.threads.get_history(self.thread_id, limit=100)
        ]


def plain(value: Any) -> Any:
    """A value as JSON would show it; of messages only what is said, for their ids differ."""
    if isinstance(value, BaseMessage):
        value = value.model_dump()
    if isinstance(value, dict):
        if {"type", "content"} <= value.keys():
            calls = [(call["name"], call["args"]) for call in value.get("tool_calls") or ()]
            return value["type"], value["content"], calls
        return {name: plain(item) for name, item in value.items() if name != "__interrupt__"}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return value


@pytest.fixture(scope="module")
def module_path() -> Iterator[None]:
    sys.path.insert(0, str(GRAPHS))
    yield
    sys.path.remove(str(GRAPHS))


def load(name: str) -> Pregel[Any, Any, Any, Any]:
    import json

    path = json.loads((GRAPHS / "langgraph.json").read_text())["graphs"][name]
    module, _, attribute = path.removeprefix("./").partition(".py:")
    graph: Pregel[Any, Any, Any, Any] = getattr(importlib.import_module(module), attribute)
    return graph


@pytest.mark.usefixtures("module_path")
@pytest.mark.parametrize("name", PROGRAMS)
async def test_the_outcome_is_that_of_the_process(name: str, client: LangGraphClient) -> None:
    graph, turns = PROGRAMS[name]
    here = InProcess(load(graph))
    there = Served(client, graph, (await client.threads.create())["thread_id"])
    for number, turn in enumerate(turns):
        assert await there.run(turn) == await here.run(turn), f"turn {number}"
        assert await there.seen() == await here.seen(), f"turn {number}"
