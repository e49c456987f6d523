"""A visitor of mybinder.org: build, start, the demo's run and the dashboard, within 2 GB."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from duragraph_ext.embedded import read_facts
from tests.binder.image import VISITOR, Image
from tests.support.server import free_port
from tests.support.waiting import eventually, is_alive

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
MEMORY = 2 << 30
TOKEN = "visitor"
BASE_URL = "/user/x/"
QUESTION = {"question": "Why did Thoreau go to the woods?"}


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The repository, built as repo2docker does: requirements, then postBuild, as the visitor.

    Not below pytest's own folder, which other users may not enter.
    """
    with tempfile.TemporaryDirectory(prefix="binder-") as root:
        image = Image(Path(root), VISITOR if os.geteuid() == 0 else os.geteuid())
        image.build()
        yield _assembled(image)


def _assembled(image: Image) -> Image:
    install = ["python", "-m", "pip", "install", "--no-cache-dir", "--no-deps", "--no-build-isolation"]
    image.run([*install, "-r", "binder/requirements.txt"])
    image.run(["binder/postBuild"])
    return image


class Visit:
    """A session on Binder."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.port = free_port()
        self.log = image.home / "jupyter.log"
        self.data_dir = image.home / ".local/share/jupyter/duragraph"
        command = ["binder/start", "jupyter", "lab", "--ip=127.0.0.1", f"--port={self.port}", "--no-browser"]
        command += [f"--ServerApp.base_url={BASE_URL}", f"--IdentityProvider.token={TOKEN}"]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=image.repository, env=image.environment, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, **image.visitor(),
            )  # fmt: skip

    def client(self) -> httpx.Client:
        """A browser's or a program's way in."""
        url = f"http://127.0.0.1:{self.port}{BASE_URL}"
        headers = {"Authorization": f"token {TOKEN}"}
        return httpx.Client(base_url=url, headers=headers, timeout=60, follow_redirects=True)

    def is_ready(self, client: httpx.Client) -> bool:
        """Whether the graph is served."""
        assert self.process.poll() is None, self.log.read_text()
        try:
            return client.get("duragraph/api/v1/ok").status_code == 200
        except httpx.TransportError:
            return False

    def processes(self) -> set[psutil.Process]:
        """Everything that the session started."""
        facts = read_facts(self.data_dir)
        roots = [self.process.pid, *([facts.supervisor_pid] if facts else [])]
        return {each for pid in roots for each in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]}

    def stop(self) -> None:
        """End it as Binder does."""
        names = {each: " ".join(each.cmdline()) for each in self.processes()}
        self.process.terminate()
        self.process.wait(15)
        psutil.wait_procs(names, timeout=5)
        assert [name for each, name in names.items() if is_alive(each)] == []


@pytest.fixture
def visit(image: Image) -> Iterator[Visit]:
    """A session under a prefix, as JupyterHub gives it."""
    visit = Visit(image)
    try:
        yield visit
    finally:
        visit.stop()


def memory_of(processes: set[psutil.Process]) -> int:
    """What processes use together, in bytes: shared pages count once."""
    return sum(int(process.memory_full_info().pss) for process in processes)


def test_the_demo_runs_within_the_memory_of_a_binder_session(visit: Visit) -> None:
    with visit.client() as client:
        eventually(lambda: visit.is_ready(client), 60, "a ready server")
        api = "duragraph/api/v1/"
        thread = client.post(f"{api}threads", json={}).raise_for_status().json()["thread_id"]
        run = {"assistant_id": "research", "input": QUESTION}
        paused = client.post(f"{api}threads/{thread}/runs/wait", json=run).raise_for_status().json()
        assert paused["__interrupt__"], "the agent asks before it publishes"
        answer = {"assistant_id": "research", "command": {"resume": True}}
        values = client.post(f"{api}threads/{thread}/runs/wait", json=answer).raise_for_status().json()
        assert "because I wished to live deliberately" in values["answer"]

        assert "DuraGraph" in client.get("duragraph-dashboard/").raise_for_status().text
        assert client.get("lab/tree/notebooks/demo.ipynb").status_code == 200
        assert client.get("api/contents/notebooks/demo.ipynb").json()["type"] == "notebook"

    processes = visit.processes()
    uids = {process.uids().real for process in processes}
    assert uids == {visit.image.uid}
    assert memory_of(processes) < MEMORY


def test_the_start_only_sets_variables_and_executes(image: Image) -> None:
    lines = [line for line in Path(image.repository, "binder/start").read_text().splitlines() if line[:1] != "#"]
    assert lines[-1] == 'exec "$@"'
    assert all(line.startswith("export DURAGRAPH_") for line in lines[:-1])
    shown = image.run(["binder/start", "env"])
    config = next(line for line in shown.splitlines() if line.startswith("DURAGRAPH_CONFIG="))
    assert Path(config.partition("=")[2]).is_file()
