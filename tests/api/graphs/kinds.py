"""Graphs as LangGraph's documentation shows them: map and reduce, hand-off, a subgraph that remembers, loops, joins."""

import operator
from typing import Annotated, Literal, TypedDict

from langchain_core.messages import AIMessage, RemoveMessage
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Command, Send, interrupt


class Topics(TypedDict):
    topics: list[str]
    jokes: Annotated[list[str], operator.add]
    best: str


class Topic(TypedDict):
    topic: str


def fan_out(state: Topics) -> list[Send]:
    return [Send("joke", {"topic": topic}) for topic in state["topics"]]


def joke(state: Topic) -> dict:
    return {"jokes": [f"a joke about {state['topic']}"]}


def choose_best(state: Topics) -> dict:
    return {"best": max(state["jokes"], key=len)}


jokes_builder = StateGraph(Topics)
jokes_builder.add_node("joke", joke)
jokes_builder.add_node("choose", choose_best)
jokes_builder.add_conditional_edges(START, fan_out, ["joke"])
jokes_builder.add_edge("joke", "choose")
jokes_builder.add_edge("choose", END)
jokes = jokes_builder.compile()


def travel(state: MessagesState) -> Command:
    said = str(state["messages"][-1].content)
    if "hotel" in said:
        return Command(goto="hotel", graph=Command.PARENT, update={"messages": [AIMessage("Ask the hotel", id="to")]})
    return Command(update={"messages": [AIMessage("Fly to Rome", id="fly")]})


travel_builder = StateGraph(MessagesState)
travel_builder.add_node("travel", travel)
travel_builder.add_edge(START, "travel")


def hotel(state: MessagesState) -> Command[Literal["travel_agent", "__end__"]]:
    if len(state["messages"]) > 4:
        return Command(goto=END)
    return Command(goto=END, update={"messages": [AIMessage("Stay at the Forum", id="stay")]})


handoff_builder = StateGraph(MessagesState)
handoff_builder.add_node("travel_agent", travel_builder.compile(), destinations=("hotel",))
handoff_builder.add_node("hotel", hotel)
handoff_builder.add_edge(START, "travel_agent")
handoff = handoff_builder.compile()


class Tally(TypedDict):
    word: str
    seen: Annotated[list[str], operator.add]
    count: int


def remember(state: Tally) -> dict:
    return {"seen": [state["word"]], "count": len(state.get("seen", [])) + 1}


inner_builder = StateGraph(Tally)
inner_builder.add_node("remember", remember)
inner_builder.add_edge(START, "remember")


class Outer(TypedDict):
    word: str
    count: int


stateful_builder = StateGraph(Outer)
stateful_builder.add_node("inner", inner_builder.compile(checkpointer=True))
stateful_builder.add_edge(START, "inner")
stateful = stateful_builder.compile()

stateless_builder = StateGraph(Outer)
stateless_builder.add_node("inner", inner_builder.compile())
stateless_builder.add_edge(START, "inner")
stateless = stateless_builder.compile()


class Draft(TypedDict):
    text: str
    rounds: int
    approved: bool


def write(state: Draft) -> dict:
    return {"rounds": state.get("rounds", 0) + 1, "text": f"draft {state.get('rounds', 0) + 1}"}


def review(state: Draft) -> Command[Literal["write", "__end__"]]:
    verdict = interrupt({"draft": state["text"]})
    if verdict == "good":
        return Command(goto=END, update={"approved": True})
    return Command(goto="write", update={"approved": False})


reviewed_builder = StateGraph(Draft)
reviewed_builder.add_node("write", write)
reviewed_builder.add_node("review", review)
reviewed_builder.add_edge(START, "write")
reviewed_builder.add_edge("write", "review")
reviewed = reviewed_builder.compile()


def trim(state: MessagesState) -> dict:
    return {"messages": [RemoveMessage(message.id) for message in state["messages"][:-2]]}


def reply(state: MessagesState) -> dict:
    count = len(state["messages"])
    return {"messages": [AIMessage(f"I remember {count}", id=f"reply-{state['messages'][-1].id}")]}


chat_builder = StateGraph(MessagesState)
chat_builder.add_node("reply", reply)
chat_builder.add_node("trim", trim)
chat_builder.add_edge(START, "reply")
chat_builder.add_edge("reply", "trim")
chat = chat_builder.compile()


@task
def outline(topic: str) -> str:
    return f"an outline of {topic}"


@entrypoint()
def essay(topic: str, *, previous: list[str] | None = None) -> entrypoint.final[dict, list[str]]:
    made = outline(topic).result()
    approved = interrupt({"outline": made})
    written = [*(previous or []), topic]
    return entrypoint.final(value={"essay": f"{made}: {approved}", "before": previous or []}, save=written)
