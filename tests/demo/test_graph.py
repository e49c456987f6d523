"""The agent's graph: its loop, its streams, its review, and what a bad input meets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

import duragraph_ext.demo
from duragraph_ext.demo.graph import ResearchContext, graph

from .conftest import AT_ONCE, Agent, Ask

QUESTION = "Why did Thoreau go to the woods?"


async def path(agent: Agent, thread: RunnableConfig, given: Any) -> list[str]:
    updates = agent.astream(given, thread, context=AT_ONCE, stream_mode="updates")
    return [node async for update in updates for node in update]


async def test_it_searches_reads_one_passage_a_superstep_and_stops_for_review(
    agent: Agent, thread: RunnableConfig
) -> None:
    nodes = await path(agent, thread, {"question": QUESTION})
    assert nodes == ["begin", "model", "tools", "read", "read", "read", "read", "model", "__interrupt__"]
    history = [snapshot async for snapshot in agent.aget_state_history(thread)]
    counts = [len(snapshot.values.get("passages", [])) for snapshot in reversed(history)]
    assert list(dict.fromkeys(counts)) == [0, 1, 2, 3, 4]
    assert await path(agent, thread, Command(resume=True)) == ["review", "publish"]


async def test_it_searches_again_before_it_gives_up(agent: Agent, thread: RunnableConfig) -> None:
    nodes = await path(agent, thread, {"question": "What is the capital of Mongolia?"})
    assert nodes.count("tools") == 2


async def test_it_reads_on_where_the_answer_is_cut_off(ask: Ask) -> None:
    state = await ask("Which subjects does Roosevelt call essential human freedoms in 1941?")
    calls = [call["name"] for message in state["messages"] for call in getattr(message, "tool_calls", [])]
    assert calls[0] == "search_corpus"
    assert "The first is freedom of speech" in state["answer"]


async def test_tokens_stream_as_messages(agent: Agent, thread: RunnableConfig) -> None:
    chunks: list[str] = []
    async for message, about in agent.astream({"question": QUESTION}, thread, context=AT_ONCE, stream_mode="messages"):
        if isinstance(message, AIMessageChunk):
            assert about["langgraph_node"] == "model"
            chunks.append(message.text)
    draft = (await agent.aget_state(thread)).values["answer"]
    assert len(chunks) > 30
    assert "".join(chunks).endswith(draft)


async def test_reading_reports_progress(agent: Agent, thread: RunnableConfig) -> None:
    stream = agent.astream({"question": QUESTION}, thread, context=AT_ONCE, stream_mode="custom")
    assert [progress["left"] async for progress in stream] == [3, 2, 1, 0]


async def test_the_review_shows_what_is_to_be_decided(ask: Ask) -> None:
    state = await ask(QUESTION)
    (request,) = state["__interrupt__"]
    assert QUESTION in request.value["question"]
    assert request.value["answer"] == state["answer"]
    assert request.value["cites"][0] == "thoreau-walden §3"
    assert set(request.value["choices"]) == {"accept", "edit", "revise", "reject"}
    assert state["approved"] is None


@pytest.mark.parametrize("decision", [True, "accept", "Yes", {"type": "accept"}])
async def test_accepting_publishes_with_sources(ask: Ask, decision: Any) -> None:
    state = await ask(QUESTION, decision)
    assert state["approved"] is True
    assert "Sources\n[thoreau-walden §3] Henry David Thoreau" in state["answer"]


async def test_editing_publishes_the_reviewers_words(ask: Ask) -> None:
    state = await ask(QUESTION, {"type": "edit", "answer": "To live deliberately [thoreau-walden §3]."})
    assert state["answer"].startswith("To live deliberately [thoreau-walden §3].\n\nSources\n")
    assert state["messages"][-1].text == state["answer"]


async def test_rejecting_withholds_the_answer(ask: Ask) -> None:
    state = await ask(QUESTION, {"type": "reject", "reason": "too long"})
    assert (state["approved"], state["answer"]) == (False, "")
    assert state["messages"][-1].text == "The reviewer withheld this answer: too long"
    assert not any("deliberately" in message.text for message in state["messages"][2:] if message.type == "ai")


@pytest.mark.parametrize(
    "decision",
    ["and why did he leave them?", {"type": "revise", "feedback": "and why did he leave them?"}],
)
async def test_revising_searches_again_with_the_remark(ask: Ask, decision: Any) -> None:
    state = await ask(QUESTION, decision)
    queries = [call["args"]["query"] for message in state["messages"] for call in getattr(message, "tool_calls", [])]
    assert len(queries) == 2
    assert "leave" in queries[1]
    assert "I left the woods for as good a reason as I went there" in state["answer"]
    assert "Publish this answer" in state["__interrupt__"][0].value["question"]


@pytest.mark.parametrize("decision", [{"type": "perhaps"}, 7, " ", ["accept"]])
async def test_an_unknown_decision_is_asked_again(ask: Ask, decision: Any) -> None:
    state = await ask(QUESTION, decision)
    assert "accept, reject, edit, revise" in state["__interrupt__"][0].value["problem"]
    assert state["approved"] is None


async def test_an_edit_needs_words(ask: Ask) -> None:
    state = await ask(QUESTION, {"type": "edit", "answer": 5})
    assert state["__interrupt__"][0].value["problem"].startswith('"edit" needs {"type": "edit", "answer"')


async def test_messages_are_an_input_too(agent: Agent, thread: RunnableConfig) -> None:
    state = await agent.ainvoke({"messages": [HumanMessage(QUESTION)]}, thread, context=AT_ONCE)
    assert state["question"] == QUESTION
    await agent.ainvoke(Command(resume=True), thread, context=AT_ONCE)
    state = await agent.ainvoke({"messages": [("user", "What is treason?")]}, thread, context=AT_ONCE)
    assert state["question"] == "What is treason?"
    assert all(passage["id"] != "thoreau-walden §3" for passage in state["passages"])


@pytest.mark.parametrize("given", [{"question": "  "}, {"messages": []}])
async def test_no_question_is_an_error(agent: Agent, thread: RunnableConfig, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ask something"):
        await agent.ainvoke(given, thread, context=AT_ONCE)


@pytest.mark.parametrize("seconds", [-1, 61])
def test_a_pause_out_of_range_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="read_seconds must be between 0 and 60"):
        ResearchContext(read_seconds=seconds)


def test_a_pause_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DURAGRAPH_DEMO_TOKEN_SECONDS", "soon")
    with pytest.raises(ValueError, match="DURAGRAPH_DEMO_TOKEN_SECONDS must be a number of seconds"):
        ResearchContext()


def test_the_graph_is_drawn_with_its_branches() -> None:
    drawn = graph.get_graph()
    edges = {(edge.source, edge.target) for edge in drawn.edges if edge.conditional}
    assert {("model", "tools"), ("model", "review"), ("tools", "read"), ("read", "read")} <= edges
    assert {("review", "publish"), ("review", "model"), ("review", "__end__")} <= edges


def test_it_is_declared_in_langgraph_json_and_loads_as_a_file() -> None:
    folder = Path(duragraph_ext.demo.__file__).parent
    declared = json.loads((folder / "langgraph.json").read_text(encoding="utf-8"))
    assert declared["graphs"] == {"research": "./graph.py:graph"}
    code = (
        "import runpy, sys; found = runpy.run_path('graph.py')['graph'].name; "
        "heavy = {'jupyter_server', 'panel', 'IPython', 'bokeh'} & set(sys.modules); print(found, *heavy)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["research"]
