"""Graphs for hostile values, growth and load."""

import asyncio
import operator
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypedDict
from uuid import UUID

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph


@dataclass
class Point:
    """A value of the project's own type."""

    x: int


def deep(levels: int) -> list[Any]:
    """A list in a list in a list …"""
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


ODD = {
    "nan": lambda: float("nan"),
    "infinity": lambda: [float("inf"), float("-inf")],
    "bytes": lambda: b"\x00\xff\x10",
    "nul": lambda: "a\x00b",
    "literal": lambda: "a\\u0000b",
    "surrogate": lambda: "a\ud800b",
    "big": lambda: 2**80,
    "deep": lambda: deep(2000),
    "generator": lambda: (n for n in range(3)),
    "lock": threading.Lock,
    "lambda": lambda: lambda: 1,
    "dataclass": lambda: Point(3),
    "large": lambda: "x" * 10_000_000,
    "time": lambda: datetime(2026, 1, 2, tzinfo=UTC),
    "uuid": lambda: UUID(int=5),
    "set": lambda: {1},
}


class Odd(TypedDict, total=False):
    """`kind` names the value that the node gives."""

    kind: str
    value: Any


_odd = StateGraph(Odd)
_odd.add_node("give", lambda state: {"value": ODD[state["kind"]]()})
_odd.add_edge(START, "give")
odd = _odd.compile()


class Steps(TypedDict, total=False):
    """A loop of `until` steps."""

    n: int
    until: int
    trail: Annotated[list[int], operator.add]


async def step(state: Steps) -> Steps:
    """One more."""
    return {"n": state["n"] + 1, "trail": [state["n"]]}


_steps = StateGraph(Steps)
_steps.add_node("step", step)
_steps.add_edge(START, "step")
_steps.add_conditional_edges("step", lambda s: "step" if s["n"] < s["until"] else END)
steps = _steps.compile()


class Empty(TypedDict, total=False):
    """Nothing."""

    n: int


async def nothing(state: Empty) -> Empty:
    """Do nothing."""
    return {"n": 1}


_noop = StateGraph(Empty)
_noop.add_node("nothing", nothing)
_noop.add_edge(START, "nothing")
noop = _noop.compile()


class Ticks(TypedDict, total=False):
    """Writes `count` ticks once the file `go` is there, with `pause` seconds after each."""

    go: str
    count: int
    pause: float


async def tick(state: Ticks) -> Ticks:
    """Stream the ticks."""
    write = get_stream_writer()
    go = Path(state["go"])
    while not go.exists():  # noqa: ASYNC110, ASYNC240 - another process makes the file
        await asyncio.sleep(0.02)
    for number in range(state["count"]):
        write({"tick": number, "at": time.time()})
        await asyncio.sleep(state.get("pause", 0.02))
    return {}


_ticks = StateGraph(Ticks)
_ticks.add_node("tick", tick)
_ticks.add_edge(START, "tick")
ticks = _ticks.compile()
