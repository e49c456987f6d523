"""The event catalogue: every event we store, by its name `{domain}.{action}`, with its payload's fields.

`spec/models/events.yml` says the same; a test holds them together.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class Event:
    """A stored event; versions of a stream are 1..n without gap."""

    stream_id: UUID
    version: int
    type: str
    payload: dict[str, Any]
    at: datetime


class Payload(BaseModel):
    """Base of the payload models; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class AssistantCreated(Payload):
    """An assistant, whole; one that was deleted may come back, with its next version."""

    assistant_version: int
    graph_id: str
    name: str
    description: str | None
    config: dict[str, Any]
    context: dict[str, Any]
    metadata: dict[str, Any]


class AssistantUpdated(AssistantCreated):
    """A new version, whole."""


class AssistantLatestSet(Payload):
    """An earlier version became the current one."""

    assistant_version: int


class AssistantDeleted(Payload):
    """An assistant was deleted."""


class ThreadCreated(Payload):
    """A thread; an ephemeral one goes with its stateless run."""

    metadata: dict[str, Any]
    ephemeral: bool


class ThreadUpdated(Payload):
    """Metadata merged into the thread's."""

    metadata: dict[str, Any]


class ThreadTtlSet(Payload):
    """When a thread expires, and what becomes of it then."""

    strategy: Literal["delete", "keep_latest"]
    ttl_minutes: float
    expires_at: datetime


class ThreadStateUpdated(Payload):
    """Somebody wrote the thread's state as a node would: where it stands now, and which questions still wait."""

    checkpoint_id: str | None
    status: Literal["idle", "interrupted"]
    graph_id: str
    open_interrupts: list[str]


class ThreadCopied(Payload):
    """The thread was made as a copy of another, with its checkpoints; follows its creation."""

    source_thread_id: UUID
    status: Literal["idle", "interrupted", "error"]
    config: dict[str, Any]
    error: dict[str, Any] | None
    graph_id: str | None
    assistant_id: UUID | None
    checkpoint_id: str | None
    interrupts: list[dict[str, Any]]


class ThreadPruned(Payload):
    """Checkpoints that the latest state does not need are gone; `expires_at` says when more will be."""

    expires_at: datetime | None


class ThreadDeleted(Payload):
    """A thread was deleted with its checkpoints and frames."""


class GraphDefined(Payload):
    """A worker registered a graph, or a changed one; `error` for one that does not import."""

    graph_id: str
    source_hash: str
    error: dict[str, Any] | None


class RunCreated(Payload):
    """An acknowledged run."""

    thread_id: UUID
    assistant_id: UUID
    assistant_version: int
    graph_id: str
    multitask_strategy: Literal["reject", "enqueue", "interrupt", "rollback"]
    metadata: dict[str, Any]
    kwargs: dict[str, Any]
    ephemeral: bool
    thread_metadata: dict[str, Any]
    thread_config: dict[str, Any]


class RunStarted(Payload):
    """A worker claimed the run: a new epoch."""

    epoch: int
    attempt: int
    worker_id: UUID
    worker: str


class RunEnded(Payload):
    """A run's end: what became of it and of its thread. A run that pauses is a `success` of `run.interrupted`."""

    status: Literal["success", "error", "timeout", "interrupted"]
    thread_id: UUID
    thread_status: Literal["idle", "busy", "interrupted", "error"]
    checkpoint_id: str | None
    error: dict[str, Any] | None


class RunCancelled(RunEnded):
    """Somebody cancelled the run."""

    action: Literal["interrupt", "rollback"]


class RunRetried(Payload):
    """The worker's lease ended: the run waits again."""

    thread_id: UUID
    epoch: int
    reason: str
    crashed: bool


class RunRolledBack(Payload):
    """A cancelled run was removed and its thread put back to the checkpoint before it."""

    thread_id: UUID
    checkpoint_id: str | None


class RunDeleted(Payload):
    """A run was deleted; its checkpoints stay with the thread."""

    thread_id: UUID


class NodeStarted(Payload):
    """A node began."""

    task_id: str
    node: str
    ns: str
    step: int
    attempt: int


class NodeCompleted(NodeStarted):
    """A node ended well."""

    duration_ms: float


class NodeFailed(NodeCompleted):
    """A node raised."""

    error: str


class NodeInterrupted(NodeCompleted):
    """A node asked a question."""


class InterruptCreated(Payload):
    """A question waits for an answer."""

    interrupt_id: str
    thread_id: UUID
    task_id: str
    node: str
    ns: str
    value: Any


class InterruptResolved(Payload):
    """A run answers the open questions that earlier runs left on its thread."""

    thread_id: UUID


class CronCreated(Payload):
    """A cron, whole. Of its webhook the log shows the origin: a webhook's URL is a secret."""

    assistant_id: UUID
    thread_id: UUID | None
    schedule: str
    timezone: str | None
    end_time: datetime | None
    payload: dict[str, Any]
    metadata: dict[str, Any]
    on_run_completed: Literal["delete", "keep"] | None
    enabled: bool
    next_run_date: datetime | None
    user_id: str = ""


class CronUpdated(CronCreated):
    """A cron as it is now, whole."""


class CronDeleted(Payload):
    """A cron was deleted, alone or with its thread or assistant."""


class CronFired(Payload):
    """A tick was spent: on a run, or on the reason why there is none."""

    scheduled_for: datetime
    run_id: UUID | None
    thread_id: UUID | None
    error: str | None
    next_run_date: datetime | None


class WebhookSent(Payload):
    """A run's webhook was called and answered well."""

    run_id: UUID
    origin: str
    attempts: int
    status_code: int


class WebhookFailed(Payload):
    """A run's webhook was given up."""

    run_id: UUID
    origin: str
    attempts: int
    error: str


CATALOGUE: dict[str, type[Payload]] = {
    "assistant.created": AssistantCreated,
    "assistant.updated": AssistantUpdated,
    "assistant.latest_set": AssistantLatestSet,
    "assistant.deleted": AssistantDeleted,
    "thread.created": ThreadCreated,
    "thread.updated": ThreadUpdated,
    "thread.ttl_set": ThreadTtlSet,
    "thread.state_updated": ThreadStateUpdated,
    "thread.copied": ThreadCopied,
    "thread.pruned": ThreadPruned,
    "thread.deleted": ThreadDeleted,
    "graph.defined": GraphDefined,
    "run.created": RunCreated,
    "run.started": RunStarted,
    "run.completed": RunEnded,
    "run.failed": RunEnded,
    "run.interrupted": RunEnded,
    "run.timed_out": RunEnded,
    "run.cancelled": RunCancelled,
    "run.retried": RunRetried,
    "run.rolled_back": RunRolledBack,
    "run.deleted": RunDeleted,
    "execution.node_started": NodeStarted,
    "execution.node_completed": NodeCompleted,
    "execution.node_failed": NodeFailed,
    "execution.node_interrupted": NodeInterrupted,
    "interrupt.created": InterruptCreated,
    "interrupt.resolved": InterruptResolved,
    "cron.created": CronCreated,
    "cron.updated": CronUpdated,
    "cron.deleted": CronDeleted,
    "cron.fired": CronFired,
    "webhook.sent": WebhookSent,
    "webhook.failed": WebhookFailed,
}
ENDS = ("run.completed", "run.failed", "run.interrupted", "run.timed_out", "run.cancelled")
"""The events after which nothing follows in a run's stream, but a rollback's mark."""
