"""What a table shows, and the difference between what it shows and what it should show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: `kind` is one of table.js' cells; a narrow one is kept on a phone."""

    key: str
    label: str
    kind: str
    narrow: bool = False


@dataclass
class Table:
    """The content of a table view."""

    columns: list[Column]
    empty: dict[str, str]
    rows: list[Row] = field(default_factory=list)
    filters: list[dict[str, Any]] = field(default_factory=list)
    newer: bool = False
    older: bool = False

    def whole(self) -> dict[str, Any]:
        """Everything, as the script takes it."""
        return {
            "columns": [vars(column) for column in self.columns],
            "rows": self.rows,
            "filters": self.filters,
            "empty": self.empty,
            "newer": self.newer,
            "older": self.older,
        }

    def replace(self, rows: list[Row], *, newer: bool = False, older: bool = False) -> dict[str, Any] | None:
        """Take new rows; returns the patch that turns the old into the new, None when nothing changed."""
        known = {row["id"]: row for row in self.rows}
        changed = [row for row in rows if known.get(row["id"]) != row]
        order = [row["id"] for row in rows]
        if not changed and (order, newer, older) == ([row["id"] for row in self.rows], self.newer, self.older):
            return None
        self.rows, self.newer, self.older = rows, newer, older
        return {"changed": changed, "order": order, "empty": self.empty, "newer": newer, "older": older}
