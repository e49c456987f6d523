"""A graph of ours, used from another LangGraph program as if it were there."""

from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteException, RemoteGraph
from langgraph.types import Command
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient
from typing_extensions import TypedDict


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


def test_its_state_is_written_by_hand(sync_client: SyncLangGraphClient, thread: RunnableConfig) -> None:
    graph = remote("chain", sync_client)
    graph.invoke({"count": 0}, thread)
    written = graph.update_state(thread, {"count": 40}, as_node="b")
    assert graph.get_state(written).next == ("c",)
    assert graph.invoke(None, thread)["count"] == 41


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


def test_its_past_is_read_and_gone_on_from(sync_client: SyncLangGraphClient, thread: RunnableConfig) -> None:
    graph = remote("chain", sync_client)
    graph.invoke({"count": 4}, thread)
    past = next(state for state in graph.get_state_history(thread, limit=10) if state.next == ("b",))
    assert graph.get_state(past.config).values["count"] == 5
    checkpoint_id = past.config["configurable"]["checkpoint_id"]  # RemoteGraph leaves it out of a run's config
    assert graph.invoke(None, thread, checkpoint_id=checkpoint_id)["count"] == 7
    assert len(list(graph.get_state_history(thread, limit=20))) == 8
    steps = [state.metadata["step"] for state in graph.get_state_history(thread, filter={"step": 2}) if state.metadata]
    assert set(steps) == {2}


def test_it_stops_where_it_is_told_to(sync_client: SyncLangGraphClient, thread: RunnableConfig) -> None:
    graph = remote("chain", sync_client)
    assert graph.invoke({"count": 0}, thread, interrupt_before=["b"])["count"] == 1
    assert graph.get_state(thread).next == ("b",)
    assert graph.invoke(None, thread, interrupt_after=["b"])["count"] == 2
    assert graph.get_state(thread).next == ("c",)
    assert graph.invoke(None, thread)["count"] == 3


def test_its_configuration_and_context_arrive(sync_client: SyncLangGraphClient) -> None:
    graph = remote("greeter", sync_client)
    assert graph.invoke({"text": "x"}, {"configurable": {"name": "Ada"}})["draft"] == "hello Ada"
    named = graph.with_config({"configurable": {"name": "Grace"}})
    assert named.invoke({"text": "x"})["draft"] == "hello Grace"
    report = remote("settings", sync_client).invoke({"text": "x"}, context={"language": "sv", "depth": 2})["report"]
    assert report["context"] == {"language": "sv", "depth": 2}


def test_its_failure_is_an_error_here(sync_client: SyncLangGraphClient) -> None:
    with pytest.raises(RemoteException, match="bad"):
        remote("failing", sync_client).invoke({"text": "bad"})


def test_its_subgraphs_are_drawn_too(sync_client: SyncLangGraphClient) -> None:
    graph = remote("nested", sync_client)
    assert set(graph.get_graph().nodes) == {"__start__", "prepare", "inner", "finish", "__end__"}
    assert {"inner:draft", "inner:review"} <= set(graph.get_graph(xray=True).nodes)


def test_a_subgraph_that_waits_is_seen_from_outside(sync_client: SyncLangGraphClient, thread: RunnableConfig) -> None:
    graph = remote("nested", sync_client)
    graph.invoke({"topic": "tea"}, thread)
    inner: Any = graph.get_state(thread, subgraphs=True).tasks[0].state
    assert inner.next == ("review",)
    assert inner.values["answers"][-1] == "prepared"


async def test_its_words_are_streamed_one_by_one(client: LangGraphClient) -> None:
    graph = RemoteGraph("agent", client=client)
    question: Any = {"messages": [{"role": "user", "content": "add 20 and 22"}]}
    words = [
        chunk["content"] if isinstance(chunk, dict) else chunk.content
        async for chunk, _ in graph.astream(question, stream_mode="messages")
    ]
    assert [word for word in words if word][-5:] == ["The ", "sum ", "is ", "42 ", "exactly"]
    modes = [chunk[0] async for chunk in graph.astream(question, stream_mode=["values", "updates", "debug"])]
    assert set(modes) == {"values", "updates", "debug"}
    custom = [chunk async for chunk in RemoteGraph("writer", client=client).astream({}, stream_mode="custom")]
    assert custom == ["started", {"progress": 0}, {"progress": 1}]


class Order(TypedDict, total=False):
    topic: str
    answers: list[str]
    closed: bool


def local_graph_around(theirs: RemoteGraph) -> Any:
    """A graph of this process whose middle is on the server."""
    builder = StateGraph(Order)
    builder.add_node("open", lambda state: {"topic": f"green {state['topic']}"})
    builder.add_node("theirs", theirs)
    builder.add_node("close", lambda state: {"closed": True})
    builder.add_edge(START, "open")
    builder.add_edge("open", "theirs")
    builder.add_edge("theirs", "close")
    return builder.compile(checkpointer=InMemorySaver())


async def test_a_graph_elsewhere_pauses_at_its_question(client: LangGraphClient) -> None:
    thread_id = (await client.threads.create())["thread_id"]
    graph = local_graph_around(RemoteGraph("single", client=client))
    config = {"configurable": {"thread_id": thread_id}}
    await graph.ainvoke({"topic": "tea"}, config)
    state = await graph.aget_state(config)
    assert state.next == ("theirs",)
    assert state.tasks[0].interrupts[0].value == {"question": "ask", "topic": "green tea"}
