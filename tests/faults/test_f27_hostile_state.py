"""F27: odd values are stored under a documented form or fail their run by name; the thread stays readable."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.server import Server

LOAD = Path(__file__).parent / "graphs" / "load.json"
STORED: dict[str, Any] = {
    "nan": None,
    "infinity": [None, None],
    "bytes": base64.b64encode(b"\x00\xff\x10").decode(),
    "nul": "a\x00b",
    "literal": "a\\u0000b",
    "big": 2**80,
    "dataclass": {"x": 3},
    "large": "x" * 10_000_000,
    "time": "2026-01-02T00:00:00+00:00",
    "uuid": "00000000-0000-0000-0000-000000000005",
    "set": [1],
}
REFUSED = ("surrogate", "deep", "generator", "lock", "lambda")


@pytest.fixture(scope="module")
def http(module_server: Callable[..., Server]) -> Iterator[httpx.Client]:
    with module_server(config=LOAD).client() as client:
        yield client


def run_on_new_thread(http: httpx.Client, given: dict[str, Any]) -> tuple[str, Any]:
    thread = http.post("/threads", json={}).json()["thread_id"]
    answer = http.post(f"/threads/{thread}/runs/wait", json={"assistant_id": "odd", "input": given})
    assert answer.status_code == 200, answer.text
    return thread, answer.json()


def assert_readable(http: httpx.Client, thread: str) -> None:
    for path in ("", "/state", "/history", "/runs"):
        assert http.get(f"/threads/{thread}{path}").status_code == 200, path
    assert http.post("/threads/search", json={"ids": [thread]}).status_code == 200


@pytest.mark.parametrize("kind", STORED)
def test_a_value_that_can_be_stored_is_shown_in_its_documented_form(http: httpx.Client, kind: str) -> None:
    thread, values = run_on_new_thread(http, {"kind": kind})
    assert values["value"] == STORED[kind]
    assert http.get(f"/threads/{thread}/state").json()["values"]["value"] == STORED[kind]
    assert_readable(http, thread)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_value_that_cannot_be_stored_fails_its_run_by_name(http: httpx.Client, kind: str) -> None:
    thread, answer = run_on_new_thread(http, {"kind": kind})
    assert "value" in answer["__error__"]["message"], answer
    assert http.get(f"/threads/{thread}").json()["status"] == "error"
    assert_readable(http, thread)
    _, values = run_on_new_thread(http, {"kind": "nul"})  # the worker goes on
    assert values["value"] == "a\x00b"


def test_a_lone_surrogate_is_refused_at_the_door(http: httpx.Client) -> None:
    body = b'{"assistant_id": "odd", "input": {"kind": "\\ud800"}}'
    answer = http.post("/runs/wait", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
