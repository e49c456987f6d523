"""Graphs of special make: narrow input and output, a factory, the functional API, a graph that does not load."""

import os
from typing import TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import interrupt
from pydantic import BaseModel


class Question(TypedDict):
    text: str


class Answer(TypedDict):
    shout: str


class Work(Question, Answer):
    draft: str


def draft(state: Question) -> dict:
    return {"draft": state["text"] + "!"}


def shout(state: Work) -> dict:
    return {"shout": state["draft"].upper()}


def nothing(state: Work) -> None:
    return None


narrow_builder = StateGraph(Work, input_schema=Question, output_schema=Answer)
narrow_builder.add_node("draft", draft)
narrow_builder.add_node("shout", shout)
narrow_builder.add_node("nothing", nothing)
narrow_builder.add_edge(START, "draft")
narrow_builder.add_edge("draft", "shout")
narrow_builder.add_edge("shout", "nothing")
narrow = narrow_builder.compile()


async def make_greeter(config: RunnableConfig) -> CompiledStateGraph:
    """A graph that depends on its configuration and on the project's environment."""
    name = config.get("configurable", {}).get("name", "nobody")

    def greet(state: Work) -> dict:
        return {"draft": f"{os.environ['GREETING']} {name}"}

    builder = StateGraph(Work)
    builder.add_node("greet", greet)
    builder.add_edge(START, "greet")
    return builder.compile()


@task
async def square(number: int) -> int:
    return number * number


@entrypoint()
async def functional(numbers: list[int], *, previous: int | None = None) -> entrypoint.final[dict, int]:
    squares = [await square(number) for number in numbers]
    total = sum(squares) + (previous or 0)
    bonus = interrupt({"total": total}) if total > 100 else 0
    return entrypoint.final(value={"squares": squares, "total": total + bonus}, save=total)


class Typed(BaseModel):
    text: str


def upper(state: Typed) -> dict:
    return {"text": state.text.upper()}


typed_builder = StateGraph(Typed)
typed_builder.add_node("upper", upper)
typed_builder.add_edge(START, "upper")
typed = typed_builder.compile()
