"""What an attacker or a mistake may send: a clear refusal or success, and what was there stays readable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

import httpx
import pytest

KEYS = ("'", '"', "a' OR '1'='1", "'; DROP TABLE runs; --", "$.x", "$[*]", "%", "%s", "%(owner)s", "{}",
        "{metadata}", "_", "\\", "a.b", "a->>'b'", "@>", "", "\u202e", "x" * 10_000)  # fmt: skip
COLUMNS = ("created_at; DROP TABLE runs", "owner", "1", "created_at DESC", "(SELECT 1)", "metadata->>'a'", "")
IDS = (
    "../..",
    "%2e%2e",
    "..%2f..",
    "a/b",
    "\x01",
    "\x7f",
    "\n",
    "\0",
    "é",
    "\ud7ff",
    "%",
    "{thread_id}",
    "x" * 5_000,
)
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def http(api: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api.url, headers={"x-api-key": api.key}, timeout=60.0) as client:
        yield client


@pytest.fixture(scope="module")
def thread(http: httpx.Client) -> Iterator[str]:
    """A thread with a state, which must be there in the end as it was."""
    thread_id = str(http.post("/threads", json={"metadata": {"mark": "x"}}).json()["thread_id"])
    body = {"assistant_id": "chain", "input": {"count": 0}}
    assert http.post(f"/threads/{thread_id}/runs/wait", json=body).status_code == 200
    state = http.get(f"/threads/{thread_id}/state").json()
    yield thread_id
    assert http.get(f"/threads/{thread_id}").json()["metadata"]["mark"] == "x"
    assert http.get(f"/threads/{thread_id}/state").json() == state


def fine(answer: httpx.Response) -> bool:
    """Whether the server answered as it should: with success or with a detail of what was wrong."""
    if answer.status_code < 300:
        return True
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:200])
    return bool(answer.json()["detail"])


@pytest.mark.parametrize("path", ["/threads/search", "/assistants/search", "/threads/count", "/runs/crons/search"])
def test_keys_and_values_of_a_filter_are_data(http: httpx.Client, thread: str, path: str) -> None:
    for text in KEYS:
        for wanted in ({text: "x"}, {"mark": text}, {"a": {text: [text]}}):
            answer = http.post(path, json={"metadata": wanted})
            assert fine(answer), (wanted, answer.text)
            if answer.status_code == 200:
                assert answer.json() in ([], 0), wanted  # nothing matches but what is so
    assert [row["thread_id"] for row in http.post("/threads/search", json={"ids": [thread]}).json()] == [thread]


@pytest.mark.parametrize("path", ["/threads/search", "/assistants/search"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_to_sort_by_is_one_of_ours(http: httpx.Client, thread: str, path: str, column: str) -> None:
    answer = http.post(path, json={"sort_by": column})
    assert answer.status_code == 422
    assert "sort_by" in answer.json()["detail"]


def test_a_text_to_search_for_has_no_wildcards(http: httpx.Client, thread: str) -> None:
    for text in ("%", "_", "a%b", "\\"):
        assert http.post("/assistants/search", json={"name": text}).json() == [], text
        assert fine(http.get("/runs", params={"text": text})), text


@pytest.mark.parametrize(
    "path", ["/threads/{}", "/threads/{}/state", "/assistants/{}", "/runs/{}", "/runs/crons/{}", "/workers/{}"]
)
@pytest.mark.parametrize("name", IDS, ids=[str(i) for i in range(len(IDS))])
def test_an_id_is_an_id_and_no_path(http: httpx.Client, thread: str, path: str, name: str) -> None:
    answer = http.get(path.format(quote(name, safe="")))
    assert answer.status_code in (404, 405, 422), answer.text[:200]
    assert answer.json()["detail"]


@pytest.mark.parametrize("segment", ["..", "%2e%2e", "%2E%2E%2F.."])
def test_dots_lead_nowhere(http: httpx.Client, thread: str, segment: str) -> None:
    base = http.base_url
    connection = HTTPConnection(base.host, base.port, timeout=30)  # httpx would resolve the dots itself
    try:
        connection.request("GET", f"{base.path}runs/crons/{segment}", headers=dict(http.headers))
        answer = connection.getresponse()
        assert answer.status in (404, 422)
        assert json.loads(answer.read())["detail"]
    finally:
        connection.close()


def test_a_checkpoint_is_named_by_text(http: httpx.Client, thread: str) -> None:
    for name in IDS:
        assert fine(http.get(f"/threads/{thread}/state/{quote(name, safe='')}")), name


def test_many_keys_of_metadata(http: httpx.Client, thread: str) -> None:
    metadata = {f"key{i}": i for i in range(100_000)}
    answer = http.post("/threads", json={"metadata": metadata})
    assert fine(answer)
    if answer.status_code == 200:
        assert http.get(f"/threads/{answer.json()['thread_id']}").json()["metadata"] == metadata
        assert http.delete(f"/threads/{answer.json()['thread_id']}").status_code < 300


@pytest.mark.parametrize("size", [MEGABYTE, 5 * MEGABYTE])
def test_a_large_input_is_run(http: httpx.Client, size: int) -> None:
    thread_id = http.post("/threads", json={}).json()["thread_id"]
    body = {"assistant_id": "chain", "input": {"count": 0, "note": "x" * size}}
    assert http.post(f"/threads/{thread_id}/runs/wait", json=body).status_code == 200
    assert http.get(f"/threads/{thread_id}/state").json()["values"]["count"] == 3


def test_a_body_without_end_is_cut_off(http: httpx.Client, thread: str) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * MEGABYTE

    try:
        answer = http.post("/threads", content=endless())
    except httpx.WriteError:  # the server may hang up while the client is still talking
        return
    assert answer.status_code == 413
    assert answer.json()["detail"]


@pytest.mark.parametrize("depth", [100, 1_000, 50_000])
def test_depth_is_refused_or_kept(http: httpx.Client, thread: str, depth: int) -> None:
    deep = ('{"a":' * depth + "1" + "}" * depth).encode()
    for path, frame in (("/threads", b'{"metadata": %s}'), ("/threads/search", b'{"metadata": %s}')):
        assert fine(http.post(path, content=frame % deep)), path


def test_a_batch_is_bounded(http: httpx.Client) -> None:
    many = json.dumps([{"assistant_id": "chain"}] * 20_000)
    answer = http.post("/runs/batch", content=many)
    assert answer.status_code in (413, 422, 429)
    assert answer.json()["detail"]
