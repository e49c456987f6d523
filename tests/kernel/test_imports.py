"""A worker loads neither the server nor the pages; the server loads no user code."""

from __future__ import annotations

import subprocess
import sys


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_a_worker_loads_no_server_and_no_panel() -> None:
    for module in ("process", "kernel", "serve"):
        loaded = loaded_by(f"import duragraph_kernel.{module}")
        assert not {"jupyter_server", "panel", "bokeh", "tornado.web"} & loaded, module


def test_reading_a_project_file_loads_no_langgraph() -> None:
    assert "langgraph" not in loaded_by("import duragraph_kernel.project")
