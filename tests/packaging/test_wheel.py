"""The wheel: everything ships, nothing else does, and the demo answers from it alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
PACKAGED = {
    "duragraph_ext": "duragraph_ext",
    "kernel/duragraph_kernel": "duragraph_kernel",
    "dashboard/duragraph_dashboard": "duragraph_dashboard",
    "migrations": "duragraph_ext/migrations",
    "notebooks": "duragraph_ext/demo/notebooks",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it, which borrows its dependencies from this one.

    Paths named in a .pth file are taken as they are: this environment's editable install is not among them.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    site = folder / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--force-reinstall"]
    subprocess.run([*install, str(wheel)], check=True, timeout=120, capture_output=True)
    return folder


@pytest.fixture
def server(environment: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of the wheel with the demo's graph, run where the checkout is not to be found."""
    with Server.factory(tmp_path, python=environment / "bin" / "python") as start:
        package = locate(environment)
        yield start(config=package / "demo" / "langgraph.json")


def locate(environment: Path) -> Path:
    program = "import duragraph_ext; print(duragraph_ext.__path__[0])"
    python = environment / "bin" / "python"
    result = subprocess.run([python, "-c", program], cwd="/", capture_output=True, text=True, check=True, timeout=30)
    return Path(result.stdout.strip())


def test_it_holds_all_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    data, info = "duragraph_ext-0.1.0.data", "duragraph_ext-0.1.0.dist-info"
    assert tops == {"duragraph_ext", "duragraph_kernel", "duragraph_dashboard", data, info}
    shipped = {
        "duragraph_ext/migrations/env.py",
        "duragraph_ext/demo/langgraph.json",
        "duragraph_ext/demo/corpus/SOURCES.md",
        "duragraph_ext/demo/notebooks/demo.ipynb",
        "duragraph_ext/py.typed",
        f"{data}/data/etc/jupyter/jupyter_server_config.d/duragraph_ext.json",
        f"{data}/data/share/jupyter/kernels/duragraph-worker/kernel.json",
        f"{info}/licenses/LICENSE",
    }
    assert shipped <= set(names)
    for folder, prefix in PACKAGED.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{prefix}/{path.relative_to(ROOT / folder)}" in names


def test_installation_puts_kernel_and_extension_where_jupyter_looks(environment: Path) -> None:
    assert locate(environment).is_relative_to(environment)
    kernel = environment / "share/jupyter/kernels/duragraph-worker/kernel.json"
    assert "duragraph_kernel" in kernel.read_text()
    config = environment / "etc/jupyter/jupyter_server_config.d/duragraph_ext.json"
    assert json.loads(config.read_text())["ServerApp"]["jpserver_extensions"] == {"duragraph_ext": True}


def test_the_demo_answers_from_the_wheel(server: Server) -> None:
    question = {"messages": [{"role": "user", "content": "Who wrote Walden, and why did he go to the woods?"}]}
    with server.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        run = client.post(f"/threads/{thread}/runs", json={"assistant_id": "research", "input": question}).json()
        finished = eventually(
            lambda: (
                (now := client.get(f"/threads/{thread}/runs/{run['run_id']}").json())["status"]
                not in ("pending", "running")
                and now
            ),
            60.0,
            "the end of the run",
        )
        assert finished["status"] in ("success", "interrupted")
        state = client.get(f"/threads/{thread}/state").json()
    assert len(state["values"]["messages"]) > 1


def test_the_command_is_installed(environment: Path) -> None:
    script = environment / "bin" / "jupyter-duragraph"
    assert os.access(script, os.X_OK)
    result = subprocess.run([script, "version"], cwd="/", capture_output=True, text=True, timeout=30, check=True)
    assert "duragraph-ext 0.1.0" in result.stdout
    assert shutil.which("nats-server", path=str(environment / "bin")) is None, "the borrowed one is used"
