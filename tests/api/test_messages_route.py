"""Messages appended to a thread: they are its state, the next run reads them, and a repeat appends nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest


def thread_of(http: httpx.Client, graph: str | None) -> str:
    metadata = {"graph_id": graph} if graph else {}
    answer = http.post("/threads", json={"metadata": metadata})
    return str(answer.raise_for_status().json()["thread_id"])


def state_of(http: httpx.Client, thread_id: str) -> dict[str, Any]:
    state: dict[str, Any] = http.get(f"/threads/{thread_id}/state").raise_for_status().json()
    return state


def test_messages_are_appended_and_the_next_run_answers_them(http: httpx.Client) -> None:
    thread_id = thread_of(http, "chat")
    answer = http.post(f"/threads/{thread_id}/messages", json={"role": "user", "content": "one"})
    assert answer.status_code == 201, answer.text
    first = answer.json()
    assert [each["content"] for each in first["messages"]] == ["one"]
    assert first["messages"][0]["type"] == "human"
    two = [{"role": "assistant", "content": "two", "id": "second"}, {"content": [{"type": "text", "text": "three"}]}]
    more = http.post(f"/threads/{thread_id}/messages", json={"messages": two}).json()
    assert [each["type"] for each in more["messages"]] == ["ai", "human"]
    assert more["messages"][0]["id"] == "second"
    state = state_of(http, thread_id)
    assert state["values"]["messages"] == [*first["messages"], *more["messages"]]
    assert state["checkpoint"]["checkpoint_id"] == more["checkpoint_id"]
    values = http.post(f"/threads/{thread_id}/runs/wait", json={"assistant_id": "chat", "input": None}).json()
    assert values["messages"][-1]["content"] == "I remember 3"


def test_a_repeat_with_the_same_key_appends_nothing(http: httpx.Client) -> None:
    thread_id, key = thread_of(http, "chat"), str(uuid4())
    ask = {"json": {"role": "user", "content": "once"}, "headers": {"idempotency-key": key}}
    first = http.post(f"/threads/{thread_id}/messages", **ask).json()  # type: ignore[arg-type]
    again = http.post(f"/threads/{thread_id}/messages", **ask)  # type: ignore[arg-type]
    assert (again.status_code, again.json()) == (201, first)
    other = http.post(f"/threads/{thread_id}/messages", json={"content": "else"}, headers={"idempotency-key": key})
    assert other.status_code == 409
    assert len(state_of(http, thread_id)["values"]["messages"]) == 1


@pytest.mark.parametrize(
    ("graph", "body", "status", "says"),
    [
        (None, {"content": "x"}, 400, "has no assigned graph ID"),
        ("chain", {"content": "x"}, 422, "keeps none"),
        ("chat", {}, 422, "give either messages, or role and content"),
        ("chat", {"content": "x", "messages": [{"content": "y"}]}, 422, "give either messages"),
        ("chat", {"messages": []}, 422, "messages"),
        ("chat", {"role": "nobody", "content": "x"}, 422, "role"),
        ("chat", {"role": "tool", "content": "x"}, 422, "tool_call_id"),
        ("chat", {"content": 7}, 422, "content"),
    ],
)
def test_what_cannot_be_appended_is_refused(
    http: httpx.Client, graph: str | None, body: dict[str, Any], status: int, says: str
) -> None:
    thread_id = thread_of(http, graph)
    answer = http.post(f"/threads/{thread_id}/messages", json=body)
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True), answer.text
    assert not state_of(http, thread_id)["values"]


def test_an_unknown_thread_and_one_at_work(http: httpx.Client) -> None:
    assert http.post(f"/threads/{uuid4()}/messages", json={"content": "x"}).status_code == 404
    thread_id = thread_of(http, "chat")
    later = {"assistant_id": "chat", "input": {"messages": []}, "after_seconds": 60}
    http.post(f"/threads/{thread_id}/runs", json=later).raise_for_status()
    assert http.post(f"/threads/{thread_id}/messages", json={"content": "x"}).status_code == 409
