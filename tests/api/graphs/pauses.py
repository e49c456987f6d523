"""Graphs that pause: one question, two at once, one inside a subgraph, and one asked twice."""

import operator
import time
from typing import Annotated, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


class Answers(TypedDict):
    topic: str
    answers: Annotated[list[str], operator.add]


def prepare(state: Answers) -> dict:
    return {"answers": ["prepared"]}


def question(name: str, delay: float = 0.0):
    def ask(state: Answers) -> dict:
        time.sleep(delay)
        reply = interrupt({"question": name, "topic": state.get("topic")})
        return {"answers": [f"{name}: {reply}"]}

    ask.__name__ = name
    return ask


def finish(state: Answers) -> dict:
    return {"answers": ["finished"]}


single_builder = StateGraph(Answers)
single_builder.add_node("prepare", prepare)
single_builder.add_node("ask", question("ask"))
single_builder.add_node("finish", finish)
single_builder.add_edge(START, "prepare")
single_builder.add_edge("prepare", "ask")
single_builder.add_edge("ask", "finish")
single = single_builder.compile()

parallel_builder = StateGraph(Answers)
parallel_builder.add_node("first", question("first"))
parallel_builder.add_node("second", question("second", delay=0.1))
parallel_builder.add_node("finish", finish)
parallel_builder.add_edge(START, "first")
parallel_builder.add_edge(START, "second")
parallel_builder.add_edge(["first", "second"], "finish")
parallel = parallel_builder.compile()

inner_builder = StateGraph(Answers)
inner_builder.add_node("draft", prepare)
inner_builder.add_node("review", question("review"))
inner_builder.add_edge(START, "draft")
inner_builder.add_edge("draft", "review")

nested_builder = StateGraph(Answers)
nested_builder.add_node("prepare", prepare)
nested_builder.add_node("inner", inner_builder.compile())
nested_builder.add_node("finish", finish)
nested_builder.add_edge(START, "prepare")
nested_builder.add_edge("prepare", "inner")
nested_builder.add_edge("inner", "finish")
nested = nested_builder.compile()
