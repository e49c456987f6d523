"""The demo's graph as the tests run it: in this process, with no pauses and no provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from duragraph_ext.demo.graph import ResearchContext, build
from duragraph_ext.demo.provider import KEYLESS

AT_ONCE = ResearchContext(model=KEYLESS, read_seconds=0, token_seconds=0)
Agent = CompiledStateGraph[Any, Any, Any, Any]
Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def agent() -> Agent:
    """The graph with a checkpointer of its own."""
    return build().compile(checkpointer=InMemorySaver())


@pytest.fixture
def thread() -> RunnableConfig:
    """The configuration of a thread."""
    return {"configurable": {"thread_id": "t"}}


@pytest.fixture
def ask(agent: Agent, thread: RunnableConfig) -> Ask:
    """Ask a question and answer the review: `await ask(question, True)` gives the last state."""

    async def ask(question: str, *decisions: Any) -> dict[str, Any]:
        state = await agent.ainvoke({"question": question}, thread, context=AT_ONCE)
        for decision in decisions:
            state = await agent.ainvoke(Command(resume=decision), thread, context=AT_ONCE)
        return state

    return ask
