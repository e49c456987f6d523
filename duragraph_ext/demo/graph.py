"""The demo's graph: an agent that searches a library, reads what it finds, and asks before it publishes.

begin → model ⇄ tools → read ↺ → model → review → publish
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict

from duragraph_ext.demo import prompt
from duragraph_ext.demo.provider import chat_model
from duragraph_ext.demo.retrieval import Passage, corpus
from duragraph_ext.demo.review import CHOICES, Decision, parse_decision
from duragraph_ext.demo.tools import TOOLS

LIBRARY = corpus()
"""Read from disk at import, so that no run waits for it."""


def _seconds(variable: str, default: float) -> float:
    """A pause from the environment; ValueError when it is no number of seconds."""
    text = os.environ.get(variable, "").strip()
    try:
        return float(text) if text else default
    except ValueError:
        raise ValueError(f"{variable} must be a number of seconds, not {text!r}") from None


@dataclass(kw_only=True)
class ResearchContext:
    """What a run may choose: the model, and pauses (seconds) that let people watch it work."""

    model: str | None = None
    read_seconds: float = field(default_factory=lambda: _seconds("DURAGRAPH_DEMO_READ_SECONDS", 0.75))
    token_seconds: float = field(default_factory=lambda: _seconds("DURAGRAPH_DEMO_TOKEN_SECONDS", 0.02))

    def __post_init__(self) -> None:
        for name in ("read_seconds", "token_seconds"):
            if not 0 <= getattr(self, name) <= 60:
                raise ValueError(f"{name} must be between 0 and 60, not {getattr(self, name)!r}")


class ReadPassage(TypedDict):
    """A passage that has been read, as the state shows it."""

    id: str
    title: str
    heading: str
    text: str


class ResearchInput(TypedDict, total=False):
    """A question, plainly or as the last of some messages."""

    question: str
    messages: list[AnyMessage]


class ResearchState(MessagesState):
    """The question, the passages read for it, the answer, and whether a person approved it."""

    question: str
    passages: list[ReadPassage]
    answer: str
    approved: bool | None


async def begin(state: ResearchState) -> dict[str, Any]:
    """Take up the question and clear the table of the one before."""
    earlier = prompt.asked(state["messages"])
    given = (state.get("question") or "").strip()
    just_said = bool(state["messages"]) and isinstance(state["messages"][-1], HumanMessage)
    if just_said and (not given or given in earlier):
        question, added = earlier[-1].strip(), []
    else:
        question, added = given, [HumanMessage(given)]
    if not question:
        raise ValueError('ask something: {"question": "…"} or {"messages": [{"role": "user", …}]}')
    return {"question": question, "messages": added, "passages": [], "answer": "", "approved": None}


async def model(state: ResearchState, runtime: Runtime[ResearchContext]) -> dict[str, Any]:
    """Let the model decide: call tools, or draft the answer."""
    context = runtime.context or ResearchContext()
    chat = await asyncio.to_thread(chat_model, context.model, context.token_seconds)
    read = [LIBRARY.passages[passage["id"]] for passage in state["passages"]]
    conversation = [prompt.system_message(LIBRARY, read), *state["messages"]]
    reply = await chat.bind_tools(TOOLS).ainvoke(conversation)
    return {"messages": [reply], "answer": "" if reply.tool_calls else str(reply.text)}


async def read(state: ResearchState, runtime: Runtime[ResearchContext]) -> dict[str, Any]:
    """Read one passage that a tool found: one superstep each, so that a crash repeats none but the last."""
    context = runtime.context or ResearchContext()
    waiting = unread(state)
    passage = LIBRARY.passages[waiting[0]]
    get_stream_writer()({"reading": passage.id, "title": passage.document.title, "left": len(waiting) - 1})
    await asyncio.sleep(context.read_seconds)
    return {"passages": [*state["passages"], _as_read(passage)]}


def _as_read(passage: Passage) -> ReadPassage:
    return ReadPassage(id=passage.id, title=passage.document.title, heading=passage.heading, text=passage.text)


async def review(state: ResearchState) -> Command[Literal["publish", "model", "__end__"]]:
    """Ask a person before the answer goes out."""
    decision = _ask(state)
    draft = state["messages"][-1]
    match decision.type:
        case "revise":
            remark = HumanMessage(decision.text, name="reviewer")
            return Command(goto="model", update={"messages": [RemoveMessage(id=str(draft.id)), remark], "answer": ""})
        case "reject":
            because = f": {decision.text}" if decision.text else "."
            withheld = AIMessage(f"The reviewer withheld this answer{because}", id=draft.id)
            return Command(goto="__end__", update={"messages": [withheld], "answer": "", "approved": False})
        case "edit":
            return Command(goto="publish", update={"answer": decision.text, "approved": True})
        case _:
            return Command(goto="publish", update={"approved": True})


def _ask(state: ResearchState) -> Decision:
    """Interrupt until the reviewer's answer can be understood."""
    request: dict[str, Any] = {
        "question": f"Publish this answer to “{state['question']}”?",
        "answer": state["answer"],
        "cites": prompt.citations(state["answer"]),
        "choices": CHOICES,
    }
    while True:
        value = interrupt(request)
        try:
            return parse_decision(value)
        except ValueError as error:
            request = {**request, "problem": str(error)}


async def publish(state: ResearchState) -> dict[str, Any]:
    """Put the approved answer, with its sources, into the conversation."""
    cited = [LIBRARY.passages[id_] for id_ in prompt.citations(state["answer"]) if id_ in LIBRARY.passages]
    sources = [
        f"[{p.id}] {p.document.author}, {p.document.title}, {p.document.year}" + (f", {p.heading}" if p.heading else "")
        for p in cited
    ]
    answer = "\n".join([state["answer"], "", "Sources", *sources]) if sources else state["answer"]
    return {"messages": [AIMessage(answer, id=state["messages"][-1].id)], "answer": answer}


def unread(state: ResearchState) -> list[str]:
    """The passages that tools found for this question and nobody has read yet, in the order found."""
    found = [
        passage_id
        for message in prompt.turn(state["messages"])
        if isinstance(message, ToolMessage)
        for passage_id in message.artifact or ()
    ]
    done = {passage["id"] for passage in state["passages"]}
    return [passage_id for passage_id in dict.fromkeys(found) if passage_id not in done]


def after_model(state: ResearchState) -> Literal["tools", "review"]:
    """A reply with tool calls goes to the tools, a draft to the reviewer."""
    message = state["messages"][-1]
    return "tools" if isinstance(message, AIMessage) and message.tool_calls else "review"


def after_reading(state: ResearchState) -> Literal["read", "model"]:
    """Read on while something waits to be read."""
    return "read" if unread(state) else "model"


def build() -> StateGraph[ResearchState, ResearchContext, ResearchInput, ResearchState]:
    """The graph, not yet compiled: for a checkpointer of your own."""
    builder = StateGraph(ResearchState, context_schema=ResearchContext, input_schema=ResearchInput)
    builder.add_node(begin)
    builder.add_node(model)
    builder.add_node("tools", ToolNode(TOOLS, handle_tool_errors=(ValueError,)))
    builder.add_node(read)
    builder.add_node(review)
    builder.add_node(publish)
    builder.add_edge(START, "begin")
    builder.add_edge("begin", "model")
    builder.add_conditional_edges("model", after_model)
    builder.add_conditional_edges("tools", after_reading)
    builder.add_conditional_edges("read", after_reading)
    builder.add_edge("publish", END)
    return builder


graph = build().compile(name="research")
