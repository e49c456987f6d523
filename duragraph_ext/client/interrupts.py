"""A question that a run asks, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from duragraph_ext.client import panes

if TYPE_CHECKING:
    from duragraph_ext.client.runs import Run


class Interrupt:
    """An interrupt of a run: `value` is what the node asks, `resume(answer)` answers it."""

    def __init__(self, run: Run, row: Mapping[str, Any]) -> None:
        self.run = run
        self.id = str(row["interrupt_id"])
        self.node = str(row["node"])
        self.value = row["value"]
        self.status = str(row["status"])

    def resume(self, answer: Any) -> Run:
        """Answer this question, and no other that is open on the thread."""
        return self.run.resume({self.id: answer})

    def __repr__(self) -> str:
        return f"<Interrupt of {self.node}: {self.value!r} ({self.status})>"

    def _repr_html_(self) -> str:
        return panes.question(self.node, self.value)
