"""A graph of ours, used from another LangGraph program as if it were there."""

from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient


@pytest.fixture
def thread(sync_client: SyncLangGraphClient) -> RunnableConfig:
    return {"configurable": {"thread_id": sync_client.threads.create()["thread_id"]}}


def remote(name: str, client: SyncLangGraphClient) -> RemoteGraph:
    return RemoteGraph(name, sync_client=client)


def test_it_is_invoked_and_keeps_its_state(sync_client: SyncLangGraphClient, thread: RunnableConfig) -> None:
    graph = remote("chain", sync_client)
    assert graph.invoke({"count": 4}, thread)["count"] == 7
    state = graph.get_state(thread)
    assert (state.values["count"], state.next) == (7, ())
    assert [entry.values["count"] for entry in graph.get_state_history(thread, limit=3)] == [7, 6, 5]


def test_it_streams_its_subgraphs(sync_client: SyncLangGraphClient) -> None:
    chunks: list[Any] = list(
        remote("nested", sync_client).stream({"topic": "tea"}, stream_mode=["updates"], subgraphs=True)
    )
    assert ("updates", {"prepare": {"answers": ["prepared"]}}) in [chunk[1:] for chunk in chunks]
    assert any(chunk[0] and chunk[0][0].startswith("inner:") for chunk in chunks)


def test_its_interrupts_are_answered(sync_client: SyncLangGraphClient, thread: RunnableConfig) -> None:
    graph = remote("single", sync_client)
    updates = list(graph.stream({"topic": "tea"}, thread, stream_mode="updates"))
    assert updates[-1]["__interrupt__"][0]["value"] == {"question": "ask", "topic": "tea"}
    assert graph.get_state(thread).tasks[0].interrupts
    assert graph.invoke(Command(resume="green"), thread)["answers"][-2:] == ["ask: green", "finished"]


def test_it_is_drawn(sync_client: SyncLangGraphClient) -> None:
    assert set(remote("agent", sync_client).get_graph().nodes) == {"__start__", "model", "tools", "__end__"}


async def test_it_is_a_node_of_a_graph_elsewhere(client: LangGraphClient) -> None:
    builder = StateGraph(MessagesState)
    builder.add_node("theirs", RemoteGraph("agent", client=client))
    builder.add_edge(START, "theirs")
    answer = await builder.compile().ainvoke({"messages": [{"role": "user", "content": "add 20 and 22"}]})
    assert answer["messages"][-1].content == "The sum is 42 exactly"
