"""Graphs that report: custom stream events, what a node is given, failure and delay."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import StreamWriter
from pydantic import BaseModel


class Report(TypedDict, total=False):
    text: str
    seconds: float
    report: dict[str, Any]
    steps: int


def announce(state: Report, writer: StreamWriter) -> dict:
    writer("started")
    for number in range(2):
        writer({"progress": number})
    return {"report": {"announced": True}}


writer_builder = StateGraph(Report)
writer_builder.add_node("announce", announce)
writer_builder.add_edge(START, "announce")
writer = writer_builder.compile()


def fail(state: Report) -> dict:
    raise ValueError(state.get("text", "nothing to say"))


def mark(state: Report) -> dict:
    return {"report": {"marked": True}}


failing_builder = StateGraph(Report)
failing_builder.add_node("mark", mark)
failing_builder.add_node("fail", fail)
failing_builder.add_edge(START, "mark")
failing_builder.add_edge("mark", "fail")
failing = failing_builder.compile()


async def sleep(state: Report) -> dict:
    await asyncio.sleep(state.get("seconds", 0))
    return {"steps": state.get("steps", 0) + 1}


def blocking_sleep(state: Report) -> dict:
    time.sleep(state.get("seconds", 0))
    return {"steps": state.get("steps", 0) + 1}


slow_builder = StateGraph(Report)
slow_builder.add_node("mark", mark)
slow_builder.add_node("sleep", sleep)
slow_builder.add_node("sleep_again", sleep)
slow_builder.add_edge(START, "mark")
slow_builder.add_edge("mark", "sleep")
slow_builder.add_edge("sleep", "sleep_again")
slow = slow_builder.compile()

blocking_builder = StateGraph(Report)
blocking_builder.add_node("sleep", blocking_sleep)
blocking_builder.add_edge(START, "sleep")
blocking = blocking_builder.compile()


def endless(state: Report) -> dict:
    return {"steps": state.get("steps", 0) + 1}


endless_builder = StateGraph(Report)
endless_builder.add_node("turn", endless)
endless_builder.add_edge(START, "turn")
endless_builder.add_edge("turn", "turn")
endless = endless_builder.compile()


def plain(value: Any) -> Any:
    """The JSON-friendly part of what LangGraph hands to a node."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items() if not str(key).startswith("__pregel")}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else type(value).__name__


def inspect(state: Report, config: RunnableConfig, runtime: Runtime) -> dict:
    given = {
        "configurable": plain(config.get("configurable", {})),
        "metadata": plain(config.get("metadata", {})),
        "tags": config.get("tags"),
        "recursion_limit": config.get("recursion_limit"),
        "run_name": config.get("run_name"),
        "run_id": str(config["run_id"]) if config.get("run_id") else None,
        "context": plain(runtime.context),
    }
    return {"report": given}


inspect_builder = StateGraph(Report)
inspect_builder.add_node("inspect", inspect)
inspect_builder.add_edge(START, "inspect")
inspector = inspect_builder.compile()


class Settings(TypedDict, total=False):
    language: str
    depth: int


settings_builder = StateGraph(Report, context_schema=Settings)
settings_builder.add_node("inspect", inspect)
settings_builder.add_edge(START, "inspect")
settings = settings_builder.compile()


@dataclass
class Tuning:
    language: str = "en"
    depth: int = 1


class Strictness(BaseModel):
    depth: int


def tell(state: Report, runtime: Runtime) -> dict:
    return {"report": {"context": repr(runtime.context)}}


def telling(schema: type) -> CompiledStateGraph:
    builder = StateGraph(Report, context_schema=schema)
    builder.add_node("tell", tell)
    builder.add_edge(START, "tell")
    return builder.compile()


tuned = telling(Tuning)
strict = telling(Strictness)
