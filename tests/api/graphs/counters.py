"""Graphs that count: a chain, a dynamic route and two typed states."""

import operator
from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Command
from pydantic import BaseModel


class Counter(TypedDict):
    count: int
    trail: Annotated[list[str], operator.add]


def step(name: str):
    def run(state: Counter) -> dict:
        return {"count": state.get("count", 0) + 1, "trail": [name]}

    run.__name__ = name
    return run


def build_chain() -> StateGraph:
    builder = StateGraph(Counter)
    for name in "abc":
        builder.add_node(name, step(name))
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    builder.add_edge("c", END)
    return builder


chain = build_chain().compile()
breakpoints = build_chain().compile(interrupt_before=["c"], name="paused before c")


def choose(state: Counter) -> Command[Literal["left", "right"]]:
    odd = state.get("count", 0) % 2
    return Command(update={"trail": ["choose"]}, goto="left" if odd else "right")


router_builder = StateGraph(Counter)
router_builder.add_node("choose", choose)
router_builder.add_node("left", step("left"))
router_builder.add_node("right", step("right"))
router_builder.add_edge(START, "choose")
router = router_builder.compile()


class Order(BaseModel):
    item: str
    quantity: int = 1
    note: str | None = None


def double(state: Order) -> dict:
    return {"quantity": state.quantity * 2, "note": f"{state.item} doubled"}


order_builder = StateGraph(Order)
order_builder.add_node("double", double)
order_builder.add_edge(START, "double")
order = order_builder.compile()


@dataclass
class Point:
    x: int = 0
    y: int = 0


def move(state: Point) -> dict:
    return {"x": state.x + 1, "y": state.y - 1}


point_builder = StateGraph(Point)
point_builder.add_node("move", move)
point_builder.add_edge(START, "move")
point = point_builder.compile()
