"""The notebooks that ship, run from top to bottom by nbclient against a real server."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import duragraph_ext.demo
from duragraph_ext.resources import notebooks_dir
from tests.support.server import Server

DEMO = Path(duragraph_ext.demo.__file__).parent


@pytest.fixture
def server(duragraph_server: Callable[..., Server]) -> Server:
    """A server with the demo's graph and one worker, as `jupyter duragraph demo` has them."""
    quick = {"DURAGRAPH_DEMO_TOKEN_SECONDS": "0"}
    return duragraph_server(config=DEMO / "langgraph.json", workers=1, env=quick)


async def execute(name: str, server: Server) -> dict[str, Any]:
    """Run a notebook in a kernel of its own; gives its cells by id."""
    notebook = nbformat.read(notebooks_dir() / name, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    await client.async_execute(env=os.environ | {"DURAGRAPH_URL": server.url, "DURAGRAPH_TOKEN": server.token})
    return {cell.id: cell for cell in notebook.cells}


def text(cell: Any) -> str:
    """What a cell printed and showed, as plain text."""
    shown = []
    for output in cell.outputs:
        assert output.output_type != "error", output
        shown.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(shown)


@pytest.mark.slow
async def test_the_demo_notebook_runs_as_it_says(server: Server) -> None:
    cells = await execute("demo.ipynb", server)

    assert "research" in text(cells["graph"])
    assert "Publish this answer" in text(cells["wait"])
    assert "because I wished to live deliberately" in text(cells["resume"])
    assert "Sources\n[thoreau-walden §3]" in text(cells["resume"])
    assert "run.created" in text(cells["events"])
    assert "read" in text(cells["executions"])

    read = ast.literal_eval(text(cells["survive"]))
    assert len(read) == len(set(read)) == 8, "each passage was read once"
    assert "run.retried" in text(cells["proof"]), "the worker was killed while the run was under way"
    attempts = text(cells["attempts"])
    assert attempts.count("success") + attempts.count("completed") == 8, "no finished read was repeated"
    assert "[nixon-1970" in text(cells["publish"])
    assert "[roosevelt-1941" in text(cells["publish"])

    assert "unconditional war on poverty" in text(cells["sdk"])
    assert "Sources\n[johnson-1964 §7]" in text(cells["sdk-resume"])
    assert text(cells["runs"]).count("research") >= 3


def test_every_notebook_ships_without_outputs() -> None:
    found = sorted(notebooks_dir().glob("*.ipynb"))
    assert [path.name for path in found] == ["demo.ipynb"]
    for path in found:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)
