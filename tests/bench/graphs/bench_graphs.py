"""The graphs that every server under test serves, byte for byte the same.

Each ``*_builder`` is an uncompiled StateGraph (the in-process limit compiles it
with a checkpointer of its own); each ``graph`` is compiled without one, so that
the server supplies its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, TypedDict

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt

TOKENS = 200
BLOB_BYTES = 256 * 1024


class Counter(TypedDict, total=False):
    x: int


async def _step(state: Counter) -> Counter:
    return {"x": state.get("x", 0) + 1}


def _chain(n: int) -> StateGraph:
    builder = StateGraph(Counter)
    names = [f"n{i}" for i in range(n)]
    for name in names:
        builder.add_node(name, _step)
    for left, right in zip([START, *names], [*names, END], strict=False):
        builder.add_edge(left, right)
    return builder


class TokenModel(BaseChatModel):
    """A chat model that streams TOKENS one-word chunks and never sleeps."""

    @property
    def _llm_type(self) -> str:
        return "bench-tokens"

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kw: Any) -> ChatResult:
        text = "".join(f"tok{i} " for i in range(TOKENS))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _stream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kw: Any
    ) -> Iterator[ChatGenerationChunk]:
        for i in range(TOKENS):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=f"tok{i} "))
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kw: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for i in range(TOKENS):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=f"tok{i} "))
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk


class Chat(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]


_MODEL = TokenModel()


async def _talk(state: Chat) -> Chat:
    return {"messages": [await _MODEL.ainvoke(state["messages"])]}


class Nap(TypedDict, total=False):
    seconds: float
    started_at: float
    ended_at: float


async def _nap(state: Nap) -> Nap:
    started = time.time()
    await asyncio.sleep(state.get("seconds", 0.0))
    return {"started_at": started, "ended_at": time.time()}


class Big(TypedDict, total=False):
    x: int
    blob: list[dict[str, Any]]


async def _inflate(state: Big) -> Big:
    rows, size = [], 0
    seed = state.get("x", 0)
    while size < BLOB_BYTES:
        row = {"id": seed * 10_000 + len(rows), "text": f"row {len(rows)} " + "abcdefgh" * 12, "score": len(rows) / 7}
        size += len(row["text"]) + 60
        rows.append(row)
    return {"blob": rows}


async def _bump(state: Big) -> Big:
    return {"x": state.get("x", 0) + 1}


class Ask(TypedDict, total=False):
    question: str
    answer: str


async def _ask(state: Ask) -> Ask:
    return {"answer": interrupt({"ask": state.get("question", "go on?")})}


def _one(schema: type, name: str, node: Any) -> StateGraph:
    return StateGraph(schema).add_node(name, node).add_edge(START, name).add_edge(name, END)


noop_builder = _chain(1)
chain10_builder = _chain(10)
tokens_builder = _one(Chat, "talk", _talk)
sleep_builder = _one(Nap, "nap", _nap)
interrupt_builder = _one(Ask, "ask", _ask)
bigstate_builder = (
    StateGraph(Big)
    .add_node("inflate", _inflate)
    .add_node("bump", _bump)
    .add_edge(START, "inflate")
    .add_edge("inflate", "bump")
    .add_edge("bump", END)
)

noop = noop_builder.compile()
chain10 = chain10_builder.compile()
tokens = tokens_builder.compile()
sleep = sleep_builder.compile()
bigstate = bigstate_builder.compile()
ask = interrupt_builder.compile()
