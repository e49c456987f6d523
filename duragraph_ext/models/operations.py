"""What DuraGraph shows beyond LangGraph's API: events, executions, workers, queues."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from .base import Answer, JsonObject, JsonText, Limit, Offset, Query, Uuid
from .runs import Run, RunStatus

MAX_SEQUENCE = 2**63 - 1


class RunsQuery(Query):
    """Newest first; the next page starts `before` the last run_id of this one.

    `metadata` is a JSON object that a run's must contain; `text` is looked for in input, metadata and error.
    """

    status: RunStatus | None = None
    graph_id: str | None = None
    assistant_id: Uuid | None = None
    thread_id: Uuid | None = None
    metadata: Annotated[JsonObject, JsonText] = Field(default_factory=dict)
    created_after: datetime | None = None
    created_before: datetime | None = None
    text: str | None = None
    limit: Limit = 50
    before: Uuid | None = None


class RunRow(Run):
    graph_id: str
    worker: str | None
    attempt: int
    started_at: datetime | None
    ended_at: datetime | None
    error: JsonObject | None
    queued_for: str | None = Field(description="what a waiting run waits for, if not a worker")


class EventsQuery(Query):
    """Events of one run after a version."""

    after: Offset = 0
    limit: Limit = 1000


class FeedQuery(Query):
    """The live feed: `after` is a global sequence, `types` event types or families (`run`, `execution`)."""

    run_id: Uuid | None = None
    thread_id: Uuid | None = None
    types: list[str] = Field(default_factory=list)
    after: Annotated[int, Field(ge=0, le=MAX_SEQUENCE)] | None = None


class Envelope(Answer):
    """One event as it stands in the log and on JetStream."""

    event_id: UUID
    aggregate_type: str
    aggregate_id: UUID
    version: int
    event_type: str
    payload: JsonObject
    metadata: JsonObject | None
    timestamp: datetime


class Execution(Answer):
    """One node's execution in one attempt of a run."""

    task_id: str
    node: str
    ns: str
    step: int
    attempt: int
    status: Literal["running", "completed", "failed", "interrupted", "lost", "cancelled"]
    started_at: datetime
    ended_at: datetime | None
    error: str | None


class InterruptsQuery(Query):
    status: Literal["open", "resolved"] | None = None
    thread_id: Uuid | None = None


class InterruptRow(Answer):
    """A question that a graph asks, and whether it was answered."""

    interrupt_id: str
    thread_id: UUID
    run_id: UUID
    node: str
    value: Any
    status: Literal["open", "resolved"]


class WorkerInfo(Answer):
    worker_id: UUID
    name: str
    protocol: Literal["native", "http"]
    host: str
    pid: int | None
    keeper_pid: int | None
    graphs: list[str]
    slots: int
    status: Literal["alive", "draining", "lost", "stopped"]
    runs: list[UUID]
    lease_until: datetime
    started_at: datetime


class QueueStats(Answer):
    pending: int
    running: int
    oldest_pending_seconds: float | None
    outbox_pending: int
    outbox_dead: int


class GraphInfo(Answer):
    """A graph that some worker serves or failed to load."""

    graph_id: str
    source_hash: str | None
    broken: JsonObject | None
    workers: int
