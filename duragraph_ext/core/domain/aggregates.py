"""Runs, threads and assistants as folds of their events: pure, so that the log alone can give them back."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from .events import Event


@dataclass(slots=True)
class Execution:
    """A node's execution within one attempt of a run."""

    task_id: str
    attempt: int
    node: str
    ns: str
    step: int
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    error: str | None = None


@dataclass(slots=True)
class Interrupt:
    """A question that a node asked."""

    interrupt_id: str
    thread_id: UUID
    task_id: str
    node: str
    ns: str
    value: Any
    created_at: datetime
    status: str = "open"
    resolved_at: datetime | None = None


@dataclass(slots=True)
class Run:
    """A run from its own stream."""

    run_id: UUID
    version: int = 0
    thread_id: UUID | None = None
    assistant_id: UUID | None = None
    assistant_version: int = 0
    graph_id: str = ""
    status: str = "pending"
    multitask_strategy: str = "enqueue"
    metadata: dict[str, Any] = field(default_factory=dict)
    kwargs: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    lease_epoch: int = 0
    attempt: int = 0
    worker_id: UUID | None = None
    checkpoint_id: str | None = None
    ephemeral: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deleted_at: datetime | None = None
    executions: dict[tuple[str, int], Execution] = field(default_factory=dict)
    interrupts: dict[str, Interrupt] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        """Take one event. Raises ValueError for a gap in the versions."""
        if event.version != self.version + 1:
            raise ValueError(f"run {self.run_id}: event {event.version} follows {self.version}")
        self.version = event.version
        domain, action = event.type.split(".")
        if domain == "execution":
            self._execution(action, event)
        elif event.type == "interrupt.created":
            body = event.payload
            self.interrupts[body["interrupt_id"]] = Interrupt(
                body["interrupt_id"], UUID(body["thread_id"]), body["task_id"], body["node"], body["ns"],
                body["value"], event.at,
            )  # fmt: skip
        elif domain == "run":
            self.updated_at = event.at
            getattr(self, f"_{action}")(event)

    def _created(self, event: Event) -> None:
        body = event.payload
        self.thread_id, self.assistant_id = UUID(body["thread_id"]), UUID(body["assistant_id"])
        self.assistant_version, self.graph_id = body["assistant_version"], body["graph_id"]
        self.multitask_strategy, self.ephemeral = body["multitask_strategy"], body["ephemeral"]
        self.metadata, self.kwargs, self.created_at = body["metadata"], body["kwargs"], event.at

    def _started(self, event: Event) -> None:
        self.status, self.lease_epoch, self.attempt = "running", event.payload["epoch"], event.payload["attempt"]
        self.worker_id = UUID(event.payload["worker_id"])
        self.started_at = self.started_at or event.at

    def _retried(self, event: Event) -> None:
        self.status, self.lease_epoch, self.worker_id = "pending", event.payload["epoch"], None
        self._abandon("lost", event.payload["reason"], event.at)
        if not event.payload["crashed"]:
            self.attempt -= 1

    def _ended(self, event: Event) -> None:
        self.status, self.error, self.ended_at = event.payload["status"], event.payload["error"], event.at
        self.checkpoint_id = event.payload["checkpoint_id"]
        self._abandon("cancelled", self.status, event.at)

    _completed = _failed = _interrupted = _timed_out = _cancelled = _ended

    def _abandon(self, status: str, reason: str, at: datetime) -> None:
        """Nodes that were running when their attempt ended without them."""
        for execution in self.executions.values():
            if execution.status == "running":
                execution.status, execution.error, execution.ended_at = status, reason, at

    def _rolled_back(self, event: Event) -> None:
        self.deleted_at = event.at

    _deleted = _rolled_back

    def _execution(self, action: str, event: Event) -> None:
        body = event.payload
        key = (body["task_id"], body["attempt"])
        if action == "node_started":
            self.executions[key] = Execution(
                body["task_id"], body["attempt"], body["node"], body["ns"], body["step"], "running", event.at
            )
            return
        execution = self.executions[key]
        execution.status = action.removeprefix("node_")
        execution.ended_at = event.at
        execution.error = body.get("error")

    def state(self) -> dict[str, Any]:
        """The run for a snapshot; `from_state` takes it back."""
        body = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("executions", "interrupts")}
        body["executions"] = [asdict(execution) for execution in self.executions.values()]
        body["interrupts"] = [asdict(interrupt) for interrupt in self.interrupts.values()]
        return body

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> "Run":
        """A run from its snapshot, times and ids as JSON wrote them."""
        body = _typed(state)
        executions = [Execution(**_typed(row)) for row in body.pop("executions")]
        interrupts = [Interrupt(**_typed(row)) for row in body.pop("interrupts")]
        run = cls(**body)
        run.executions = {(e.task_id, e.attempt): e for e in executions}
        run.interrupts = {i.interrupt_id: i for i in interrupts}
        return run


_IDS = ("run_id", "thread_id", "assistant_id", "worker_id")


def _typed(state: dict[str, Any]) -> dict[str, Any]:
    out = dict(state)
    for name, value in state.items():
        if isinstance(value, str) and name.endswith("_at"):
            out[name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and name in _IDS:
            out[name] = UUID(value)
    return out


@dataclass(slots=True)
class Thread:
    """A thread from its own stream and from what its runs say."""

    thread_id: UUID
    status: str = "idle"
    metadata: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    graph_id: str | None = None
    assistant_id: UUID | None = None
    checkpoint_id: str | None = None
    ephemeral: bool = False
    version: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    state_updated_at: datetime | None = None
    deleted_at: datetime | None = None
    ttl_strategy: str | None = None
    ttl_minutes: float | None = None
    expires_at: datetime | None = None
    unfinished: list[UUID] = field(default_factory=list)
    interrupts: list[tuple[UUID, Interrupt]] = field(default_factory=list)
    """Questions that came with a copy, each with the run that asked it on the original."""

    @property
    def active_run_id(self) -> UUID | None:
        """The run that works or may: the oldest that has not ended."""
        return self.unfinished[0] if self.unfinished else None

    @property
    def queued(self) -> int:
        """How many runs wait behind it."""
        return max(0, len(self.unfinished) - 1)

    def apply(self, event: Event) -> None:
        """Take one event of the thread's own stream."""
        self.version = event.version
        self.updated_at = event.at
        if event.type == "thread.created":  # one that was deleted may come back, empty
            self.metadata, self.ephemeral = event.payload["metadata"], event.payload["ephemeral"]
            self.status, self.config, self.error, self.deleted_at = "idle", {}, None, None
            self.graph_id = self.assistant_id = self.checkpoint_id = None
            self.ttl_strategy = self.ttl_minutes = self.expires_at = None
            self.created_at = self.state_updated_at = event.at
        elif event.type == "thread.updated":
            self.metadata = {**self.metadata, **event.payload["metadata"]}
        elif event.type == "thread.ttl_set":
            self.ttl_strategy, self.ttl_minutes = event.payload["strategy"], event.payload["ttl_minutes"]
            self.expires_at = datetime.fromisoformat(event.payload["expires_at"])
        elif event.type == "thread.state_updated":
            self.status, self.error, self.graph_id = event.payload["status"], None, event.payload["graph_id"]
            self.checkpoint_id, self.state_updated_at = event.payload["checkpoint_id"], event.at
        elif event.type == "thread.copied":
            self._copied(event.payload)
        elif event.type == "thread.pruned":
            if event.payload["expires_at"]:
                self.expires_at = datetime.fromisoformat(event.payload["expires_at"])
        elif event.type == "thread.deleted":
            self.deleted_at = event.at

    def state(self) -> dict[str, Any]:
        """The thread for a snapshot; `from_state` takes it back."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> "Thread":
        """A thread from its snapshot, times and ids as JSON wrote them."""
        body = _typed(state)
        body["unfinished"] = [UUID(run_id) for run_id in body["unfinished"]]
        body["interrupts"] = [(UUID(run_id), Interrupt(**_typed(asked))) for run_id, asked in body["interrupts"]]
        return cls(**body)

    def _copied(self, body: dict[str, Any]) -> None:
        self.status, self.config, self.error = body["status"], body["config"], body["error"]
        self.graph_id, self.checkpoint_id = body["graph_id"], body["checkpoint_id"]
        self.assistant_id = UUID(body["assistant_id"]) if body["assistant_id"] else None
        self.interrupts += [
            (
                UUID(asked["run_id"]),
                Interrupt(
                    asked["interrupt_id"], self.thread_id, asked["task_id"], asked["node"], asked["ns"],
                    asked["value"], datetime.fromisoformat(asked["created_at"]),
                ),
            )
            for asked in body["interrupts"]
        ]  # fmt: skip

    def apply_run(self, event: Event) -> None:
        """Take one `run.*` event of a run of this thread."""
        body = event.payload
        if event.type == "run.created":
            self.unfinished.append(event.stream_id)
            self.status, self.updated_at = "busy", event.at
            self.metadata = {**self.metadata, **body["thread_metadata"]}
            self.config, self.graph_id = {**self.config, **body["thread_config"]}, body["graph_id"]
            self.assistant_id = UUID(body["assistant_id"])
        elif event.type == "run.rolled_back":
            self.checkpoint_id = body["checkpoint_id"]
            self.updated_at = self.state_updated_at = event.at
        elif "thread_status" in body:
            self.unfinished.remove(event.stream_id)
            self.status = "busy" if self.unfinished else body["thread_status"]
            outside = event.type == "run.cancelled"
            self.error = body["error"] or self.error if outside else body["error"]
            self.checkpoint_id = body.get("checkpoint_id") or self.checkpoint_id
            self.updated_at = self.state_updated_at = event.at
            self.deleted_at = event.at if self.ephemeral else self.deleted_at


@dataclass(slots=True)
class Assistant:
    """An assistant with all its versions."""

    assistant_id: UUID
    current: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    latest: int = 0
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None

    def apply(self, event: Event) -> None:
        """Take one event."""
        self.updated_at = event.at
        if event.type in ("assistant.created", "assistant.updated"):
            body = dict(event.payload)
            self.version = self.latest = body.pop("assistant_version")
            self.current = body
            self.versions[self.version] = {**body, "created_at": event.at}
            self.created_at, self.deleted_at = self.created_at or event.at, None
        elif event.type == "assistant.latest_set":
            self.version = event.payload["assistant_version"]
            self.current = {k: v for k, v in self.versions[self.version].items() if k != "created_at"}
        elif event.type == "assistant.deleted":
            self.deleted_at = event.at
