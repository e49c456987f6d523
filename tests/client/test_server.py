"""The client against a real server: runs, streams, questions, failures, and a server that goes away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from duragraph_ext.client import ApiError, Client, NotFound, Refused, RunCancelled, RunFailed
from duragraph_ext.client.drawing import NodeStatus
from duragraph_ext.client.live import Follower
from duragraph_ext.client.progress import Progress
from tests.support.server import Server
from tests.support.waiting import eventually

GRAPHS = Path(__file__).parents[1] / "api" / "graphs" / "langgraph.json"


@pytest.fixture(scope="module")
def server(module_server: Callable[..., Server]) -> Server:
    return module_server(config=GRAPHS, workers=1)


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.url, server.token) as client:
        yield client


def test_a_run_gives_its_values(client: Client) -> None:
    run = client.run("chain", {"count": 1})
    assert run.wait(30) == {"count": 4, "trail": ["a", "b", "c"]}
    assert run.status == "success"
    assert run.error is None
    assert run.state["values"]["count"] == 4
    assert run.state["next"] == []
    assert [state["metadata"]["step"] for state in run.history()] == [3, 2, 1, 0, -1]


async def test_a_run_can_be_awaited_in_any_loop(client: Client) -> None:
    first, second = client.run("chain", {"count": 1}), client.run("chain", {"count": 2})
    values = await asyncio.gather(first, second)
    assert [each["count"] for each in values] == [4, 5]


def test_runs_of_a_thread_share_its_state(client: Client) -> None:
    thread = client.thread()
    thread.run("chain", {"count": 1}).wait(30)
    values = thread.run("chain", {"count": 10}).wait(30)
    assert values["trail"] == ["a", "b", "c", "a", "b", "c"]
    assert thread.values == values
    assert thread.status == "idle"
    assert list(thread.runs()["status"]) == ["success", "success"]


def test_a_failed_run_raises_what_the_node_raised(client: Client) -> None:
    run = client.run("failing", {"text": "no luck"})
    with pytest.raises(RunFailed, match="ValueError: no luck") as caught:
        run.wait(30)
    assert (caught.value.run_id, caught.value.error, caught.value.message) == (
        run.run_id,
        "ValueError",
        "no luck",
    )
    assert run.status == "error"
    assert run.error == {"error": "ValueError", "message": "no luck"}
    assert "ValueError: no luck" in repr(run)


def test_a_run_can_be_cancelled(client: Client) -> None:
    run = client.run("slow", {"seconds": 60})
    eventually(lambda: run.status == "running", 20, "a running run")
    run.cancel()
    with pytest.raises(RunCancelled):
        run.wait(20)
    assert run.status == "cancelled"


def test_waiting_has_an_end(client: Client) -> None:
    run = client.run("slow", {"seconds": 60})
    with pytest.raises(TimeoutError):
        run.wait(0.2)
    run.cancel()


def test_a_question_is_answered_by_a_second_run(client: Client) -> None:
    run = client.run("single", {"topic": "tea"})
    values = run.wait(30)
    assert values["__interrupt__"][0]["value"] == {"question": "ask", "topic": "tea"}
    assert run.status == "interrupted"
    [question] = run.interrupts
    assert (question.node, question.value) == ("ask", {"question": "ask", "topic": "tea"})
    assert bool(client.runs(graph="single", limit=1)["asks"].item())
    resumed = run.resume("with milk")
    assert resumed.thread_id == run.thread_id
    assert resumed.wait(30)["answers"] == ["prepared", "ask: with milk", "finished"]
    assert run.interrupts == []


def test_two_questions_are_answered_one_by_one(client: Client) -> None:
    run = client.run("parallel", {"topic": "tea"})
    run.wait(30)
    first, second = sorted(run.interrupts, key=lambda question: question.node)
    assert (first.node, second.node) == ("first", "second")
    resumed = first.resume("1")
    resumed.wait(30)
    assert [question.node for question in client.interrupts() if question.run.thread_id == run.thread_id] == ["second"]
    final = run.resume({second.id: "2"}).wait(30)
    assert sorted(final["answers"]) == ["finished", "first: 1", "second: 2"]


def test_events_and_executions_are_tables(client: Client) -> None:
    run = client.run("chain", {"count": 1})
    run.wait(30)
    events = run.events()
    assert list(events["version"]) == list(range(1, len(events) + 1))
    assert events["event_type"].iloc[0] == "run.created"
    assert events["event_type"].iloc[-1] == "run.completed"
    assert str(events["timestamp"].dt.tz) == "UTC"
    executions = run.executions()
    assert list(executions["node"]) == ["a", "b", "c"]
    assert (executions["seconds"] >= 0).all()
    latest = client.runs(graph="chain", limit=1)
    assert latest["run_id"].item() == run.run_id


async def test_a_stream_is_whole_whenever_it_is_joined(client: Client) -> None:
    run = client.run("agent", {"messages": [{"role": "user", "content": "add 3 and 4"}]})
    live = [part async for part in run.stream()]
    later = [part async for part in run.stream()]
    assert [(part.id, part.event) for part in live] == [(part.id, part.event) for part in later]
    tokens = [part for part in live if part.event == "messages"]
    assert "".join(part.data[0]["content"] for part in tokens).endswith("The sum is 7 exactly")
    rest = [part async for part in run.stream(after=str(live[2].id))]
    assert [part.id for part in rest] == [part.id for part in live[3:]]
    only = [part.event async for part in run.stream(["custom"])]
    assert set(only) <= {"metadata", "custom"}


def test_graphs_assistants_and_workers_show_themselves(client: Client) -> None:
    graph = client.graph("agent")
    assert graph.nodes == ["model", "tools"]
    assert set(graph._repr_mimebundle_()) == {"text/plain", "text/html", "text/vnd.mermaid"}
    assert client.graph("nested", xray=True).nodes != client.graph("nested").nodes
    [assistant] = client.assistants(graph="agent")
    assert assistant.graph.nodes == graph.nodes
    assert assistant.run({"messages": [("user", "add 1 and 2")]}).wait(30)["messages"][-1]["content"]
    assert list(client.workers()["status"]) == ["alive"]
    assert client.queue()["running"] == 0
    for shown in (graph, assistant, client, client.thread()):
        assert repr(shown).startswith("<")


def test_a_run_shows_itself_as_text_and_picture(client: Client) -> None:
    run = client.run("failing", {"text": "<i>no</i>"})
    with pytest.raises(RunFailed):
        run.wait(30)
    bundle = run._repr_mimebundle_()
    assert bundle["text/plain"] == f"<Run {run.run_id} of failing: error (ValueError: <i>no</i>)>"
    assert bundle["text/html"].count("<svg") == 2
    assert "<i>" not in bundle["text/html"]


def test_mistakes_are_named(client: Client, server: Server) -> None:
    with pytest.raises(ApiError, match="nope"):
        client.run("nope", {})
    with pytest.raises(NotFound):
        client.get_run("00000000-0000-0000-0000-000000000000")
    with Client(server.url, "wrong") as stranger, pytest.raises(Refused):
        stranger.queue()
    with pytest.raises(RuntimeError, match="own thread"):
        client.call(_wait_inside(client))


async def _wait_inside(client: Client) -> None:
    client.queue()


class Watched:
    """A follower in the client's background, and its end."""

    def __init__(self, client: Client, graph: str, given: object) -> None:
        self.run = client.run(graph, given)
        self.progress = Progress(graph, self.run.thread_id)
        self.changed = threading.Event()
        follower = Follower(client.aio, self.run.thread_id, self.run.run_id, self.progress, self.changed.set)
        self.end = client.portal.start(follower.follow())


def test_a_follower_sees_a_run_pause_and_go_on(client: Client) -> None:
    watched = Watched(client, "single", {"topic": "tea"})
    eventually(lambda: watched.progress.is_paused and bool(watched.progress.questions), 30, "a question")
    assert watched.progress.node_states()["ask"].status is NodeStatus.INTERRUPTED
    watched.run.resume("yes")
    watched.end.result(30)
    assert watched.progress.status == "success"
    assert len(watched.progress.phases) == 2
    assert watched.progress.values["answers"][-1] == "finished"
    assert watched.progress.trouble == ""
    states = {name: state.status for name, state in watched.progress.node_states().items()}
    assert set(states.values()) == {NodeStatus.DONE}
    assert watched.progress.taken() == {
        ("__start__", "prepare"),
        ("prepare", "ask"),
        ("ask", "finish"),
        ("finish", "__end__"),
    }


def test_a_follower_gathers_the_tokens(client: Client) -> None:
    watched = Watched(client, "agent", {"messages": [{"role": "user", "content": "add 3 and 4"}]})
    watched.end.result(30)
    texts = [message.text for message in watched.progress.talk.messages.values() if message.text]
    assert texts[-1] == "The sum is 7 exactly"
