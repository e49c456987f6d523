"""Worker kernels are forked: they start in a moment, are replaced, and end as all others do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.support.server import Server
from tests.support.waiting import eventually, is_alive

GRAPHS = Path(__file__).parent.parent / "api" / "graphs" / "langgraph.json"
SECRET = "a-secret-of-the-server"


def fork_server(server: Server) -> psutil.Process:
    """The fork server's process."""
    for process in psutil.Process(server.process.pid).children():
        if "duragraph_kernel.forkserver" in process.cmdline():
            return process
    raise AssertionError("there is no fork server")


def worker_pid(server: Server) -> int:
    """The process of the only live worker, 0 while there is none."""
    with server.client() as client:
        found = [each["pid"] for each in client.get("/workers").json() if each["status"] == "alive"]
    return int(found[0]) if len(found) == 1 and psutil.pid_exists(found[0]) else 0


def is_served(server: Server) -> bool:
    with server.client() as client:
        return client.post("/runs/wait", json={"assistant_id": "chain", "input": {}}).status_code == 200


def test_a_worker_is_forked_and_forked_again(duragraph_server: Callable[..., Server]) -> None:
    server = duragraph_server(config=GRAPHS, env={"JUPYTER_TOKEN": SECRET})
    parent, first = fork_server(server), worker_pid(server)
    assert psutil.Process(first).ppid() == parent.pid
    assert os.getpgid(first) == first
    for process in (parent, psutil.Process(first)):
        assert SECRET not in process.environ().values()
    os.kill(first, 9)
    second = eventually(lambda: (pid := worker_pid(server)) and pid != first and pid, 30, "another worker")
    assert psutil.Process(second).ppid() == parent.pid
    assert is_served(server)


def test_workers_outlive_no_fork_server_and_start_without_one(duragraph_server: Callable[..., Server]) -> None:
    server = duragraph_server(config=GRAPHS)
    parent, first = fork_server(server), psutil.Process(worker_pid(server))
    parent.kill()
    eventually(lambda: not is_alive(first), 30, "the end of its worker")
    second = eventually(lambda: (pid := worker_pid(server)) and pid != first.pid and pid, 60, "another worker")
    assert is_served(server)
    assert fork_server(server).pid != parent.pid
    os.kill(second, 9)
    third = eventually(lambda: (pid := worker_pid(server)) and pid != second and pid, 60, "a third worker")
    assert psutil.Process(third).ppid() == fork_server(server).pid
