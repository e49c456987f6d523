"""The project's own routes: served by its app in the project host, streamed, and guarded as the project file says."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.server import TOKEN, Server
from tests.support.waiting import eventually

GRAPHS = Path(__file__).parent / "graphs"
HOME = "https://app.example"


@pytest.fixture(scope="module")
def guarded(module_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server with a prefix, routes left out, and its own routes behind the project's auth."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("house.py", "site.py", "counters.py"):
        shutil.copy(GRAPHS / name, folder)
    http: dict[str, Any] = {
        "app": "./site.py:app",
        "enable_custom_route_auth": True,
        "mount_prefix": "/my/app",
        "disable_assistants": True,
        "disable_runs": True,
        "disable_meta": True,
        "logging_headers": {"includes": ["x-*"], "excludes": ["x-api-key"]},
    }
    openapi = {
        "securitySchemes": {"house": {"type": "http", "scheme": "bearer"}},
        "security": [{"house": []}],
        "paths": {"/threads": {"POST": [{"house": ["write"]}]}},
    }
    auth = {"path": "./house.py:auth", "openapi": openapi}
    project = {"graphs": {"chain": "./counters.py:chain"}, "auth": auth, "http": http}
    (folder / "langgraph.json").write_text(json.dumps(project))
    return module_server(config=folder / "langgraph.json", workers=0, base_url="/a/")


@pytest.fixture(scope="module")
def unguarded(module_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server without auth of the project's, whose file does not say that its routes are open."""
    folder = tmp_path_factory.mktemp("plain")
    shutil.copy(GRAPHS / "site.py", folder)
    shutil.copy(GRAPHS / "counters.py", folder)
    project = {"graphs": {"chain": "./counters.py:chain"}, "http": {"app": "./site.py:app", "disable_meta": False}}
    (folder / "langgraph.json").write_text(json.dumps(project))
    return module_server(config=folder / "langgraph.json", workers=0, data_dir=folder / "data")


def test_open_routes_answer_everybody_and_know_nobody(auth_server: Server) -> None:
    answer = httpx.post(f"{auth_server.api_url}/hello?a=1&b=%20", content=b"hi", headers={"cookie": "mine=1"})
    assert answer.headers["x-told"] == "yes"
    assert answer.json() == {
        "up": True,
        "path": "/hello",
        "query": "a=1&b=%20",
        "user": None,
        "body": "hi",
        "authorization": None,
        "cookie": "mine=1",
    }


def test_the_projects_routes_go_before_the_servers_but_for_the_servers_own_affairs(auth_server: Server) -> None:
    assert httpx.post(f"{auth_server.api_url}/threads/count").text == "the project's"
    assert httpx.get(f"{auth_server.api_url}/ok").json() == {"ok": True}
    assert httpx.get(f"{auth_server.api_url}/inner/any/thing").json()["path"] == "/any/thing"
    assert httpx.delete(f"{auth_server.api_url}/hello").status_code == 401


def test_no_credential_of_jupyters_reaches_the_project(auth_server: Server) -> None:
    for headers in ({"x-api-key": TOKEN}, {"authorization": f"token {TOKEN}"}):
        seen = httpx.get(f"{auth_server.api_url}/hello", headers=headers).json()
        assert seen["authorization"] is None
    with httpx.Client() as browser:
        browser.get(f"{auth_server.url}login?token={TOKEN}", follow_redirects=True)
        browser.cookies.set("mine", "1", domain="127.0.0.1")
        assert browser.get(f"{auth_server.api_url}/hello").json()["cookie"] in (None, "mine=1")
    own = httpx.get(f"{auth_server.api_url}/hello", headers={"authorization": "Bearer ann"}).json()
    assert own["authorization"] == "Bearer ann"


def test_a_client_cannot_say_who_it_is(auth_server: Server) -> None:
    forged = json.dumps({"handle": "", "user": {"identity": "admin", "permissions": []}})
    seen = httpx.get(f"{auth_server.api_url}/hello", headers={"x-duragraph-user": forged, "x-duragraph-root": "/evil"})
    assert (seen.json()["user"], seen.json()["path"]) == (None, "/hello")


def test_answers_are_passed_on_as_they_are_made(auth_server: Server) -> None:
    with httpx.stream("GET", f"{auth_server.api_url}/ticks?slowly=1", timeout=20.0) as response:
        assert next(response.iter_text()) == "tick 0\n"
    assert httpx.get(f"{auth_server.api_url}/ticks").text == "tick 0\ntick 1\ntick 2\n"


def test_an_error_of_the_projects_is_its_own(auth_server: Server) -> None:
    answer = httpx.get(f"{auth_server.api_url}/broken")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")


def test_the_projects_code_runs_outside_of_the_server(auth_server: Server) -> None:
    pid = httpx.get(f"{auth_server.api_url}/pid").json()["pid"]
    assert pid not in (auth_server.process.pid, os.getpid())


def test_cors_is_as_the_project_file_says(auth_server: Server) -> None:
    asked = {"origin": HOME, "access-control-request-method": "POST", "access-control-request-headers": "x-mine"}
    for path in ("/threads", "/hello"):
        preflight = httpx.options(auth_server.api_url + path, headers=asked)
        assert preflight.headers["access-control-allow-origin"] == HOME
        assert "x-mine" in preflight.headers["access-control-allow-headers"]
        abroad = httpx.options(auth_server.api_url + path, headers={**asked, "origin": f"{HOME}.evil.example"})
        assert "access-control-allow-origin" not in abroad.headers
    answer = httpx.get(f"{auth_server.api_url}/hello", headers={"origin": HOME})
    assert answer.headers["access-control-allow-origin"] == HOME
    assert {"x-told", "Mcp-Session-Id"} <= set(answer.headers["access-control-expose-headers"].split(", "))


def test_guarded_routes_want_a_user_and_are_told_who_it_is(guarded: Server) -> None:
    path = f"{guarded.api_url}/my/app/hello"
    assert httpx.get(path).status_code == 401
    seen = httpx.get(path, headers={"authorization": "Bearer ann"}).json()
    assert (seen["user"], seen["path"]) == ("ann", "/hello")
    assert httpx.get(path, headers=guarded.headers).json()["user"] == "jupyter"


def test_the_prefix_is_before_every_route(guarded: Server) -> None:
    for prefix in ("", "/my/app"):
        assert httpx.get(f"{guarded.api_url}{prefix}/ok").status_code == 200
        made = httpx.post(f"{guarded.api_url}{prefix}/threads", json={}, headers={"authorization": "Bearer ann"})
        assert made.json()["metadata"] == {"owner": "ann"}


@pytest.mark.parametrize(
    "path", ["/assistants/search", "/runs", "/threads/{}/runs", "/threads/{}/runs/wait", "/info", "/openapi.json"]
)
def test_what_is_left_out_is_not_there(guarded: Server, path: str) -> None:
    thread = httpx.post(f"{guarded.api_url}/threads", json={}, headers=guarded.headers).json()["thread_id"]
    answer = httpx.post(guarded.api_url + path.format(thread), json={}, headers=guarded.headers)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert httpx.get(f"{guarded.api_url}/threads/{thread}", headers=guarded.headers).status_code == 200


def test_chosen_headers_are_logged_with_what_went_wrong(guarded: Server) -> None:
    httpx.get(f"{guarded.api_url}/nowhere", headers={"x-seen": "in-the-log", **guarded.headers})
    eventually(lambda: "'x-seen': 'in-the-log'" in guarded.log.read_text(), 10, "the line of the log")
    assert TOKEN not in guarded.log.read_text()


def test_routes_are_closed_unless_the_file_opens_them(unguarded: Server) -> None:
    assert httpx.get(f"{unguarded.api_url}/hello").status_code == 401
    seen = httpx.get(f"{unguarded.api_url}/hello", headers=unguarded.headers).json()
    assert (seen["user"], seen["authorization"]) == ("jupyter", None)
