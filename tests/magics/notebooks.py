"""Execute cells headless, as nbclient and papermill do, and read what they put out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbformat
from nbclient import NotebookClient


class Notebook:
    """Cells that were executed, one after the other, in a kernel of their own."""

    def __init__(self, cells: list[str], environment: Mapping[str, str]) -> None:
        self.node = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        NotebookClient(self.node, timeout=90, allow_errors=True).execute(env=dict(environment))

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """The outputs of a cell."""
        found: list[dict[str, Any]] = self.node.cells[cell].outputs
        return found

    def data(self, cell: int, mime: str = "text/plain") -> str:
        """What a cell displayed, in one type."""
        return "\n".join(output["data"][mime] for output in self.outputs(cell) if mime in output.get("data", {}))

    def stream(self, cell: int) -> str:
        """What a cell printed, errors too."""
        return "".join(output["text"] for output in self.outputs(cell) if output["output_type"] == "stream")

    def mimes(self, cell: int) -> set[str]:
        """The types that a cell's outputs have."""
        return {mime for output in self.outputs(cell) for mime in output.get("data", {})}
