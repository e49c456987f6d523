"""What `%duragraph status` shows: the server, its graphs, its workers, its queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from duragraph_ext.client import panes
from duragraph_ext.client.drawing import duration
from duragraph_ext.client.drawing.palette import GREEN, RED

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Status:
    """A server at one moment."""

    url: str
    why: str
    info: Json
    graphs: Sequence[Json]
    workers: Sequence[Json]
    queue: Json

    @property
    def lines(self) -> list[str]:
        """The report as text."""
        found = [f"DuraGraph {self._version()} at {self.url} ({self.why})", self._queue_words()]
        found += [f"graph {row['graph_id']}: {_graph_words(row)}" for row in self.graphs]
        found += [f"worker {row['name']}: {_worker_words(row)}" for row in self._living()]
        if not self._living():
            found.append("no worker: runs wait until one comes")
        return found

    def _version(self) -> str:
        return str((self.info.get("duragraph") or {}).get("version", ""))

    def _living(self) -> list[Json]:
        return [row for row in self.workers if row["status"] in ("alive", "draining")]

    def _queue_words(self) -> str:
        oldest = self.queue.get("oldest_pending_seconds")
        waiting = f", the oldest for {duration(oldest)}" if oldest else ""
        return f"{self.queue.get('running', 0)} runs work, {self.queue.get('pending', 0)} wait{waiting}"

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        head = f"<b>DuraGraph {escape(self._version())}</b> {panes.code(self.url)} <i>{escape(self.why)}</i>"
        graphs = "".join(
            _row(str(row["graph_id"]), _graph_words(row), bad=bool(row.get("broken"))) for row in self.graphs
        )
        workers = "".join(_row(str(row["name"]), _worker_words(row), bad=False) for row in self._living())
        workers = workers or _row("none", "runs wait until a worker comes", bad=True)
        return panes.block(
            f"<div>{head}</div><div>{escape(self._queue_words())}</div>"
            f"{_table('graph', graphs)}{_table('worker', workers)}"
        )


def _graph_words(row: Json) -> str:
    if broken := row.get("broken"):
        place = f"{broken.get('file')}:{broken.get('line')}"
        return f"does not load: {broken.get('exception')}: {broken.get('message')} ({place})"
    count = int(row.get("workers") or 0)
    return f"served by {count} worker{'' if count == 1 else 's'}" if count else "served by nobody now"


def _worker_words(row: Json) -> str:
    where = f"process {row['pid']}" if row["pid"] is not None else "over HTTP"
    words = f"{where} on {row['host']}, {len(row['runs'])} of {row['slots']} slots busy"
    return words if row["status"] == "alive" else f"{words}, {row['status']}"


def _row(name: str, words: str, *, bad: bool) -> str:
    colour = RED if bad else GREEN
    return (
        f'<tr><td style="text-align:left"><span style="color:{colour}">●</span> <b>{escape(name)}</b></td>'
        f'<td style="text-align:left">{escape(words)}</td></tr>'
    )


def _table(title: str, rows: str) -> str:
    head = f'<tr><th style="text-align:left" colspan="2">{title}s</th></tr>'
    return f'<table style="margin:6px 0;border-collapse:collapse">{head}{rows}</table>'
