"""Whatever is wrong with a request, the answer says what, and nothing else happens."""

import json
import uuid
from typing import Any

import httpx
import pytest

from tests.support.server import Server

BODY_LIMIT = 8 * 1024 * 1024
JSON = {"content-type": "application/json"}


@pytest.fixture
def thread(http: httpx.Client) -> str:
    return str(http.post("/threads", json={}).json()["thread_id"])


POSTS = (
    "/assistants",
    "/assistants/search",
    "/threads",
    "/threads/search",
    "/threads/{thread}/runs",
    "/threads/{thread}/runs/wait",
    "/threads/{thread}/runs/stream",
    "/threads/{thread}/state",
    "/threads/{thread}/history",
    "/runs",
    "/runs/wait",
    "/runs/stream",
)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("content", [b"{", b"", b"[1", b"\xff\xfe", b'{"a": NaN', b'"text"', b"7", b"[]"])
def test_a_body_that_is_no_json_object(http: httpx.Client, thread: str, path: str, content: bytes) -> None:
    answer = http.post(path.format(thread=thread), content=content, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/assistants", {"graph_id": 1}, "graph_id"),
        ("/assistants", {"graph_id": "chain", "metadata": 3}, "metadata"),
        ("/assistants", {}, "graph_id"),
        ("/assistants/search", {"limit": "many"}, "limit"),
        ("/assistants/search", {"limit": 0}, "limit"),
        ("/assistants/search", {"limit": 1001}, "limit"),
        ("/threads", {"metadata": [1]}, "metadata"),
        ("/threads", {"if_exists": "perhaps"}, "if_exists"),
        ("/threads/search", {"status": "tired"}, "status"),
        ("/threads/search", {"offset": -1}, "offset"),
        ("/threads/{thread}/history", {"limit": 0}, "limit"),
        ("/threads/{thread}/state", {"values": 5}, "values"),
        ("/threads/{thread}/runs", {}, "assistant_id"),
        ("/threads/{thread}/runs", {"assistant_id": []}, "assistant_id"),
        ("/threads/{thread}/runs", {"assistant_id": "chain", "config": "x"}, "config"),
        (
            "/threads/{thread}/runs",
            {"assistant_id": "chain", "config": {"recursion_limit": "x"}},
            "recursion_limit",
        ),
        ("/threads/{thread}/runs", {"assistant_id": "chain", "stream_mode": "tea"}, "stream_mode"),
        (
            "/threads/{thread}/runs",
            {"assistant_id": "chain", "stream_mode": ["values", "tea"]},
            "stream_mode",
        ),
        (
            "/threads/{thread}/runs",
            {"assistant_id": "chain", "multitask_strategy": "x"},
            "multitask_strategy",
        ),
        ("/threads/{thread}/runs", {"assistant_id": "chain", "durability": "x"}, "durability"),
        ("/threads/{thread}/runs", {"assistant_id": "chain", "interrupt_before": 3}, "interrupt_before"),
        ("/threads/{thread}/runs", {"assistant_id": "chain", "command": "go"}, "command"),
        ("/runs/wait", {"input": {}}, "assistant_id"),
    ],
)
def test_a_wrong_type_names_its_field(
    http: httpx.Client, thread: str, path: str, body: dict[str, Any], field: str
) -> None:
    answer = http.post(path.format(thread=thread), json=body)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/assistants/{id}"),
        ("GET", "/assistants/{id}/graph"),
        ("GET", "/assistants/{id}/schemas"),
        ("PATCH", "/assistants/{id}"),
        ("DELETE", "/assistants/{id}"),
        ("POST", "/assistants/{id}/versions"),
        ("GET", "/threads/{id}"),
        ("PATCH", "/threads/{id}"),
        ("DELETE", "/threads/{id}"),
        ("GET", "/threads/{id}/state"),
        ("POST", "/threads/{id}/state"),
        ("GET", "/threads/{id}/history"),
        ("POST", "/threads/{id}/history"),
        ("GET", "/threads/{id}/runs"),
        ("GET", "/threads/{thread}/runs/{id}"),
        ("DELETE", "/threads/{thread}/runs/{id}"),
        ("POST", "/threads/{thread}/runs/{id}/cancel"),
        ("GET", "/nowhere"),
    ],
)
def test_what_is_unknown_is_not_found(http: httpx.Client, thread: str, method: str, path: str) -> None:
    body = {"values": {}} if path.endswith("/state") else {}
    options = {"json": body} if method in ("POST", "PATCH") else {}
    answer = http.request(method, path.format(id=uuid.uuid4(), thread=thread), **options)
    assert answer.status_code == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize("tail", ["", "/wait", "/stream"])
def test_a_run_needs_a_thread_and_an_assistant_that_exist(http: httpx.Client, thread: str, tail: str) -> None:
    path = f"/threads/{thread}/runs{tail}"
    assert http.post(f"/threads/{uuid.uuid4()}/runs{tail}", json={"assistant_id": "chain"}).status_code == 404
    assert http.post(path, json={"assistant_id": str(uuid.uuid4())}).status_code == 404
    unknown = http.post(path, json={"assistant_id": "no such graph"})
    assert unknown.status_code == 422
    assert "chain" in unknown.json()["detail"]
    assert http.get(f"/threads/{thread}/runs").json() == []


@pytest.mark.parametrize("path", ["/assistants/{}", "/threads/{}", "/threads/{}/state", "/threads/{}/runs"])
def test_an_id_that_is_no_uuid(http: httpx.Client, path: str) -> None:
    answer = http.get(path.format("not-a-uuid"))
    assert answer.status_code == 422
    assert "UUID" in answer.json()["detail"]


def test_what_exists_already_is_a_conflict(http: httpx.Client, thread: str) -> None:
    assert http.post("/threads", json={"thread_id": thread}).status_code == 409
    body = {"graph_id": "chain", "assistant_id": str(uuid.uuid4())}
    assert http.post("/assistants", json=body).status_code == 200
    assert http.post("/assistants", json=body).status_code == 409


def test_an_unknown_graph_is_answered_with_the_known_ones(http: httpx.Client) -> None:
    answer = http.post("/assistants", json={"graph_id": "no such graph"})
    assert answer.status_code == 404
    assert "'chain'" in answer.json()["detail"]


def test_a_wrong_method_is_named(http: httpx.Client) -> None:
    answer = http.put("/threads", json={})
    assert answer.status_code == 405
    assert answer.json()["detail"]


def large(size: int) -> bytes:
    frame = json.dumps({"assistant_id": "chain", "input": {"count": 0, "note": ""}}).encode()
    return frame.replace(b'"note": ""', b'"note": "' + b"x" * (size - len(frame)) + b'"')


def test_a_body_up_to_the_limit_is_accepted(http: httpx.Client) -> None:
    answer = http.post("/runs/wait", content=large(BODY_LIMIT - 1024), headers=JSON)
    assert (answer.status_code, answer.json()["count"]) == (200, 3)


@pytest.mark.parametrize("path", ["/runs/wait", "/threads", "/threads/search", "/assistants"])
def test_a_body_over_the_limit_is_refused_before_it_is_read(pair: list[Server], path: str) -> None:
    with pair[0].client() as http:  # no balancer between that would have to read it
        answer = http.post(path, content=large(BODY_LIMIT + 1024), headers=JSON)
    assert answer.status_code == 413
    assert "8 MB" in answer.json()["detail"] or "8388608" in answer.json()["detail"]


def test_deep_nesting_does_not_hurt(http: httpx.Client, thread: str) -> None:
    content = b'{"assistant_id": "chain", "input": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert http.post(f"/threads/{thread}/runs/wait", content=content, headers=JSON).status_code == 422
    assert http.get(f"/threads/{thread}").json()["status"] == "idle"


@pytest.mark.parametrize("key", [None, "wrong"])
def test_nothing_is_open_but_ok(http: httpx.Client, thread: str, key: str | None) -> None:
    headers = {} if key is None else {"x-api-key": key}
    with httpx.Client(base_url=http.base_url, headers=headers) as stranger:
        assert stranger.get("/ok").status_code == 200
        for path in ("/info", "/metrics", "/openapi.json", "/docs", f"/threads/{thread}", "/nowhere"):
            assert stranger.get(path).status_code in (401, 403), path
        for path in ("/threads", "/threads/search", "/runs/wait", "/assistants/search"):
            assert stranger.post(path, json={}).status_code in (401, 403), path
