"""What each process loads: only what it needs. import-linter holds the rest of the floors."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(module: str) -> set[str]:
    """The top-level modules in memory after importing one."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return set(result.stdout.split())


def test_the_package_itself_loads_nothing_heavy() -> None:
    outside = loaded_by("duragraph_ext") - loaded_by("sys") - set(sys.stdlib_module_names)
    assert outside <= {"duragraph_ext"}


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("duragraph_kernel.kernel", {"jupyter_server", "panel", "bokeh", "pandas", "sqlalchemy"}),
        ("duragraph_ext.embedded.__main__", {"psycopg", "nats", "traitlets", "psutil", "tornado"}),
        ("duragraph_ext.app", {"panel", "bokeh", "pandas", "jupyterlab", "IPython"}),
        ("duragraph_dashboard.server", {"psycopg", "nats", "langgraph", "jupyter_server"}),
        ("duragraph_ext.client", {"psycopg", "nats", "langgraph", "tornado"}),
    ],
)
def test_a_process_does_not_load_what_is_not_its_own(module: str, absent: set[str]) -> None:
    assert not loaded_by(module) & absent
