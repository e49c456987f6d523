"""A graph that a test can hold, release, look into and answer."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from typing_extensions import TypedDict


class Desk(TypedDict, total=False):
    question: str
    gate: str
    searches: int
    approved: bool
    messages: Annotated[list[AnyMessage], add_messages]


async def plan(state: Desk) -> dict[str, Any]:
    asked = [] if state.get("messages") else [HumanMessage(state["question"])]
    return {"messages": asked, "searches": state.get("searches", 0)}


async def search(state: Desk) -> dict[str, Any]:
    """Wait until the gate is opened: the file that the input names appears."""
    gate = Path(state["gate"])
    while not gate.exists():  # noqa: ASYNC110, ASYNC240
        await asyncio.sleep(0.02)
    return {"searches": state["searches"] + 1}


async def write(state: Desk) -> dict[str, Any]:
    return {"messages": [AIMessage(f"An answer to {state['question']}")]}


async def review(state: Desk) -> dict[str, Any]:
    return {"approved": interrupt({"question": f"Publish the answer to {state['question']}?"})}


def enough(state: Desk) -> str:
    return "write" if state["searches"] > 1 else "search"


builder = StateGraph(Desk)
builder.add_node("plan", plan)
builder.add_node("search", search)
builder.add_node("write", write)
builder.add_node("review", review)
builder.add_edge(START, "plan")
builder.add_conditional_edges("plan", enough, ["search", "write"])
builder.add_edge("search", "plan")
builder.add_edge("write", "review")
builder.add_edge("review", END)
desk = builder.compile()


async def fail(state: Desk) -> dict[str, Any]:
    raise ValueError(f"no answer to {state['question']}")


broken = StateGraph(Desk)
broken.add_node("fail", fail)
broken.add_edge(START, "fail")
broken.add_edge("fail", END)
failing = broken.compile()
