"""A2A, spoken by the official client in both dialects: a context is a thread, a task a run of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from a2a.client import A2ACardResolver, Client, ClientConfig, ClientFactory
from a2a.types.a2a_pb2 import (
    CancelTaskRequest,
    GetTaskRequest,
    Message,
    Part,
    Role,
    SendMessageConfiguration,
    SendMessageRequest,
    StreamResponse,
    Task,
    TaskState,
)
from a2a.utils.errors import TaskNotCancelableError, TaskNotFoundError
from google.protobuf.json_format import MessageToDict, ParseDict
from langgraph_sdk.client import LangGraphClient
from wire.address import Api

from tests.support.waiting import soon

DIALECTS = pytest.mark.parametrize("dialect", ["1.0", "0.3"])


@asynccontextmanager
async def talking_to(
    graph: str, api: Api, client: LangGraphClient, dialect: str = "1.0", *, streaming: bool = False
) -> AsyncIterator[Client]:
    """The official client of an assistant, found by its card."""
    assistant_id = (await client.assistants.search(graph_id=graph))[0]["assistant_id"]
    async with httpx.AsyncClient(headers={"x-api-key": api.key}, timeout=60) as http:
        path = f"/.well-known/agent-card.json?assistant_id={assistant_id}"
        card = await A2ACardResolver(http, api.url, agent_card_path=path).get_agent_card()
        for interface in list(card.supported_interfaces):
            if interface.protocol_version != dialect:
                card.supported_interfaces.remove(interface)
        yield ClientFactory(ClientConfig(streaming=streaming, httpx_client=http)).create(card)


def saying(*parts: Part, message_id: str = "m", **more: Any) -> SendMessageRequest:
    return SendMessageRequest(message=Message(role=Role.ROLE_USER, message_id=message_id, parts=parts, **more))


def text(words: str) -> Part:
    return Part(text=words)


async def send(client: Client, request: SendMessageRequest) -> Task:
    events = [event async for event in client.send_message(request)]
    assert len(events) == 1
    return events[0].task


def said(task: Task) -> list[str]:
    return [part.text for artifact in task.artifacts for part in artifact.parts]


@DIALECTS
async def test_a_message_is_answered_and_the_context_remembers(api: Api, client: LangGraphClient, dialect: str) -> None:
    async with talking_to("agent", api, client, dialect) as agent:
        task = await send(agent, saying(text("add 20 and 22"), message_id="m1"))
        assert task.status.state == TaskState.TASK_STATE_COMPLETED
        assert said(task) == ["The sum is 42 exactly"]
        thread_id, run_id = task.id.split(":")
        assert thread_id == task.context_id
        assert (await client.runs.get(thread_id, run_id))["status"] == "success"
        again = await send(agent, saying(text("add 1 and 2"), message_id="m2", context_id=task.context_id))
        assert again.context_id == task.context_id
        assert said(again) == ["The sum is 3 exactly"]
        assert [message.task_id for message in again.history] == [task.id] * 3 + [again.id] * 3
        assert [message.role for message in again.history] == [Role.ROLE_USER, Role.ROLE_AGENT, Role.ROLE_AGENT] * 2
        looked = await agent.get_task(GetTaskRequest(id=task.id, history_length=1))
        assert looked.status.state == TaskState.TASK_STATE_COMPLETED
        assert said(looked) == ["The sum is 42 exactly"]
        assert [part.text for part in looked.history[0].parts] == ["The sum is 42 exactly"]


@DIALECTS
async def test_a_question_is_answered_within_its_task(api: Api, client: LangGraphClient, dialect: str) -> None:
    async with talking_to("approval", api, client, dialect) as agent:
        task = await send(agent, saying(text("pay"), message_id="m1"))
        assert task.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
        assert MessageToDict(task.artifacts[0].parts[0].data)["value"] == "May I pay?"
        more = {"context_id": task.context_id, "task_id": task.id}
        done = await send(agent, saying(text("yes"), message_id="m2", **more))
        assert (done.id, done.status.state) == (task.id, TaskState.TASK_STATE_COMPLETED)
        assert said(done) == ["You said yes"]
        assert said(await agent.get_task(GetTaskRequest(id=task.id))) == ["You said yes"]
        with pytest.raises(Exception, match="terminal"):
            await send(agent, saying(text("no"), message_id="m3", **more))


async def test_a_question_may_be_answered_with_data(api: Api, client: LangGraphClient) -> None:
    async with talking_to("approval", api, client) as agent:
        task = await send(agent, saying(text("pay"), message_id="m1"))
        answer = Part()
        ParseDict({"data": {"amount": "five"}}, answer)
        done = await send(agent, saying(answer, message_id="m2", task_id=task.id))
        assert said(done) == ["You said {'amount': 'five'}"]


async def test_a_question_that_the_conversation_left_behind_is_canceled(api: Api, client: LangGraphClient) -> None:
    async with talking_to("approval", api, client) as agent:
        task = await send(agent, saying(text("pay"), message_id="m1"))
        other = await send(agent, saying(text("leave"), message_id="m2", context_id=task.context_id))
        assert other.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
        left = await agent.get_task(GetTaskRequest(id=task.id))
        assert left.status.state == TaskState.TASK_STATE_CANCELED


@DIALECTS
async def test_a_stream_tells_words_as_they_come(api: Api, client: LangGraphClient, dialect: str) -> None:
    async with talking_to("agent", api, client, dialect, streaming=True) as agent:
        events: list[StreamResponse] = [
            event async for event in agent.send_message(saying(text("add 20 and 22"), message_id="m1"))
        ]
    assert events[0].task.status.state == TaskState.TASK_STATE_SUBMITTED
    working = [event.status_update.status for event in events if event.HasField("status_update")]
    words = ["".join(part.text for part in status.message.parts) for status in working[:-1]]
    assert [word for word in words if word][:3] == ["The ", "The sum ", "The sum is "]
    artifacts = [event.artifact_update.artifact for event in events if event.HasField("artifact_update")]
    assert [artifacts[0].parts[0].text] == ["The sum is 42 exactly"]
    assert working[-1].state == TaskState.TASK_STATE_COMPLETED


async def test_a_task_that_is_not_waited_for_is_looked_at_and_cancelled(api: Api, client: LangGraphClient) -> None:
    async with talking_to("patient", api, client) as agent:
        request = saying(text("60"), message_id="m1")
        request.configuration.CopyFrom(SendMessageConfiguration(return_immediately=True))
        task = await send(agent, request)
        assert task.status.state == TaskState.TASK_STATE_SUBMITTED

        async def works() -> bool:
            found = await agent.get_task(GetTaskRequest(id=task.id))
            return found.status.state == TaskState.TASK_STATE_WORKING

        await soon(works, 30)
        cancelled = await agent.cancel_task(CancelTaskRequest(id=task.id))
        assert cancelled.status.state == TaskState.TASK_STATE_CANCELED
        found = await agent.get_task(GetTaskRequest(id=task.id))
        assert found.status.state == TaskState.TASK_STATE_CANCELED
        with pytest.raises(TaskNotCancelableError):
            await agent.cancel_task(CancelTaskRequest(id=task.id))


async def test_a_failed_task_says_why(api: Api, client: LangGraphClient) -> None:
    async with talking_to("patient", api, client) as agent:
        task = await send(agent, saying(text("soon"), message_id="m1"))
        assert task.status.state == TaskState.TASK_STATE_FAILED
        assert "could not convert string to float" in task.status.message.parts[0].text


async def test_files_reach_the_graph_and_come_back(api: Api, client: LangGraphClient) -> None:
    async with talking_to("agent", api, client) as agent:
        files = [Part(url="http://x.example/y.png", media_type="image/png", filename="y.png"), Part(raw=b"hello")]
        task = await send(agent, saying(text("add 1 and 2"), *files, message_id="m1"))
        first = task.history[0].parts
        assert (first[1].url, first[1].filename, first[2].raw) == ("http://x.example/y.png", "y.png", b"hello")
        state = await client.threads.get_state(task.context_id)
        blocks = state["values"]["messages"][0]["content"]
        assert [block["type"] for block in blocks] == ["text", "image", "file"]


async def test_data_is_the_input_of_a_graph_without_messages(api: Api, client: LangGraphClient) -> None:
    async with talking_to("chain", api, client) as agent:
        data = Part()
        ParseDict({"data": {"count": 4}}, data)
        task = await send(agent, saying(data, message_id="m1"))
        assert MessageToDict(task.artifacts[0].parts[0].data) == {"count": 7, "trail": ["a", "b", "c"]}
        with pytest.raises(Exception, match="does not support A2A"):
            await send(agent, saying(text("hello"), message_id="m2"))


async def test_a_task_belongs_to_its_assistant(api: Api, client: LangGraphClient) -> None:
    async with talking_to("agent", api, client) as agent, talking_to("approval", api, client) as other:
        task = await send(agent, saying(text("hello"), message_id="m1"))
        with pytest.raises(TaskNotFoundError):
            await other.get_task(GetTaskRequest(id=task.id))


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"message": {"role": "user", "messageId": "m", "parts": [3]}}, "part"),
        ({"message": {"role": "robot", "messageId": "m", "parts": [{"text": "x"}]}}, "role"),
        ({"message": {"messageId": "m", "parts": [{"text": "x"}], "metadata": 3}}, "metadata"),
        ({"message": {"messageId": "m", "parts": [{"text": "x"}]}, "configuration": 3}, "configuration"),
        ({"message": {"messageId": "m", "parts": [{"data": 3}]}}, "data"),
        ({"message": {"messageId": "m", "parts": [{"text": "x"}], "contextId": 5}}, "Invalid thread ID"),
        ({"message": {"messageId": "m", "parts": [{"text": "x"}], "taskId": 5}}, "Task not found"),
        ({"message": {"messageId": "m", "parts": [{"text": "x"}]}, "configuration": {"historyLength": -1}}, "history"),
        (
            {
                "message": {"messageId": "m", "parts": [{"text": "x"}]},
                "configuration": {"pushNotificationConfig": {"url": "http://x.example"}},
            },
            "Push notifications",
        ),
    ],
)
async def test_a_wrong_message_is_told_what_is_wrong(
    client: LangGraphClient, params: dict[str, Any], words: str
) -> None:
    assistant_id = (await client.assistants.search(graph_id="agent"))[0]["assistant_id"]
    body = {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": params}
    answer = await client.http.post(f"/a2a/{assistant_id}", json=body)
    assert words in answer["error"]["message"]
