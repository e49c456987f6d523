"""Five nodes that each leave one line of effect, in many shapes; `hold` names a node that waits for a file."""

import asyncio
import contextlib
import ctypes
import operator
import os
import signal
import time
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt


class State(TypedDict, total=False):
    log: str
    hold: str
    trail: Annotated[list[str], operator.add]


def effect(state: State, name: str) -> None:
    """One line a call: node, process and time."""
    with Path(state["log"]).open("a") as log:
        log.write(f"{name} {os.getpid()} {time.time()}\n")


def held(state: State, name: str) -> bool:
    return state.get("hold") == name and not Path(state["log"] + ".go").exists()


def async_node(name: str):
    async def run(state: State) -> State:
        effect(state, name)
        while held(state, name):  # noqa: ASYNC110 - another process makes the file
            await asyncio.sleep(0.02)
        return {"trail": [name]}

    return run


def sync_node(name: str):
    def run(state: State) -> State:
        effect(state, name)
        while held(state, name):
            time.sleep(0.02)
        return {"trail": [name]}

    return run


def chain(make, names: str) -> StateGraph:
    builder = StateGraph(State)
    previous = START
    for name in names:
        builder.add_node(name, make(name))
        builder.add_edge(previous, name)
        previous = name
    return builder


async_chain = chain(async_node, "abcde").compile()
sync_chain = chain(sync_node, "abcde").compile()


class Inner(TypedDict, total=False):
    log: str
    hold: str
    trail: Annotated[list[str], operator.add]


_inner = chain(async_node, "bcd").compile()


async def _nest(state: State) -> State:
    inner = await _inner.ainvoke({"log": state["log"], "hold": state.get("hold", ""), "trail": []})
    return {"trail": inner["trail"]}


_outer = StateGraph(State)
_outer.add_node("a", async_node("a"))
_outer.add_node("inner", _nest)
_outer.add_node("e", async_node("e"))
_outer.add_edge(START, "a")
_outer.add_edge("a", "inner")
_outer.add_edge("inner", "e")
nested = _outer.compile()


class Asked(TypedDict, total=False):
    log: str
    answers: Annotated[list[str], operator.add]


def _ask(state: Asked) -> Asked:
    with Path(state["log"]).open("a") as log:
        log.write(f"ask {os.getpid()}\n")
    return {"answers": [interrupt("first"), interrupt("second")]}


_twice = StateGraph(Asked)
_twice.add_node("ask", _ask)
_twice.add_edge(START, "ask")
twice = _twice.compile()

_inside = StateGraph(Asked)
_inside.add_node("left", lambda state: {"answers": [interrupt("left")]})
_inside.add_node("right", lambda state: {"answers": [interrupt("right")]})
_inside.add_edge(START, "left")
_inside.add_edge(START, "right")
_house = StateGraph(Asked)
_house.add_node("inside", _inside.compile())
_house.add_node("outside", lambda state: {"answers": [interrupt("outside")]})
_house.add_edge(START, "inside")
_house.add_edge(START, "outside")
house = _house.compile()


class Branch(State, total=False):
    name: str


async def _branch(state: Branch) -> State:
    return await async_node(state["name"])(state)


_fan = StateGraph(State)
_fan.add_node("a", async_node("a"))
_fan.add_node("branch", _branch)
_fan.add_node("e", async_node("e"))
_fan.add_edge(START, "a")
_fan.add_conditional_edges(
    "a",
    lambda s: [Send("branch", {"log": s["log"], "hold": s.get("hold", ""), "name": n}) for n in "bcd"],
    ["branch"],
)
_fan.add_edge("branch", "e")
fan = _fan.compile()


def _asking(state: State) -> State:
    effect(state, "c")
    return {"trail": [str(interrupt("go on?"))]}


_asks = StateGraph(State)
for _name in "ab":
    _asks.add_node(_name, async_node(_name))
_asks.add_node("c", _asking)
for _name in "de":
    _asks.add_node(_name, async_node(_name))
for _from, _to in zip([START, *"abcd"], "abcde", strict=True):
    _asks.add_edge(_from, _to)
asks = _asks.compile()


def holding_the_gil(state: State) -> State:
    """A C call that lets no other thread of its process run; without a release there is no end to it."""
    effect(state, "c")
    libc = ctypes.PyDLL(None)
    while held(state, "c"):
        libc.sleep(6)
    return {"trail": ["c"]}


def stubborn(state: State) -> State:
    """Ignores everything but its release."""
    effect(state, "c")
    while held(state, "c"):
        with contextlib.suppress(BaseException):
            time.sleep(0.02)
    return {"trail": ["c"]}


def segfault(state: State) -> State:
    effect(state, "c")
    ctypes.string_at(0)
    return {"trail": ["c"]}


def exits(state: State) -> State:
    effect(state, "c")
    os._exit(7)


def hungry(state: State) -> State:
    """Killed by the kernel, as one that takes all memory is."""
    effect(state, "c")
    os.kill(os.getpid(), signal.SIGKILL)
    return {"trail": ["c"]}


def with_third(node) -> StateGraph:
    builder = StateGraph(State)
    for name in "abcde":
        builder.add_node(name, node if name == "c" else async_node(name))
    for before, after in zip([START, *"abcd"], "abcde", strict=True):
        builder.add_edge(before, after)
    return builder.compile()


gil = with_third(holding_the_gil)
hang = with_third(stubborn)
segv = with_third(segfault)
leaves = with_third(exits)
oom = with_third(hungry)
