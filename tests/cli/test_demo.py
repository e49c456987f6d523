"""`jupyter duragraph demo` and plain `jupyter lab`: installation is all it takes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.support.server import TOKEN, Server, free_port
from tests.support.waiting import eventually

COPY = "duragraph-demo.ipynb"


@contextlib.contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[Server]:
    """A JupyterLab process with our extension in it."""
    log = folder / "lab.log"
    environment = os.environ | {"JUPYTER_TOKEN": TOKEN, "DURAGRAPH_DATA_DIR": str(folder / "data")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    server = Server(process, port, folder / "data", "/", log)
    try:
        eventually(server.is_ready, 90.0, "a ready server")
        yield server
    finally:
        server.stop(signal.SIGTERM, within=10)


def get(server: Server, path: str) -> httpx.Response:
    return httpx.get(f"{server.url}{path}", headers={"Authorization": f"token {TOKEN}"}, timeout=30)


def test_the_demo_opens_lab_with_notebook_graph_and_dashboard(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "duragraph_ext.cli", "demo", "--no-browser", f"--port={port}"]
    with running(command, tmp_path, port) as server:
        assert (tmp_path / COPY).read_text().startswith("{")
        assert get(server, f"lab/tree/{COPY}").status_code == 200
        assert f"/lab/tree/{COPY}?token=" in server.log.read_text()
        (tile,) = [
            each
            for each in get(server, "server-proxy/servers-info").json()["server_processes"]
            if each["name"] == "duragraph-dashboard"
        ]
        assert tile["launcher_entry"]["enabled"]
        assert "duragraph-worker" not in get(server, "api/kernelspecs").json()["kernelspecs"]
        with server.client() as client:
            (assistant,) = client.post("/assistants/search", json={}).json()
        assert assistant["graph_id"] == "research"
        assert "panel.io" not in server.log.read_text()


def test_the_demo_leaves_a_changed_notebook_alone(tmp_path: Path) -> None:
    (tmp_path / COPY).write_text('{"mine": true}')
    port = free_port()
    command = [sys.executable, "-m", "duragraph_ext.cli", "demo", "--no-browser", f"--port={port}", "--workers=0"]
    with running(command, tmp_path, port):
        assert (tmp_path / COPY).read_text() == '{"mine": true}'


def test_jupyter_lab_has_the_api_because_it_is_installed(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    with running(command, tmp_path, port) as server:
        with server.client() as client:
            assert client.get("/info").status_code == 200
        assert get(server, "lab").status_code == 200


def test_jupyter_lab_goes_on_without_us_when_a_setting_is_misspelt(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "lab.log"
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    command.append("--Duragraph.workres=2")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=os.environ | {"JUPYTER_TOKEN": TOKEN}, stdout=output, stderr=output
        )
    server = Server(process, port, tmp_path / "data", "/", log)

    def answers() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return get(server, "api/status").status_code == 200
        return False

    try:
        eventually(answers, 60.0, "Jupyter")
        assert "unknown setting Duragraph.workres: did you mean workers?" in log.read_text()
    finally:
        server.stop(signal.SIGTERM, within=10)
