"""DuraGraph for Jupyter. Imports nothing heavy: workers, notebooks and the server all pass through here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server which application to load."""
    from duragraph_ext.app import DuragraphApp

    return [{"module": "duragraph_ext", "app": DuragraphApp}]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the `%duragraph` magics."""
    from duragraph_ext import magics

    magics.load_ipython_extension(shell)
