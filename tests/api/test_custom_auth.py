"""The project's own auth: on every route, never open, and the holder of Jupyter's token stays the holder."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from duragraph_ext.api.operation import ANYBODY, HOLDER
from duragraph_ext.api.routes import ROUTES
from tests.support.server import TOKEN, Server
from tests.support.waiting import eventually

OPERATIONS = [(verb, path) for path, handler in ROUTES for verb in handler.verbs]
DECLARED = {(verb, path): op.auth for path, handler in ROUTES for verb, op in handler.verbs.items()}
DECLARED_BODIES = {(verb, path): op.body for path, handler in ROUTES for verb, op in handler.verbs.items()}
BODIES: dict[str, Any] = {
    "/assistants": {"graph_id": "chain"},
    "/assistants/{assistant_id}/latest": {"version": 1},
    "/threads/{thread_id}/commands": {"id": 1, "method": "run.start", "params": {"assistant_id": "chain", "input": {}}},
    "/threads/{thread_id}/messages": {"content": "x"},
    "/threads/{thread_id}/runs/crons": {"assistant_id": "chain", "schedule": "0 0 1 1 *", "input": {}},
    "/threads/{thread_id}/runs/{run_id}/resume": {"resume": 1},
    "/threads/{thread_id}/stream/events": {"channels": ["values"]},
    "/threads/{thread_id}/state": {"values": {"count": 7}},
    "/threads/{thread_id}/state/checkpoint": {"checkpoint": {"checkpoint_id": str(uuid4())}},
}
CLIENT = httpx.Client(timeout=30.0)
"""One for all: making one takes longer than most questions."""
RUN = {"assistant_id": "chain", "input": {"count": 0}}


def ask(server: Server, who: str | None, verb: str, path: str, **options: Any) -> httpx.Response:
    headers = {**options.pop("headers", {}), **({"authorization": f"Bearer {who}"} if who else {})}
    return CLIENT.request(verb, server.api_url + path, headers=headers, **options)


def host_of(server: Server) -> psutil.Process:
    """The project host's process."""
    for each in psutil.Process(server.process.pid).children(recursive=True):
        if "duragraph_kernel.host" in each.cmdline():
            return each
    raise LookupError("no project host")


def test_every_operation_says_what_a_user_needs_for_it() -> None:
    undeclared = [key for key, auth in DECLARED.items() if auth is None]
    assert undeclared == []
    grants = {grant for auth in DECLARED.values() for grant in ((auth,) if isinstance(auth, str) else auth or ())}
    known = re.compile(r"(threads|assistants|crons|store)\.[a-z_]+")
    assert [grant for grant in grants - {ANYBODY, HOLDER} if not known.fullmatch(grant)] == []


@pytest.mark.parametrize(("verb", "path"), OPERATIONS)
def test_without_credentials_only_ok_answers(auth_server: Server, verb: str, path: str) -> None:
    at = re.sub(r"{\w+}", lambda _: str(uuid4()), path)
    answer = ask(auth_server, None, verb, at)
    taken = (verb, path) == ("post", "/threads/count")  # a route of the project's own, which is open
    assert answer.status_code == (200 if path == "/ok" or taken else 401)


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    CLIENT.close()


@pytest.fixture(scope="module")
def hers(auth_server: Server) -> dict[str, str]:
    """The ids of what another user has: a thread with a state and a run that ended, and an assistant."""
    thread = ask(auth_server, "ann", "post", "/threads", json={}).json()["thread_id"]
    ask(auth_server, "ann", "post", f"/threads/{thread}/runs/wait", json=RUN)
    run = ask(auth_server, "ann", "get", f"/threads/{thread}/runs").json()[0]["run_id"]
    assistant = ask(auth_server, "ann", "post", "/assistants", json={"graph_id": "chain"}).json()["assistant_id"]
    state = ask(auth_server, "ann", "get", f"/threads/{thread}/state").json()
    return {
        "thread_id": thread,
        "run_id": run,
        "assistant_id": assistant,
        "cron_id": str(uuid4()),
        "checkpoint_id": state["checkpoint"]["checkpoint_id"],
        "worker_id": str(uuid4()),
        "namespace": "none",
    }


def everything(server: Server, hers: dict[str, str]) -> list[Any]:
    """What there is of hers, as the holder sees it."""
    thread, run = hers["thread_id"], hers["run_id"]
    paths = [f"/threads/{thread}", f"/threads/{thread}/state", f"/threads/{thread}/runs", f"/runs/{run}/events"]
    paths += [f"/threads/{thread}/history", f"/assistants/{hers['assistant_id']}"]
    return [CLIENT.get(server.api_url + path, headers=server.headers).json() for path in paths]


@pytest.mark.parametrize(
    ("verb", "path"), [each for each in OPERATIONS if "{thread_id}" in each[1] or "{run_id}" in each[1]]
)
def test_what_is_hers_is_not_there_for_another(auth_server: Server, hers: dict[str, str], verb: str, path: str) -> None:
    before = everything(auth_server, hers)
    body = BODIES.get(path, RUN if "/runs" in path and verb == "post" else {})
    answer = ask(auth_server, "ben", verb, path.format(**hers), json=body if verb != "get" else None)
    if str(DECLARED[verb, path]).startswith("crons."):  # this project lets nobody
        assert answer.status_code == 403
    elif "text/event-stream" in answer.headers["content-type"]:
        assert answer.text.startswith("event: error\n")
        assert "404:" in answer.text
    else:
        assert answer.status_code == 404, answer.text
    assert everything(auth_server, hers) == before


@pytest.mark.parametrize(
    ("verb", "path"), [key for key, auth in DECLARED.items() if "{assistant_id}" in key[1] and auth != ANYBODY]
)
def test_her_assistant_may_be_used_and_not_changed(
    auth_server: Server, hers: dict[str, str], verb: str, path: str
) -> None:
    before = everything(auth_server, hers)
    answer = ask(auth_server, "ben", verb, path.format(**hers), json=BODIES.get(path, {}) if verb != "get" else None)
    reads = str(DECLARED[verb, path]).endswith(".read")
    assert answer.status_code == (200 if reads else 404)
    assert everything(auth_server, hers) == before


def test_a_graphs_own_assistant_carries_the_projects_description(auth_server: Server) -> None:
    found = ask(auth_server, "ann", "post", "/assistants/search", json={"graph_id": "chain", "name": "chain"}).json()
    assert [row["description"] for row in found if row["name"] == "chain"] == ["Counts to three"]


def rpc(server: Server, who: str, path: str, method: str, params: Any) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return ask(server, who, "post", path, json=body, headers={"accept": "application/json"})


def result(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert "error" not in answer.json(), answer.text
    return answer.json()["result"]


def test_a_tool_is_called_as_the_user_who_asks(auth_server: Server) -> None:
    tools = result(rpc(auth_server, "ann", "/mcp", "tools/list", {}))["tools"]
    assert {"agent", "inspector"} <= {tool["name"] for tool in tools}
    called = result(rpc(auth_server, "ann", "/mcp", "tools/call", {"name": "inspector", "arguments": {}}))
    assert called["structuredContent"]["report"]["configurable"]["langgraph_auth_user_id"] == "ann"
    refused = rpc(auth_server, "guest", "/mcp", "tools/call", {"name": "inspector", "arguments": {}})
    assert refused.status_code == 403


def test_nobody_cancels_the_calls_of_another(auth_server: Server) -> None:
    session = uuid4().hex
    mark = {**RUN, "after_seconds": 600, "metadata": {"mcp": {"session": session, "request": 1}}}
    run = ask(auth_server, "ann", "post", "/runs", json={**mark, "on_completion": "keep"}).json()
    at = f"/threads/{run['thread_id']}/runs/{run['run_id']}"
    statuses = {}
    for name in ("ben", "ann"):
        assert ask(auth_server, name, "delete", "/mcp", headers={"mcp-session-id": session}).status_code == 204
        statuses[name] = ask(auth_server, "ann", "get", at).json()["status"]
    assert statuses == {"ben": "pending", "ann": "interrupted"}


def test_agents_talk_as_the_user_who_asks(auth_server: Server) -> None:
    found = ask(auth_server, "ann", "post", "/assistants/search", json={"graph_id": "agent"}).json()
    path = f"/a2a/{found[0]['assistant_id']}"
    said = {"message": {"role": "user", "messageId": "1", "parts": [{"kind": "text", "text": "hello"}]}}
    task = result(rpc(auth_server, "ann", path, "message/send", said))
    assert ask(auth_server, "ann", "get", f"/threads/{task['contextId']}").status_code == 200
    for method in ("tasks/get", "tasks/cancel"):
        hidden = rpc(auth_server, "ben", path, method, {"id": task["id"]}).json()["error"]
        assert hidden["message"] == f"Task not found: {task['id']}"
    more = {"message": {**said["message"], "contextId": task["contextId"]}}
    assert "error" in rpc(auth_server, "ben", path, "message/send", more).json()
    assert result(rpc(auth_server, "ann", path, "tasks/get", {"id": task["id"]}))["id"] == task["id"]
    assert rpc(auth_server, "guest", path, "message/send", said).status_code == 403


async def test_a_socket_shows_a_thread_to_its_own_user(auth_server: Server, hers: dict[str, str]) -> None:
    url = auth_server.api_url.replace("http", "ws", 1) + f"/threads/{hers['thread_id']}/stream/events"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, additional_headers={"authorization": "Bearer ben"}):
            pass
    assert refused.value.response.status_code == 404
    async with connect(url, additional_headers={"authorization": "Bearer ann"}) as socket:
        start = {"id": 1, "method": "run.start", "params": {"assistant_id": "chain", "input": {"count": 0}}}
        await socket.send(json.dumps(start))
        answer = json.loads(await socket.recv())
    assert answer["type"] == "success"


def test_lists_and_counts_show_only_what_is_ones_own(auth_server: Server, hers: dict[str, str]) -> None:
    mark = {"metadata": {"mark": str(uuid4())}}
    for name in ("ann", "ben"):
        ask(auth_server, name, "post", "/threads", json=mark)
    found = {name: ask(auth_server, name, "post", "/threads/search", json=mark).json() for name in ("ann", "admin")}
    assert {name: len(rows) for name, rows in found.items()} == {"ann": 1, "admin": 2}
    assert hers["run_id"] in [row["run_id"] for row in ask(auth_server, "ann", "get", "/runs?limit=100").json()]
    assert hers["run_id"] not in [row["run_id"] for row in ask(auth_server, "ben", "get", "/runs?limit=100").json()]


def test_questions_of_graphs_are_shown_to_their_own_users(auth_server: Server) -> None:
    thread = ask(auth_server, "ann", "post", "/threads", json={}).json()["thread_id"]
    ask(auth_server, "ann", "post", f"/threads/{thread}/runs/wait", json={"assistant_id": "single", "input": {}})
    asked = {name: ask(auth_server, name, "get", f"/interrupts?thread_id={thread}").json() for name in ("ann", "ben")}
    assert {name: len(rows) for name, rows in asked.items()} == {"ann": 1, "ben": 0}


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("post", "/runs/cancel", {"thread_id": "{thread_id}", "run_ids": ["{run_id}"]}),
        ("post", "/threads/prune", {"thread_ids": ["{thread_id}"]}),
        ("get", "/stream?run_id={run_id}", None),
        ("post", "/runs/cancel", {"status": "all"}),
    ],
)
def test_ids_in_bodies_and_queries_are_no_way_around(
    auth_server: Server, hers: dict[str, str], verb: str, path: str, body: Any
) -> None:
    paused = ask(
        auth_server, "ann", "post", "/runs", json={**RUN, "after_seconds": 600, "on_completion": "keep"}
    ).json()
    ids = {"thread_id": hers["thread_id"], "run_id": paused["run_id"]}
    if body is not None and "run_ids" in body:
        ids["thread_id"] = paused["thread_id"]
    before = everything(auth_server, hers)
    text = json.dumps(body)
    for name, value in ids.items():
        text, path = (each.replace(f"{{{name}}}", value) for each in (text, path))
    answer = ask(auth_server, "ben", verb, path, content=text if body is not None else None)
    if answer.headers.get("content-type", "").startswith("text/event-stream"):
        assert "404:" in answer.text
    else:
        assert answer.status_code in (403, 404)
    assert everything(auth_server, hers) == before
    at = f"/threads/{paused['thread_id']}/runs/{paused['run_id']}"
    assert ask(auth_server, "ann", "get", at).json()["status"] == "pending"
    assert ask(auth_server, "ann", "delete", at).status_code == 204


@pytest.mark.parametrize(("verb", "path"), [key for key, auth in DECLARED.items() if auth == HOLDER])
def test_what_is_the_holders_is_nobody_elses(auth_server: Server, verb: str, path: str) -> None:
    if DECLARED_BODIES[verb, path] is not None:  # what is malformed is told first
        assert ask(auth_server, "admin", verb, re.sub(r"{\w+}", str(uuid4()), path), json={}).status_code in (403, 422)
        return
    answer = ask(auth_server, "admin", verb, re.sub(r"{\w+}", str(uuid4()), path))
    assert (answer.status_code, answer.json()["detail"]) == (403, "Only the holder of this server may do this")


def test_jupyters_token_is_the_holders_who_sees_everything(auth_server: Server, hers: dict[str, str]) -> None:
    for headers in ({"x-api-key": TOKEN}, {"authorization": f"token {TOKEN}"}):
        answer = httpx.get(f"{auth_server.api_url}/threads/{hers['thread_id']}", headers=headers)
        assert answer.status_code == 200
    wrong = httpx.get(f"{auth_server.api_url}/threads/{hers['thread_id']}", headers={"x-api-key": "wrong"})
    assert wrong.status_code == 401
    with httpx.Client() as browser:
        browser.get(f"{auth_server.url}login?token={TOKEN}", follow_redirects=True)
        assert browser.get(f"{auth_server.api_url}/queue").status_code == 200
        assert browser.post(f"{auth_server.api_url}/threads", json={}).status_code == 403  # without the XSRF token
        abroad = browser.get(f"{auth_server.api_url}/queue", headers={"authorization": "Bearer ben"})
        assert abroad.status_code == 403


def test_a_key_of_one_user_is_no_key_of_another(auth_server: Server) -> None:
    key, body = {"idempotency-key": str(uuid4())}, {**RUN, "on_completion": "keep"}
    runs = [
        ask(auth_server, who, "post", "/runs", json=body, headers=key).json()["run_id"] for who in ("ann", "ben", "ann")
    ]
    assert runs[0] == runs[2] != runs[1]


def test_deleting_an_assistants_threads_spares_those_of_others(auth_server: Server) -> None:
    assistant = ask(auth_server, "ann", "post", "/assistants", json={"graph_id": "chain"}).json()["assistant_id"]
    threads = {}
    for who in ("ann", "ben"):
        threads[who] = ask(auth_server, who, "post", "/threads", json={}).json()["thread_id"]
        ask(auth_server, who, "post", f"/threads/{threads[who]}/runs/wait", json={**RUN, "assistant_id": assistant})
    assert ask(auth_server, "ann", "delete", f"/assistants/{assistant}?delete_threads=true").status_code == 204
    found = {who: ask(auth_server, who, "get", f"/threads/{threads[who]}").status_code for who in threads}
    assert found == {"ann": 404, "ben": 200}


@contextmanager
def cron_of(server: Server, who: str) -> Iterator[dict[str, Any]]:
    """A cron of that user, due every second, while the test works."""
    every_second = {"assistant_id": "inspector", "schedule": "* * * * * *", "input": {}, "on_run_completed": "keep"}
    cron = ask(server, who, "post", "/runs/crons", json=every_second).json()
    yield cron
    ask(server, who, "delete", f"/runs/crons/{cron['cron_id']}")


def owned_by(server: Server, who: str) -> list[dict[str, Any]]:
    """The threads that the handlers have marked as that user's."""
    wanted = {"metadata": {"owner": who, "graph_id": "inspector"}, "status": "idle"}
    found: list[dict[str, Any]] = ask(server, "admin", "post", "/threads/search", json=wanted).json()
    return [thread for thread in found if "cron_id" in thread["values"]["report"]["configurable"]]


def test_a_crons_run_is_asked_for_in_the_name_of_its_user(auth_server: Server) -> None:
    with cron_of(auth_server, "admin") as cron:
        assert cron["user_id"] == "admin"
        (thread, *_) = eventually(lambda: owned_by(auth_server, "admin"), 30.0, "a run of the cron")
    seen = thread["values"]["report"]["configurable"]
    assert seen["cron_id"] == cron["cron_id"]
    assert (seen["langgraph_auth_user_id"], seen["user_id"], seen["langgraph_auth_permissions"]) == (
        "admin",
        "admin",
        [],
    )
    (run,) = ask(auth_server, "admin", "get", f"/threads/{thread['thread_id']}/runs").json()
    assert run["metadata"]["owner"] == "admin"


def test_a_cron_whose_user_may_not_run_has_no_runs(auth_server: Server) -> None:
    with cron_of(auth_server, "guest") as cron:

        def rests() -> bool:
            (found,) = ask(auth_server, "guest", "post", "/runs/crons/search", json={}).json()
            return bool(found["next_run_date"] != cron["next_run_date"])

        eventually(rests, 30.0, "a tick to be spent")
        assert owned_by(auth_server, "guest") == []


def test_a_credential_is_asked_about_once_in_five_seconds(auth_server: Server) -> None:
    name = f"often-{uuid4().hex}"
    for _ in range(5):
        assert ask(auth_server, name, "get", f"/threads/{uuid4()}").status_code == 404
    log = Path(auth_server.log.parent, "house.log").read_text()
    assert 1 <= Counter(log.splitlines())[f"authenticate Bearer {name}"] < 5
    for _ in range(2):  # a refusal is never remembered
        assert ask(auth_server, "banned", "get", "/info").status_code == 403


def test_a_dead_host_lets_nobody_in_and_comes_back(auth_server: Server, hers: dict[str, str]) -> None:
    path = f"/threads/{hers['thread_id']}"
    assert ask(auth_server, "ann", "get", path).status_code == 200  # remembered from now on
    host = host_of(auth_server)
    host.kill()
    assert ask(auth_server, "ann", "get", path).status_code == 503
    eventually(lambda: ask(auth_server, "ann", "get", path).status_code == 200, 30.0, "a new project host")
    assert host_of(auth_server).pid != host.pid
    assert ask(auth_server, "ben", "get", path).status_code == 404


def test_a_host_that_cannot_start_keeps_the_server_from_starting(
    duragraph_server: Callable[..., Server], tmp_path: Path
) -> None:
    (tmp_path / "graph.py").write_text("graph = lambda config: None\n")
    (tmp_path / "mine.py").write_text("x = 1\n\nraise RuntimeError('no auth today')\n")
    config = tmp_path / "langgraph.json"
    config.write_text('{"graphs": {"g": "./graph.py:graph"}, "auth": {"path": "./mine.py:auth"}}')
    with pytest.raises(AssertionError) as raised:
        duragraph_server(config=config, workers=0)
    assert f"auth.path: {tmp_path}/mine.py:3: RuntimeError: no auth today" in str(raised.value)
