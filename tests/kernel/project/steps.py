"""Graphs that write down every call of a node, for tests that kill their worker."""

import asyncio
import operator
import os
import time
from typing import Annotated, Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


class State(TypedDict, total=False):
    trail: Annotated[list[str], operator.add]


def note(name: str) -> None:
    with open(os.environ["CALLS"], "a") as calls:
        calls.write(f"{name}\n")


def waits(name: str) -> None:
    """Wait until the test says that the node may end."""
    while not os.path.exists(f"{os.environ['CALLS']}.{name}"):
        time.sleep(0.01)


def sync(name: str, *, gate: bool = False) -> Any:
    def node(state: State) -> dict[str, Any]:
        note(name)
        if gate:
            waits(name)
        return {"trail": [name]}

    return node


def asynchronous(name: str, *, gate: bool = False) -> Any:
    async def node(state: State) -> dict[str, Any]:
        note(name)
        if gate:
            await asyncio.to_thread(waits, name)
        return {"trail": [name]}

    return node


def line(make: Any) -> StateGraph:
    builder = StateGraph(State)
    for name in ("one", "two", "three"):
        builder.add_node(name, make(name, gate=name == "two"))
    builder.add_edge(START, "one")
    builder.add_edge("one", "two")
    builder.add_edge("two", "three")
    return builder


sync_line = line(sync).compile()
async_line = line(asynchronous).compile()

fan_builder = StateGraph(State)
fan_builder.add_node("one", sync("one"))
fan_builder.add_node("left", sync("left"))
fan_builder.add_node("two", sync("two", gate=True))
fan_builder.add_node("three", sync("three"))
fan_builder.add_edge(START, "one")
fan_builder.add_edge("one", "left")
fan_builder.add_edge("one", "two")
fan_builder.add_edge(["left", "two"], "three")
fan = fan_builder.compile()

nested_builder = StateGraph(State)
nested_builder.add_node("sub", line(sync).compile())
nested_builder.add_node("after", sync("after"))
nested_builder.add_edge(START, "sub")
nested_builder.add_edge("sub", "after")
nested = nested_builder.compile()


def ask(state: State) -> dict[str, Any]:
    note("ask")
    answer = interrupt("go on?")
    waits("two")
    return {"trail": [answer]}


asking_builder = StateGraph(State)
asking_builder.add_node("one", sync("one"))
asking_builder.add_node("ask", ask)
asking_builder.add_edge(START, "one")
asking_builder.add_edge("one", "ask")
asking = asking_builder.compile()
