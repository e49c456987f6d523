"""Rows of the API as pandas DataFrames; pandas is imported when the first is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

Rows = Sequence[Mapping[str, Any]]

EVENT_COLUMNS = ("version", "event_type", "timestamp", "payload", "event_id")
EXECUTION_COLUMNS = (
    "node",
    "ns",
    "step",
    "attempt",
    "status",
    "started_at",
    "ended_at",
    "seconds",
    "error",
    "task_id",
)
RUN_COLUMNS = (
    "graph_id",
    "status",
    "asks",
    "created_at",
    "seconds",
    "attempt",
    "worker",
    "error",
    "run_id",
    "thread_id",
    "started_at",
    "ended_at",
)
WORKER_COLUMNS = ("name", "status", "graphs", "slots", "runs", "pid", "host", "started_at", "worker_id")


def table(rows: Rows, columns: Sequence[str], times: Sequence[str] = ()) -> DataFrame:
    """A DataFrame with these columns, in UTC where they are times."""
    import pandas as pd

    frame = pd.DataFrame([{name: row.get(name) for name in columns} for row in rows], columns=list(columns))
    for name in times:
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame


def events(rows: Rows) -> DataFrame:
    """The events of a run: one row each, in their order."""
    return table(rows, EVENT_COLUMNS, ("timestamp",))


def executions(rows: Rows) -> DataFrame:
    """The node executions of a run, with how long each took."""
    return _with_seconds(table(rows, EXECUTION_COLUMNS, ("started_at", "ended_at")))


def runs(rows: Rows, interrupts: Rows) -> DataFrame:
    """Runs, with how long each worked; `asks` when it waits for an answer, its status being `success` then."""
    asking = {row["run_id"] for row in interrupts}
    marked = [{**row, "asks": row["run_id"] in asking} for row in rows]
    frame = _with_seconds(table(marked, RUN_COLUMNS, ("created_at", "started_at", "ended_at")))
    frame["created_at"] = frame["created_at"].dt.floor("s")
    return frame


def workers(rows: Rows) -> DataFrame:
    """Workers and the runs they hold."""
    return table(rows, WORKER_COLUMNS, ("started_at",))


def _with_seconds(frame: DataFrame) -> DataFrame:
    frame["seconds"] = (frame["ended_at"] - frame["started_at"]).dt.total_seconds()
    return frame
