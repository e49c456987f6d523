"""The executions of a run's nodes, as events and as rows of `execution_history`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from .jsontext import loose_dumps
from .recording import Recording, now


@dataclass(slots=True)
class _Running:
    node: str
    ns: str
    step: int
    started_at: datetime


class NodeLog:
    """Follows the tasks of a run through the parts of its stream; `finished` are tasks of an earlier attempt."""

    def __init__(self, recording: Recording, thread_id: UUID, attempt: int, finished: Collection[str]) -> None:
        self._recording = recording
        self._thread_id = thread_id
        self._attempt = attempt
        self._finished = finished
        self._steps: dict[tuple[str, ...], int] = {}
        self._running: dict[str, _Running] = {}
        self._asked: set[str] = set()

    def at(self, ns: tuple[str, ...], checkpoint: Mapping[str, Any]) -> None:
        """Take a part of mode `checkpoints`: the tasks that follow belong to the next step."""
        self._steps[ns] = checkpoint["metadata"].get("step", -1) + 1

    def task(self, ns: tuple[str, ...], part: Mapping[str, Any]) -> None:
        """Take a part of mode `tasks`: a task that starts, or its result."""
        if "triggers" in part:
            if part["id"] not in self._finished:
                self._start(ns, part)
        elif (task := self._running.pop(part["id"], None)) is not None:
            self._end(ns, task, part)

    def abandon(self, error: str) -> None:
        """Close the executions that a failure or a timeout cut off."""
        for task_id, task in self._running.items():
            self._record(task_id, task, "execution.node_failed", "failed", error)
        self._running.clear()

    def _start(self, ns: tuple[str, ...], part: Mapping[str, Any]) -> None:
        task = _Running(part["name"], "|".join(ns), self._steps.get(ns, 0), now())
        self._running[part["id"]] = task
        op = self._recording.op()
        op.event("execution.node_started", self._payload(part["id"], task), task.started_at)
        op.execution(part["id"], task.node, task.ns, task.step, "running", task.started_at, None, None)

    def _end(self, ns: tuple[str, ...], task: _Running, part: Mapping[str, Any]) -> None:
        if part["error"]:
            self._record(part["id"], task, "execution.node_failed", "failed", _text(part["error"]))
        elif part["interrupts"]:
            self._record(part["id"], task, "execution.node_interrupted", "interrupted", None)
            if not ns:
                self._ask(task, part)
        else:
            self._record(part["id"], task, "execution.node_completed", "completed", None)

    def _ask(self, task: _Running, part: Mapping[str, Any]) -> None:
        for interrupt in part["interrupts"]:
            if interrupt["id"] in self._asked:
                continue
            self._asked.add(interrupt["id"])
            value = loose_dumps(interrupt["value"]).decode()
            self._recording.op().interrupt(
                interrupt["id"], self._thread_id, part["id"], task.node, task.ns, value, now()
            )

    def _record(self, task_id: str, task: _Running, event: str, status: str, error: str | None) -> None:
        ended_at = now()
        took = (ended_at - task.started_at).total_seconds() * 1000
        more: dict[str, Any] = {"duration_ms": round(took, 3)}
        if error is not None:
            more["error"] = error
        op = self._recording.op()
        op.event(event, self._payload(task_id, task, more), ended_at)
        op.execution(task_id, task.node, task.ns, task.step, status, task.started_at, ended_at, error)

    def _payload(self, task_id: str, task: _Running, more: Mapping[str, Any] | None = None) -> bytes:
        return orjson.dumps(
            {
                "task_id": task_id,
                "node": task.node,
                "ns": task.ns,
                "step": task.step,
                "attempt": self._attempt,
                **(more or {}),
            }
        )


def _text(error: Any) -> str:
    """An error as text that Postgres can keep."""
    text = repr(error) if isinstance(error, BaseException) else str(error)
    return text.replace("\x00", "\\x00").encode(errors="replace").decode()
