"""`jupyter duragraph serve`, as a process: ready when it says so, gone when it is told, alive when its parts die."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from duragraph_ext.embedded import Services
from tests.cli.test_command_line import run
from tests.support.server import TOKEN, Server
from tests.support.waiting import eventually, is_alive

StartServer = Callable[..., Server]

GRAPH = """
from langgraph.graph import START, MessagesState, StateGraph

graph = StateGraph(MessagesState).add_node("n", lambda state: {}).add_edge(START, "n").compile()
"""
TALKATIVE = """
import logging
import os

from langgraph.graph import START, MessagesState, StateGraph


def talk(state):
    print("printed by a node")
    logging.getLogger("mine").warning("logged by a node")
    os.write(1, b"written by a node\\n")
    return {}


graph = StateGraph(MessagesState).add_node("n", talk).add_edge(START, "n").compile()
"""


def make_project(folder: Path) -> Path:
    """A project of a sound graph and one that does not import."""
    (folder / "sound.py").write_text(GRAPH)
    (folder / "unsound.py").write_text("\nimport nothing_of_this_name\n")
    graphs = {"sound": "./sound.py:graph", "unsound": "./unsound.py:graph"}
    (folder / "langgraph.json").write_text(json.dumps({"graphs": graphs, "dependencies": ["."]}))
    return folder / "langgraph.json"


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, for a server of one test."""
    return make_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def server(module_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """One server for the tests that leave it as it is."""
    config = make_project(tmp_path_factory.mktemp("shared"))
    env = {"JUPYTER_TOKEN": TOKEN, "OPENAI_API_KEY": "the user's own"}
    return module_server(config=config, base_url="/a%40b/", env=env)


def status(server: Server) -> dict[str, Any]:
    result = run("status", "--json", f"--data-dir={server.data_dir}")
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def worker_pid(server: Server) -> int | None:
    workers = [worker for worker in status(server)["workers"] if is_alive(worker["pid"])]
    return workers[0]["pid"] if workers else None


def wait_for_run(server: Server) -> int:
    with server.client() as client:
        answer = client.post("/runs/wait", json={"assistant_id": "sound", "input": {"messages": []}})
    return answer.status_code


def test_it_says_when_it_is_ready_and_shows_no_token(server: Server) -> None:
    lines = [line for line in server.log.read_text().splitlines() if line.startswith("DuraGraph API")]
    assert lines == [
        f"DuraGraph API {server.api_url} dashboard {server.url}duragraph-dashboard/ with the token you gave"
    ]
    assert TOKEN not in server.log.read_text()
    assert "not recognized" not in server.log.read_text()
    assert wait_for_run(server) == 200


def test_what_nodes_say_is_shown_where_it_runs(duragraph_server: StartServer, project: Path) -> None:
    (project.parent / "sound.py").write_text(TALKATIVE)
    server = duragraph_server(config=project)
    assert wait_for_run(server) == 200
    said = [f"{how} by a node" for how in ("printed", "logged", "written")]
    eventually(lambda: [server.log.read_text().count(words) for words in said] == [1, 1, 1], 10, "what the node said")
    pid = worker_pid(server)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    ended = re.compile(r"^\[W 20\S+ \S+ duragraph_ext\.workers\] worker-1 ended: SIGKILL$", re.MULTILINE)
    eventually(lambda: ended.search(server.log.read_text()), 10, "word of the worker's end")


def test_status_tells_all_and_no_secret(server: Server) -> None:
    found = status(server)
    assert found["api_url"] == server.api_url
    assert found["server"]["pid"] == server.process.pid
    for part in ("supervisor", "postgres", "nats"):
        assert is_alive(found[part]["pid"]), part
    worker = found["workers"][0]
    assert set(worker) == {"name", "pid", "keeper_pid", "graphs", "runs"}
    assert (worker["name"], worker["graphs"], worker["runs"]) == ("worker-1", ["sound"], [])
    assert is_alive(worker["keeper_pid"])
    assert set(found["queue"]) >= {"pending", "running"}
    password = (server.data_dir / "secrets" / "postgres.pgpass").read_text().strip().split(":")[-1]
    text = run("status", f"--data-dir={server.data_dir}").stdout
    assert f"pid {worker['pid']}" in text
    assert password not in text + json.dumps(found)


@pytest.mark.parametrize("command", ["status", "doctor"])
def test_a_graph_that_does_not_import_is_named(server: Server, command: str) -> None:
    text = run(command, f"--data-dir={server.data_dir}").stdout
    assert "unsound.py:2: ModuleNotFoundError" in text


def test_the_worker_has_no_secret_of_the_server(server: Server) -> None:
    pid = worker_pid(server)
    assert pid is not None
    worker = psutil.Process(pid)
    variables = worker.environ()
    assert variables["OPENAI_API_KEY"] == "the user's own"
    assert TOKEN not in " ".join([*variables.values(), *worker.cmdline()])


def test_jupyter_shows_the_worker_restarts_it_and_shuts_it_down(duragraph_server: StartServer, project: Path) -> None:
    server = duragraph_server(config=project)
    with httpx.Client(base_url=server.url, headers={"Authorization": f"token {TOKEN}"}) as jupyter:
        (session,) = jupyter.get("api/sessions").json()
        assert session["name"] == "DuraGraph worker-1"
        assert session["kernel"]["name"] == "duragraph-worker"
        pid = worker_pid(server)
        assert pid is not None
        assert jupyter.post(f"api/kernels/{session['kernel']['id']}/restart", timeout=60).status_code == 200
        eventually(lambda: worker_pid(server) not in (pid, None), 40.0, "the restarted worker")
        assert len(jupyter.get("api/kernels").json()) == 1
        assert jupyter.delete(f"api/kernels/{session['kernel']['id']}", timeout=60).status_code == 204
        eventually(lambda: "stays down" in server.log.read_text(), what="the worker to stay down")
        assert jupyter.get("api/kernels").json() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(duragraph_server: StartServer, project: Path, number: signal.Signals) -> None:
    server = duragraph_server(config=project)
    server.stop(number, within=5.0)
    assert sorted(path.name for path in server.data_dir.iterdir()) == ["logs", "nats", "postgres", "secrets"]
    assert not list(server.data_dir.rglob("*.lock"))


def test_a_dead_worker_is_replaced_however_often(duragraph_server: StartServer, project: Path) -> None:
    """Jupyter gives up after five deaths in a row; we do not."""
    server = duragraph_server(config=project)
    killed = set()
    for _ in range(3):
        pid = eventually(lambda: worker_pid(server), 40.0, "a worker")
        assert pid not in killed
        killed.add(pid)
        os.kill(pid, signal.SIGKILL)
        eventually(lambda pid=pid: not is_alive(pid), what="its end")
    assert wait_for_run(server) == 200


def test_a_killed_server_leaves_its_data_to_the_next(duragraph_server: StartServer, project: Path) -> None:
    first = duragraph_server(config=project)
    workers = [worker["pid"] for worker in status(first)["workers"]]
    with first.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
    first.kill()
    second = duragraph_server(config=project, data_dir=first.data_dir)
    with second.client() as client:
        assert client.get(f"/threads/{thread}").status_code == 200
    assert wait_for_run(second) == 200
    eventually(lambda: not any(is_alive(worker) for worker in workers), what="the end of the old workers")


def test_two_servers_share_a_data_directory(duragraph_server: StartServer) -> None:
    first = duragraph_server(workers=0)
    second = duragraph_server(workers=0, data_dir=first.data_dir)
    found = status(second)
    assert found["server"]["pid"] == second.process.pid
    first.process.send_signal(signal.SIGTERM)
    first.process.wait(10)
    with second.client() as client:
        assert client.get("/queue").status_code == 200
    assert is_alive(found["postgres"]["pid"])


def test_a_database_and_nats_from_elsewhere(
    fresh_database: str, data_plane: Services, duragraph_server: StartServer, project: Path
) -> None:
    """With both configured nothing is embedded, and a password given in the URL goes no further."""
    password = data_plane.facts.nats_token_file.with_name("postgres.pgpass").read_text().strip().split(":")[-1]
    dsn = " ".join(part for part in fresh_database.split() if not part.startswith("passfile="))
    server = duragraph_server(
        config=project,
        bare=True,
        env={"DURAGRAPH_DATABASE_URL": f"{dsn} password={password}"},
        arguments=[
            f"--nats-url={data_plane.facts.nats_url}",
            f"--nats-token-file={data_plane.facts.nats_token_file}",
        ],
    )
    assert wait_for_run(server) == 200
    assert not (server.data_dir / "postgres").exists()
    workers = [each for each in server.processes() if "duragraph_kernel" in " ".join(each.cmdline())]
    assert workers
    for worker in workers:
        assert password not in " ".join(worker.environ().values())
