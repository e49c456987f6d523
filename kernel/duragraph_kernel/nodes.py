"""The executions of a run's nodes, as events and as rows of `execution_history`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from .jsontext import loose_dumps
from .langgraph_inside import ERROR, INTERRUPT
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
        task_id = part["id"]
        if "triggers" in part:
            if task_id not in self._finished:
                self._start(task_id, _Running(part["name"], "|".join(ns), self._steps.get(ns, 0), now()))
            return
        if task_id in self._running:  # nothing was written for it: its checkpoint comes at the run's end
            self._end(task_id, part["error"], bool(part["interrupts"]))
        if not ns:
            for interrupt in part["interrupts"]:
                self._ask(task_id, part["name"], interrupt)

    def wrote(self, task_id: str, writes: Sequence[tuple[str, Any]]) -> None:
        """What a task wrote is being stored: its end belongs into the same op."""
        if task_id in self._running:
            error = next((value for channel, value in writes if channel == ERROR), None)
            self._end(task_id, error, any(channel == INTERRUPT for channel, _ in writes))

    def abandon(self, error: str) -> None:
        """Close the executions that a failure or a timeout cut off."""
        for task_id, task in self._running.items():
            self._record(task_id, task, "execution.node_failed", "failed", error)
        self._running.clear()

    def _start(self, task_id: str, task: _Running) -> None:
        self._running[task_id] = task
        op = self._recording.op()
        op.event("execution.node_started", self._payload(task_id, task), task.started_at)
        op.execution(task_id, task.node, task.ns, task.step, "running", task.started_at, None, None)

    def _end(self, task_id: str, error: Any, interrupted: bool) -> None:
        task = self._running.pop(task_id)
        if error is not None:
            self._record(task_id, task, "execution.node_failed", "failed", _text(error))
        elif interrupted:
            self._record(task_id, task, "execution.node_interrupted", "interrupted", None)
        else:
            self._record(task_id, task, "execution.node_completed", "completed", None)

    def _ask(self, task_id: str, node: str, interrupt: Mapping[str, Any]) -> None:
        if interrupt["id"] not in self._asked:
            self._asked.add(interrupt["id"])
            value = loose_dumps(interrupt["value"]).decode()
            self._recording.op().interrupt(interrupt["id"], self._thread_id, task_id, node, "", value, now())

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
