"""What a worker wants written for one run: a bag of rows that commits whole or not at all."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from ..domain.principal import LOCAL
from ..ids import NIL
from ..jsonx import Raw, text
from .arrays import Bytes, Column, Int, Text, Timestamp, Uuid

PARTS: dict[str, tuple[tuple[type[Column], ...], int]] = {
    # part: (column types behind the run id, how many leading columns of a row are its key; 0 = rows never merge)
    "blob": ((Text, Text, Text, Text, Text, Bytes), 4),
    "checkpoint": ((Text, Text, Text, Text, Text, Text), 3),
    "write": ((Text, Text, Text, Text, Text, Int, Text, Text, Bytes), 6),
    "write_over": ((Text, Text, Text, Text, Text, Int, Text, Text, Bytes), 6),
    "checkpoint_json": ((Text, Text, Text, Text, Text), 3),
    "blob_json": ((Text, Text, Text, Text, Text), 4),
    "write_json": ((Text, Text, Text, Text, Text, Int, Text, Text), 6),
    "execution": ((Text, Text, Text, Int, Text, Timestamp, Timestamp, Text), 1),
    "interrupt": ((Text, Uuid, Text, Text, Text, Text, Timestamp), 1),
    "resolution": ((Uuid, Timestamp), 1),
    "frames": ((Int, Int, Int, Bytes), 2),
    "event": ((Int, Text, Text, Timestamp), 0),
    "finish": ((Text, Uuid, Text, Text, Text, Timestamp), 0),
}
TERMINAL_EVENTS = {
    "success": "run.completed",
    "error": "run.failed",
    "timeout": "run.timed_out",
    "interrupted": "run.interrupted",
}


class Op:
    """Rows of one run, predicated on its epoch. `Op(NIL, 0)` is unfenced and carries no events."""

    __slots__ = ("done_values", "epoch", "events", "finished", "future", "rows", "run_id", "seq", "tenant_id")

    def __init__(self, run_id: UUID, epoch: int, tenant_id: str = LOCAL.tenant_id) -> None:
        self.run_id = run_id
        self.tenant_id = tenant_id
        self.epoch = epoch
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.events: list[tuple[str, str, datetime]] = []
        self.finished: tuple[Any, ...] | None = None
        self.done_values: bytes | None = None
        self.seq = 0
        self.future: asyncio.Future[None]

    def __bool__(self) -> bool:
        return bool(self.rows or self.events)

    def _add(self, part: str, *row: Any) -> None:
        self.rows.setdefault(part, []).append((self.run_id, *row))

    def event(self, type: str, payload: bytes | str, at: datetime) -> None:
        """Append an event to the run's stream; `payload` is a JSON object."""
        if self.run_id == NIL:
            raise ValueError("an unfenced op has no stream to append to")
        self.events.append((type, payload if isinstance(payload, str) else payload.decode(), at))

    def checkpoint(
        self,
        thread_id: str,
        ns: str,
        checkpoint_id: str,
        parent_id: str | None,
        checkpoint: str,
        metadata: str,
    ) -> None:
        """A LangGraph checkpoint; both documents as JSON text."""
        self._add("checkpoint", thread_id, ns, checkpoint_id, parent_id, checkpoint, metadata)

    def blob(self, thread_id: str, ns: str, channel: str, version: str, type: str, blob: bytes | None) -> None:
        """A channel's serialised value at a version."""
        self._add("blob", thread_id, ns, channel, version, type, blob)

    def write(
        self, thread_id: str, ns: str, checkpoint_id: str, task_id: str, task_path: str, idx: int, channel: str,
        type: str, blob: bytes, *, upsert: bool,
    ) -> None:  # fmt: skip
        """A pending write of a task; `upsert` replaces one at the same index."""
        part = "write_over" if upsert else "write"
        self._add(part, thread_id, ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)

    def json_checkpoint(self, thread_id: str, ns: str, checkpoint_id: str, tasks: str | None, live: str | None) -> None:
        """The read model of a checkpoint; None keeps the tasks that are there."""
        self._add("checkpoint_json", thread_id, ns, checkpoint_id, tasks, live)

    def json_blob(self, thread_id: str, ns: str, channel: str, version: str, value: str) -> None:
        """A channel's value at a version, as JSON text."""
        self._add("blob_json", thread_id, ns, channel, version, value)

    def json_write(
        self, thread_id: str, ns: str, checkpoint_id: str, task_id: str, task_path: str, idx: int, channel: str,
        value: str,
    ) -> None:  # fmt: skip
        """A pending write, as JSON text."""
        self._add("write_json", thread_id, ns, checkpoint_id, task_id, task_path, idx, channel, value)

    def execution(
        self, task_id: str, node: str, ns: str, step: int, status: str, started_at: datetime,
        ended_at: datetime | None, error: str | None,
    ) -> None:  # fmt: skip
        """A node's execution: `running`, `completed`, `failed` or `interrupted`."""
        self._add("execution", task_id, node, ns, step, status, started_at, ended_at, error)

    def interrupt(
        self, interrupt_id: str, thread_id: UUID, task_id: str, node: str, ns: str, value: str, at: datetime
    ) -> None:
        """An open question of a node, and its event; `value` is JSON text."""
        payload = {
            "interrupt_id": interrupt_id, "thread_id": thread_id, "task_id": task_id, "node": node, "ns": ns,
            "value": Raw(value.encode()),
        }  # fmt: skip
        self.event("interrupt.created", text(payload), at)
        self._add("interrupt", interrupt_id, thread_id, task_id, node, ns, value, at)

    def resolve_interrupts(self, thread_id: UUID, at: datetime) -> None:
        """Close the open interrupts that earlier runs left on a thread, and say so in an event."""
        self.event("interrupt.resolved", text({"thread_id": thread_id}), at)
        self._add("resolution", thread_id, at)

    def frames(self, first: int, last: int, data: bytes) -> None:
        """Frames `first`..`last` of this attempt, verbatim."""
        self._add("frames", self.epoch, first, last, data)

    def finish(
        self, status: str, thread_id: UUID, thread_status: str, checkpoint_id: str | None, error: str | None,
        at: datetime,
    ) -> None:  # fmt: skip
        """End the run: `success`, `error`, `timeout` or `interrupted`; `error` is JSON text or None.

        A run that pauses at an interrupt or breakpoint is a `success` that leaves its thread `interrupted`.
        """
        paused = status == "success" and thread_status == "interrupted"
        payload = {
            "status": status, "thread_id": thread_id, "thread_status": thread_status, "checkpoint_id": checkpoint_id,
            "error": Raw(error.encode()) if error else None,
        }  # fmt: skip
        self.event("run.interrupted" if paused else TERMINAL_EVENTS[status], text(payload), at)
        self.finished = (status, thread_id, thread_status, checkpoint_id, error, at)
        self._add("finish", *self.finished)
