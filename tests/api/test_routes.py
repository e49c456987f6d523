"""Every route by name: guarded, documented, mounted twice, and honest about what it cannot do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import yaml
from openapi_spec_validator import validate

from duragraph_ext.api.openapi import document
from duragraph_ext.api.routes import ROUTES
from tests.support.server import Server

SPEC = Path(__file__).parents[2] / "spec" / "api" / "openapi.yml"
OPERATIONS = [(verb, path) for path, handler in ROUTES for verb in handler.verbs]


@pytest.fixture(scope="module")
def server(module_server: Callable[..., Server]) -> Server:
    return module_server(workers=0, base_url="/a%40b/")


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


NOBODY = str(UUID(int=7))
"""An id that nothing has."""


def at(path: str) -> str:
    """A path template with ids of nothing."""
    return re.sub(r"{\w+}", lambda _: NOBODY, path)


@pytest.mark.parametrize(("verb", "path"), [*OPERATIONS, ("get", "/nowhere"), ("put", "/threads")])
def test_without_credentials_only_ok_answers(server: Server, verb: str, path: str) -> None:
    for prefix in ("duragraph/api/v1", "duragraph/api"):
        answer = httpx.request(verb, f"{server.url}{prefix}{at(path)}")
        assert answer.status_code == (200 if path == "/ok" else 401)
        assert "detail" in answer.json() or answer.json() == {"ok": True}
        assert "set-cookie" not in answer.headers


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[httpx.Client]:
    """Logged in as a page is: by a cookie."""
    with httpx.Client(base_url=server.api_url) as browser:
        browser.get(f"{server.url}login?token={server.token}", follow_redirects=True)
        yield browser


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        *((verb, path) for verb, path in OPERATIONS if verb != "get"),
        ("get", "/threads/{thread_id}/runs/{run_id}/join?cancel_on_disconnect=true"),
        ("get", "/threads/{thread_id}/runs/{run_id}/stream?cancel_on_disconnect=true"),
        ("get", "/runs/{run_id}/stream?cancel_on_disconnect=true"),
        ("get", f"/stream?run_id={NOBODY}&cancel_on_disconnect=true"),
    ],
)
def test_a_login_cookie_alone_proves_no_intention(browser: httpx.Client, verb: str, path: str) -> None:
    assert browser.request(verb, at(path)).status_code == 403


def test_a_page_may_read_and_with_the_xsrf_token_write(browser: httpx.Client) -> None:
    assert browser.get("/info").status_code == 200
    token = next(cookie.value for cookie in browser.cookies.jar if cookie.name == "_xsrf")
    assert token is not None
    assert browser.post("/threads", json={}, headers={"x-xsrftoken": token}).status_code == 200
    abroad = browser.post("/threads", json={}, headers={"x-xsrftoken": token, "origin": "http://evil.example"})
    assert abroad.status_code == 403


def test_the_openapi_document_is_valid_and_is_the_routes(http: httpx.Client) -> None:
    served = http.get("/openapi.json").json()
    validate(served)
    assert served == document()
    assert {(verb, path) for path, verbs in served["paths"].items() for verb in verbs} == set(OPERATIONS)


def test_the_specification_is_the_code() -> None:
    assert yaml.safe_load(SPEC.read_text()) == document()


def test_the_documentation_needs_nothing_from_elsewhere(http: httpx.Client) -> None:
    answer = http.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert all(f"<code>{path}</code>" in answer.text for _, path in OPERATIONS)
    assert "http://" not in answer.text
    assert "<script" not in answer.text


def test_both_mounts_answer_the_same(server: Server) -> None:
    answers = [
        httpx.get(f"{server.url}{prefix}/info", headers=server.headers).json()
        for prefix in ("duragraph/api/v1", "duragraph/api")
    ]
    assert answers[0] == answers[1]
    assert {"version", "langgraph_py_version", "flags", "host"} <= answers[0].keys()


def test_a_wrong_method_is_told_the_right_ones(http: httpx.Client) -> None:
    answer = http.get("/threads")
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/nowhere", "/", "//", "/threads/", "/v1", "/runs/%2e%2e/ok", "/threads/a/b/c/d"])
def test_an_unknown_path_is_json(server: Server, path: str) -> None:
    answer = httpx.get(f"{server.api_url}{path}", headers=server.headers)
    assert answer.status_code in (404, 405, 422)
    assert answer.json()["detail"]


def test_answers_tell_browsers_nothing_they_could_misuse(http: httpx.Client) -> None:
    answer = http.get("/info", headers={"x-request-id": "mine-1"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"] == "mine-1"
    assert "etag" not in answer.headers
    strange = http.get("/info", headers={"x-request-id": "<script>"})
    assert re.fullmatch("[0-9a-f]{32}", strange.headers["x-request-id"])


@pytest.mark.parametrize("claimed", [None, "chunked"])
@pytest.mark.parametrize("size", [8 * 2**20 + 1, 40 * 2**20])
def test_a_body_over_the_limit_is_refused_and_the_answer_arrives(
    http: httpx.Client, size: int, claimed: str | None
) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(size // 2**16 + 1):
            yield b" " * 2**16

    content = chunks() if claimed else b" " * size
    answer = http.post("/threads", content=content)
    assert answer.status_code == 413
    assert "8388608" in answer.json()["detail"]
    assert http.get("/info").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("input.text[1]", {"input": {"text": ["a", "b\0c"]}}),
        ("metadata", {"metadata": {"k\0": 1}}),
    ],
)
def test_a_nul_is_refused_by_the_field(http: httpx.Client, field: str, value: dict[str, object]) -> None:
    answer = http.post("/runs/wait", json={"assistant_id": "g", **value})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(field)


@pytest.mark.parametrize("text", [r'"\ud800"', "NaN", "Infinity"])
def test_what_json_cannot_hold_is_refused(http: httpx.Client, text: str) -> None:
    answer = http.post("/runs", content=b'{"assistant_id": "g", "input": %s}' % text.encode())
    assert (answer.status_code, answer.json()["detail"]) == (422, "Invalid JSON in request body")


def test_nesting_has_a_limit(http: httpx.Client) -> None:
    for depth, status in ((60, 200), (70, 422)):
        metadata: object = 1
        for _ in range(depth):
            metadata = {"a": metadata}
        answer = http.post("/threads", json={"metadata": metadata})
        assert answer.status_code == status
    assert answer.json()["detail"].startswith("metadata: must not be nested")


def test_metrics_move(http: httpx.Client) -> None:
    def asked() -> float:
        text = http.get("/metrics").text
        pattern = r'duragraph_http_requests_total{method="POST",route="/threads/count",status="200"} (\S+)'
        found = re.search(pattern, text)
        return float(found[1]) if found else 0.0

    before = asked()
    http.post("/threads/count", json={})
    assert asked() == before + 1
    assert "duragraph_runs_pending_count 0.0" in http.get("/metrics").text


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("post", "/threads/search", {"offset": 2**63}),
        ("post", "/threads/search", {"metadata": {"a": 2**70, "b'; --": "%s {} $1"}}),
        ("post", "/assistants/search", {"name": "%_\\'\"", "offset": 2**31 - 1}),
        ("post", "/runs", {"assistant_id": "nowhere", "after_seconds": 1e300}),
        ("post", "/runs", {"assistant_id": "\ufffd' OR true"}),
        ("get", f"/threads/{NOBODY}/state/%00", None),
        ("get", f"/threads/{NOBODY}/state/%ff", None),
        ("get", f"/threads/{NOBODY}/history?before=%00", None),
        ("get", f"/threads/{NOBODY}/history?before=' OR true --", None),
        ("get", f"/runs/{NOBODY}/events?after={2**40}", None),
        ("get", f"/runs?before={NOBODY}&graph_id=%27", None),
        ("get", "/events/stream?after=99999999999999999999", None),
        ("post", f"/assistants/{NOBODY}/latest", {"version": 2**40}),
        ("get", "/threads/%2e%2e%2f%2e%2e/state", None),
    ],
)
def test_nothing_odd_breaks_the_server(http: httpx.Client, verb: str, path: str, body: object) -> None:
    answer = http.request(verb, path, **({} if body is None else {"json": body}))
    assert answer.status_code in (200, 400, 404, 422)
    assert answer.json() is not None
