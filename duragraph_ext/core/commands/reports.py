"""What HTTP workers report of their runs: each report is one fenced transaction, like any worker's write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from psycopg.rows import DictRow

from ..context import Core, Outcome
from ..domain.errors import Fenced, Invalid, NotFound
from ..domain.principal import Principal
from ..eventstore.store import sql, write_events
from ..jsonx import dumps, parse, text
from ..messaging import subjects
from .remotestate import ERROR, INTERRUPT, RemoteState, task
from .transactions import Transaction

SMALL_VALUES = 64 << 10
"""Values that travel with the word of a run's end."""
STREAMABLE = {"custom": ("custom",), "updates": ("updates",), "debug": ("debug",), "events": ("events",),
              "messages": ("messages-tuple",), "messages/metadata": ("messages",), "messages/partial": ("messages",),
              "messages/complete": ("messages",)}  # fmt: skip
"""Events that a worker may stream of its own, and the modes in which they are asked for."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report: `epoch` is the attempt's, None trusts the lease; `seq` counts an attempt's reports from 1."""

    run_id: UUID
    kind: str
    data: Mapping[str, Any]
    epoch: int | None = None
    seq: int | None = None


async def take_report(core: Core, principal: Principal, worker_id: UUID, report: Report) -> bool:
    """Apply a report; False when it was applied before.

    Raises NotFound (run), Fenced (the run is not the worker's any more), Invalid (the report makes no sense).
    """
    place = await core.db.fetchone(sql("remote", "place"), (report.run_id, principal.tenant_id, principal.user_id))
    if place is None:
        raise NotFound("run", report.run_id)
    async with Transaction(core) as tx:
        await tx.connection.execute(sql("runs", "lock_thread_only"), (place["thread_id"],))
        row = await (await tx.connection.execute(sql("remote", "fence"), (report.run_id,))).fetchone()
        if (
            row is None or row["sealed"] or row["status"] != "running" or row["worker_id"] != worker_id
            or report.epoch not in (None, row["epoch"])
        ):  # fmt: skip
            raise Fenced(f"run {report.run_id} is not this worker's any more")
        if report.seq is not None and report.seq <= row["op_seq"]:
            return False
        writing = _Writing(tx, principal, report.run_id, place["thread_id"], row)
        await writing.open()
        await writing.apply(report.kind, report.data)
        await writing.close(report.seq or row["op_seq"] + 1)
    for message in writing.live:
        await core.bus.publish(subjects.live(report.run_id), message)
    return True


class _Writing:
    """The rows of one report."""

    def __init__(self, tx: Transaction, principal: Principal, run_id: UUID, thread_id: UUID, row: DictRow) -> None:
        self.tx, self.principal, self.run_id, self.thread_id, self.row = tx, principal, run_id, thread_id, row
        self.kwargs: dict[str, Any] = parse(row["kwargs"])
        self.attempt: int = row["attempt"]
        self.whose = (principal.tenant_id, principal.user_id)
        self.events: list[tuple[str, Any]] = []
        self.frames: list[tuple[str, Any]] = []
        self.live: list[bytes] = []
        self.state: RemoteState
        self.ended = False

    async def open(self) -> None:
        """Read the state; the first report of an attempt begins the run."""
        begins = (self.kwargs.get("checkpoint") or {}).get("checkpoint_id")
        metadata = {
            **self.row["metadata"], "graph_id": self.row["graph_id"], "assistant_id": str(self.row["assistant_id"]),
        }  # fmt: skip
        self.state = await RemoteState.load(self.tx.connection, self.thread_id, self.run_id, begins, metadata)
        if self.row["op_seq"] == 0:
            await self._begin()

    async def apply(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take the report itself. Raises Invalid."""
        await getattr(self, f"_{kind}")(data)

    async def close(self, seq: int) -> None:
        """Advance the stream and write events and frames."""
        connection = self.tx.connection
        await connection.execute(sql("remote", "advance"), (len(self.events), seq, self.ended, self.run_id))
        if self.events:
            version = self.row["version"] + len(self.events)
            appended = await write_events(connection, self.principal, "run", self.run_id, version, self.events)
            self.tx.outbox.extend(appended.outbox)
        if self.frames:
            await self._store_frames()
        if self.ended:
            self.live.append(b"E\n")

    async def _begin(self) -> None:
        self.frames.append(("metadata", {"run_id": self.run_id, "attempt": self.attempt}))
        if not self.state.own:
            given = self.kwargs.get("input")
            update = (self.kwargs.get("command") or {}).get("update")
            changes = {**_state_of(given), **_state_of(dict(update) if isinstance(update, list) else update)}
            source = "input" if given is not None or self.state.checkpoint_id is None else "loop"
            await self.state.save(changes, source, self.row["at"])
            cursor = await self.tx.connection.execute(
                sql("remote", "resolve"), (self.thread_id, *self.whose, self.run_id)
            )
            if await cursor.fetchone() is not None:
                self.events.append(("interrupt.resolved", {"thread_id": self.thread_id}))
        self._show_values()

    # Reports, by their names

    async def _run_started(self, data: Mapping[str, Any]) -> None:
        """The claim has said so; what it begins has been written above."""

    async def _node_started(self, data: Mapping[str, Any]) -> None:
        await self._start(_name_of(data))

    async def _node_completed(self, data: Mapping[str, Any]) -> None:
        node, output = _name_of(data), data.get("output")
        running = await self._running(node) or await self._start(node)
        changes = output if isinstance(output, dict) else {}
        await self.state.wrote(running["task_id"], list(changes.items()) or [("__return__", output)])
        await self._end(running, "completed")
        others = [each for each in self.state.tasks if each["id"] != running["task_id"]]
        await self.state.save(changes, "loop", self.row["at"])
        await self.state.show(others)
        self._show("tasks", {"id": running["task_id"], "name": node, "error": None, "result": output, "interrupts": []})
        self._show("updates", {node: output})
        self._show_values()

    async def _node_failed(self, data: Mapping[str, Any]) -> None:
        node, error = _name_of(data), _failure(data)
        running = await self._running(node) or await self._start(node)
        await self.state.wrote(running["task_id"], [(ERROR, error["message"])])
        await self._end(running, "failed", error["message"])
        shown = {"id": running["task_id"], "name": node, "error": error["message"], "result": None, "interrupts": []}
        self._show("tasks", shown)

    async def _values(self, data: Mapping[str, Any]) -> None:
        changes = _object("data.values", data.get("values"))
        tasks = self.state.tasks
        await self.state.save(changes, "loop", self.row["at"])
        await self.state.show(tasks)
        self._show_values()

    async def _frames(self, data: Mapping[str, Any]) -> None:
        frames = data.get("frames")
        if not isinstance(frames, list):
            raise Invalid("data.frames", "must be a list")
        for number, frame in enumerate(frames):
            event = frame.get("event") if isinstance(frame, dict) else None
            if not isinstance(event, str) or event.partition("|")[0] not in STREAMABLE or not event.isprintable():
                raise Invalid(f"data.frames.{number}.event", f"must be one of {', '.join(STREAMABLE)}")
            if set(STREAMABLE[event.partition("|")[0]]) & set(self.kwargs["stream_mode"]):
                self.frames.append((event, frame.get("data")))

    async def _run_completed(self, data: Mapping[str, Any]) -> None:
        output = data.get("output")
        changes = {
            name: value
            for name, value in (output.items() if isinstance(output, dict) else ())
            if name not in self.state.values or self.state.values[name] != value
        }
        if changes:
            await self.state.save(changes, "loop", self.row["at"])
            self._show_values()
        await self._finish("run.completed", "success", "idle", None)

    async def _run_failed(self, data: Mapping[str, Any]) -> None:
        error = _failure(data)
        for running in await self._all_running():
            await self._end(running, "failed", error["message"])
        self.frames.append(("error", error))
        await self._finish("run.failed", "error", "error", error)

    async def _run_requires_action(self, data: Mapping[str, Any]) -> None:
        asked = data["value"] if "value" in data else {k: v for k, v in data.items() if k not in ("state", "node_id")}
        changes = {
            name: value
            for name, value in _object("data.state", data.get("state")).items()
            if name not in self.state.values or self.state.values[name] != value
        }
        all_running = await self._all_running()
        if not all_running:
            all_running = [await self._start(str(data.get("node_id") or "__action__"))]
        running = all_running[0]
        node, task_id = running["node"], running["task_id"]
        if changes:
            await self.state.save(changes, "loop", self.row["at"])
        await self.state.show([task(task_id, node)])
        interrupt = {"id": uuid5(self.run_id, task_id).hex, "value": asked}
        await self.state.wrote(task_id, [(INTERRUPT, [interrupt])])
        await self._end(running, "interrupted")
        where = (self.run_id, *self.whose, interrupt["id"], self.thread_id, task_id, node)
        await self.tx.connection.execute(sql("remote", "ask"), (*where, text(asked)))
        body = {"interrupt_id": interrupt["id"], "thread_id": self.thread_id, "task_id": task_id, "node": node}
        self.events.append(("interrupt.created", {**body, "ns": "", "value": asked}))
        self._show("updates", {INTERRUPT: [interrupt]})
        self._show("values", {**self.state.values, INTERRUPT: [interrupt]})
        await self._finish("run.interrupted", "success", "interrupted", None)

    # Nodes

    async def _running(self, node: str) -> DictRow | None:
        return next((row for row in await self._all_running() if row["node"] == node), None)

    async def _all_running(self) -> list[DictRow]:
        cursor = await self.tx.connection.execute(sql("remote", "running_nodes"), (self.run_id, self.attempt))
        return await cursor.fetchall()

    async def _start(self, node: str) -> dict[str, Any]:
        cursor = await self.tx.connection.execute(sql("remote", "node_count"), (self.run_id, self.attempt))
        counted = await cursor.fetchone()
        number = counted["count"] if counted else 0
        task_id = str(uuid5(self.run_id, f"{self.attempt}/{number}/{node}"))
        step = self.state.step + 1
        await self.tx.connection.execute(
            sql("remote", "begin_node"), (self.run_id, self.attempt, *self.whose, task_id, node, step)
        )
        body = {"task_id": task_id, "node": node, "ns": "", "step": step, "attempt": self.attempt}
        self.events.append(("execution.node_started", body))
        await self.state.show([*self.state.tasks, task(task_id, node)])
        self._show("tasks", {"id": task_id, "name": node, "input": self.state.values, "triggers": []})
        return {"task_id": task_id, "node": node, "step": step, "started_at": self.row["at"]}

    async def _end(self, running: Mapping[str, Any], status: str, error: str | None = None) -> None:
        await self.tx.connection.execute(
            sql("remote", "end_node"), (status, error, self.run_id, running["task_id"], self.attempt)
        )
        took = (self.row["at"] - running["started_at"]).total_seconds() * 1000
        body = {
            "task_id": running["task_id"], "node": running["node"], "ns": "", "step": running["step"],
            "attempt": self.attempt, "duration_ms": round(took, 3),
        }  # fmt: skip
        self.events.append((f"execution.node_{status}", body if error is None else {**body, "error": error}))

    # The end

    async def _finish(self, event: str, status: str, thread_status: str, error: dict[str, str] | None) -> None:
        connection, checkpoint_id = self.tx.connection, self.state.checkpoint_id
        await connection.execute(sql("runs", "abandon_executions"), ("cancelled", status, self.run_id))
        body = {
            "status": status, "thread_id": self.thread_id, "thread_status": thread_status,
            "checkpoint_id": checkpoint_id, "error": error,
        }  # fmt: skip
        self.events.append((event, body))
        names = {
            "run": self.run_id, "thread": self.thread_id, "status": status, "thread_status": thread_status,
            "checkpoint": checkpoint_id, "error": None if error is None else text(error),
        }  # fmt: skip
        await connection.execute(sql("remote", "end_run"), names)
        await connection.execute(sql("remote", "leave_thread"), names)
        values = dumps(self.state.values) if thread_status == "idle" else None
        self.tx.outcomes.append(
            Outcome(
                self.run_id, self.thread_id, status, thread_status, checkpoint_id, error, self.principal.tenant_id,
                values if values is not None and len(values) <= SMALL_VALUES else None,
            )
        )  # fmt: skip
        self.ended = True

    # Frames

    def _show(self, mode: str, data: Any) -> None:
        if mode in self.kwargs["stream_mode"]:
            self.frames.append((mode, data))

    def _show_values(self) -> None:
        self._show("values", dict(self.state.values))

    async def _store_frames(self) -> None:
        epoch = self.row["epoch"]
        cursor = await self.tx.connection.execute(sql("remote", "last_frame"), (self.run_id, epoch))
        found = await cursor.fetchone()
        first = (found["last"] if found else 0) + 1
        last = first + len(self.frames) - 1
        data = b"".join(_frame(epoch, first + place, *frame) for place, frame in enumerate(self.frames))
        await self.tx.connection.execute(
            sql("remote", "put_frames"), (self.run_id, *self.whose, epoch, first, last, data)
        )
        self.live.append(b"F %d %d %d\n" % (epoch, first, last) + data)


KINDS = (
    "run_started", "node_started", "node_completed", "node_failed", "values", "frames", "run_completed", "run_failed",
    "run_requires_action",
)  # fmt: skip
"""The reports there are."""


def _frame(epoch: int, number: int, event: str, data: Any) -> bytes:
    return b"id: %d-%d\nevent: %b\ndata: %b\n\n" % (epoch, number, event.encode(), dumps(data))


def _name_of(data: Mapping[str, Any]) -> str:
    node = data.get("node_id")
    if not isinstance(node, str) or not node:
        raise Invalid("data.node_id", "must be a node's name")
    return node


def _state_of(value: Any) -> dict[str, Any]:
    """What a run was given, as a part of the state; what has no keys stands under one."""
    return value if isinstance(value, dict) else {} if value is None else {"input": value}


def _object(field: str, value: Any) -> dict[str, Any]:
    """A part of the state. Raises Invalid for what has no keys."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(field, "must be an object")
    return value


def _failure(data: Mapping[str, Any]) -> dict[str, str]:
    error = data.get("error")
    if isinstance(error, dict):
        return {"error": str(error.get("error", "Error")), "message": str(error.get("message", ""))}
    return {"error": "Error", "message": "" if error is None else str(error)}
