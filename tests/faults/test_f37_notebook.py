"""F37: a kernel restarted, or a cell interrupted, amid a run: it goes on, and the cell, run again, has it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from tests.support.server import Server
from tests.support.waiting import eventually

GRAPHS = Path(__file__).parents[1] / "api" / "graphs" / "langgraph.json"
SECONDS = 4
pytestmark = pytest.mark.faults


class Notebook:
    """A kernel that finds the server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        where = {"DURAGRAPH_URL": server.url, "DURAGRAPH_TOKEN": server.token}
        started: tuple[KernelManager, BlockingKernelClient] = start_new_kernel(env={**os.environ, **where})
        self.manager, self.client = started
        self.said("%load_ext duragraph_ext")

    def said(self, code: str) -> str:
        """Execute a cell; what it printed. Fails with its error."""
        printed: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        reply = self.client.execute_interactive(code, timeout=60, output_hook=hear)
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(printed).strip()

    def restart(self) -> None:
        """As the user does, whatever is under way."""
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=60)
        self.said("%load_ext duragraph_ext")

    def runs(self) -> list[dict[str, Any]]:
        """The server's runs."""
        with self.server.client() as client:
            return list(client.get("/runs").json())

    def end(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def notebook(module_server: Callable[..., Server]) -> Iterator[Notebook]:
    notebook = Notebook(module_server(config=GRAPHS))
    yield notebook
    notebook.end()


def test_a_restarted_kernel_finds_its_run_by_the_cell_s_key(notebook: Notebook) -> None:
    cell = f'%%duragraph run slow --key restarted --as mine\n{{"seconds": {SECONDS}}}'
    notebook.said(cell)
    run_id = notebook.said("print(mine.run_id)")
    notebook.restart()
    assert notebook.said("print('mine' in globals())") == "False"
    notebook.said(cell)
    assert notebook.said("print(mine.run_id)") == run_id
    values = notebook.said("values = await mine; print(mine.status, len(mine.events()) > 2)")
    assert values == "success True"
    assert [run["run_id"] for run in notebook.runs() if run["graph_id"] == "slow"] == [run_id]


def test_an_interrupted_cell_leaves_its_run_alone(notebook: Notebook) -> None:
    cell = f'%%duragraph run slow --key interrupted --as other --wait\n{{"seconds": {SECONDS}}}'
    known = len(notebook.runs())
    asked = notebook.client.execute(cell)
    eventually(lambda: len(notebook.runs()) > known and notebook.runs()[0]["status"] == "running", 30, "the run")
    notebook.manager.interrupt_kernel()
    deadline = time.monotonic() + 30
    while (reply := notebook.client.get_shell_msg(timeout=30))["parent_header"].get("msg_id") != asked:
        assert time.monotonic() < deadline
    assert (reply["content"]["status"], reply["content"]["ename"]) == ("error", "KeyboardInterrupt")
    run = notebook.runs()[0]
    assert run["status"] in ("running", "success")
    notebook.said(cell)
    assert notebook.said("print(other.run_id, other.status)") == f"{run['run_id']} success"
    assert len(notebook.runs()) == known + 1


def test_a_key_that_means_another_cell_is_refused(notebook: Notebook) -> None:
    notebook.said('%%duragraph run chain --key one --as first --wait\n{"count": 1}')
    with pytest.raises(AssertionError, match="used with another body"):
        notebook.said('%%duragraph run chain --key one --as second\n{"count": 2}')
    assert notebook.said("print('second' in globals())") == "False"
