"""The timeline of a run: the bars, waits and marks that its stored events tell of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TERMINAL = {
    "run.completed": "success",
    "run.failed": "error",
    "run.timed_out": "timeout",
    "run.interrupted": "interrupted",
    "run.cancelled": "interrupted",
    "run.rolled_back": "interrupted",
}
NODE_ENDS = {
    "execution.node_completed": "success",
    "execution.node_failed": "error",
    "execution.node_interrupted": "interrupted",
}
MARKS = {
    "interrupt.created": "Waits for an answer",
    "interrupt.resolved": "Answered",
    "run.retried": "Worker lost",
    "run.cancelled": "Cancelled",
    "run.rolled_back": "Rolled back",
    "run.timed_out": "Timed out",
}


@dataclass
class Bar:
    """One execution of a node by one attempt. Seconds since the epoch; `end` is None while it runs."""

    id: str
    row: str
    start: float
    end: float | None = None
    status: str = "running"
    attempt: int = 1
    step: int = 0

    def wire(self) -> dict[str, Any]:
        """The bar as the page's script takes it."""
        return {
            "id": self.id,
            "row": self.row,
            "start": self.start,
            "end": self.end,
            "status": self.status,
            "attempt": self.attempt,
            "step": self.step,
        }


@dataclass
class NodeState:
    """What the graph shows of one node: its last status, how often it ran and for how long."""

    status: str = "idle"
    count: int = 0
    seconds: float = 0.0


@dataclass
class Timeline:
    """Built by `apply`, one stored event after the other, in order. `changed` names the bars to redraw."""

    rows: list[str] = field(default_factory=list)
    bars: dict[str, Bar] = field(default_factory=dict)
    waits: list[tuple[float, float | None]] = field(default_factory=list)
    marks: list[tuple[float, str, str]] = field(default_factory=list)
    status: str = "pending"
    start: float | None = None
    end: float | None = None
    attempt: int = 0
    version: int = 0
    changed: set[str] = field(default_factory=set)

    def apply(self, event: dict[str, Any]) -> None:
        """Take in one event envelope of the run's stream."""
        kind = event["event_type"]
        payload = event.get("payload") or {}
        at = seconds(event["timestamp"])
        self.version = event["version"]
        if self.start is None:
            self.start = at
        if kind == "run.created":
            self.waits.append((at, None))
        elif kind == "run.started":
            self.status = "running"
            self.attempt += 1
            self._stop_waiting(at)
        elif kind == "run.retried":
            self.status = "pending"
            self._end_open_bars(at, "lost")
            self.waits.append((at, None))
        elif kind in TERMINAL:
            self.status = TERMINAL[kind]
            self.end = at
            self._stop_waiting(at)
            self._end_open_bars(at, self.status if self.status != "success" else "lost")
        elif kind == "execution.node_started":
            self._begin(payload, at)
        elif kind in NODE_ENDS:
            self._finish(payload, at, NODE_ENDS[kind])
        if kind in MARKS:
            self.marks.append((at, kind, MARKS[kind]))

    def nodes(self) -> dict[str, NodeState]:
        """The state of each node of the graph itself, by name; a subgraph's nodes are in its own node."""
        states: dict[str, NodeState] = {}
        for bar in self.bars.values():
            if " › " in bar.row:
                continue
            state = states.setdefault(bar.row, NodeState())
            state.count += 1
            state.status = bar.status
            if bar.end is not None:
                state.seconds += bar.end - bar.start
        for bar in self.bars.values():
            if bar.end is None and bar.row in states:
                states[bar.row].status = "running"
        return states

    def _begin(self, payload: dict[str, Any], at: float) -> None:
        row = row_name(payload)
        if row not in self.rows:
            self.rows.append(row)
        attempt = int(payload.get("attempt") or self.attempt or 1)
        bar = Bar(
            id=f"{payload['task_id']}/{attempt}",
            row=row,
            start=at,
            attempt=attempt,
            step=int(payload.get("step") or 0),
        )
        self.bars[bar.id] = bar
        self.changed.add(bar.id)

    def _finish(self, payload: dict[str, Any], at: float, status: str) -> None:
        attempt = int(payload.get("attempt") or self.attempt or 1)
        bar = self.bars.get(f"{payload['task_id']}/{attempt}")
        if bar is None:
            bar = next((b for b in self.bars.values() if b.id.startswith(f"{payload['task_id']}/")), None)
        if bar is None:
            started = at - float(payload.get("duration_ms") or 0) / 1000
            self._begin(payload, started)
            bar = self.bars[f"{payload['task_id']}/{attempt}"]
        bar.end = at
        bar.status = status
        self.changed.add(bar.id)

    def _stop_waiting(self, at: float) -> None:
        if self.waits and self.waits[-1][1] is None:
            self.waits[-1] = (self.waits[-1][0], at)

    def _end_open_bars(self, at: float, status: str) -> None:
        for bar in self.bars.values():
            if bar.end is None:
                bar.end = at
                bar.status = status
                self.changed.add(bar.id)


def row_name(payload: dict[str, Any]) -> str:
    """The row of a node: its name, after the names of the subgraphs it is in."""
    namespace = str(payload.get("ns") or "")
    parents = [part.partition(":")[0] for part in namespace.split("|") if part]
    return " › ".join([*parents, str(payload.get("node") or "?")])


def seconds(timestamp: str) -> float:
    """Seconds since the epoch of an ISO 8601 timestamp."""
    return datetime.fromisoformat(timestamp).timestamp()
