"""Threads and their states."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from .base import Answer, Body, JsonObject, Limit, Offset, Query, SortOrder, Uuid

ThreadStatus = Literal["idle", "busy", "interrupted", "error"]
ThreadField = Literal[
    "thread_id",
    "created_at",
    "updated_at",
    "state_updated_at",
    "metadata",
    "config",
    "status",
    "values",
    "interrupts",
]


PruneStrategy = Literal["delete", "keep_latest"]
MOST_MINUTES = 100 * 366 * 24 * 60


class Ttl(Body):
    """Minutes from now until the thread is deleted, or pruned to its latest state and given as many minutes again."""

    strategy: PruneStrategy = "delete"
    ttl: Annotated[float, Field(gt=0, le=MOST_MINUTES)]


class ThreadPatch(Body):
    metadata: JsonObject = Field(default_factory=dict)
    ttl: Ttl | None = None


class ThreadQuery(Query):
    include: str | None = Field(default=None, description="what else to show, separated by commas: ttl")


class ThreadPrune(Body):
    """`keep_latest` keeps the latest state and drops its history; threads with runs keep theirs."""

    thread_ids: list[Uuid]
    strategy: PruneStrategy = "delete"


class ThreadCount(Body):
    metadata: JsonObject = Field(default_factory=dict)
    values: JsonObject = Field(default_factory=dict)
    status: ThreadStatus | None = None


class ThreadSearch(ThreadCount):
    ids: list[Uuid] | None = None
    limit: Limit = 10
    offset: Offset = 0
    sort_by: Literal["thread_id", "status", "created_at", "updated_at", "state_updated_at"] = "created_at"
    sort_order: SortOrder = "desc"
    select: list[ThreadField] | None = None
    extract: Annotated[dict[str, str], Field(max_length=10)] | None = None


class Checkpoint(Body):
    """Where a state is: a checkpoint of a thread, in a subgraph's namespace or the root's."""

    thread_id: str | None = None
    checkpoint_ns: str = ""
    checkpoint_id: str | None = None
    checkpoint_map: JsonObject | None = None


class StateQuery(Query):
    subgraphs: bool = False


class StateAtCheckpoint(Body):
    checkpoint: Checkpoint
    subgraphs: bool = False


class StateUpdate(Body):
    values: JsonObject | list[Any] | None = None
    as_node: str | None = None
    checkpoint: Checkpoint | None = None
    checkpoint_id: str | None = None


class HistoryQuery(Query):
    limit: Limit = 1
    before: str | None = None


class ThreadHistory(Body):
    limit: Limit = 1
    before: JsonObject | None = None
    metadata: JsonObject = Field(default_factory=dict)
    checkpoint: Checkpoint | None = None


class Thread(Answer):
    """A thread; `error` and `interrupts` appear once it has a state."""

    thread_id: UUID
    created_at: datetime
    updated_at: datetime
    state_updated_at: datetime
    metadata: JsonObject
    status: ThreadStatus
    config: JsonObject
    values: Any = None
    error: JsonObject | None = None
    interrupts: dict[str, list[JsonObject]] = Field(default_factory=dict)


class Pruned(Answer):
    pruned_count: int


class Stored(Answer):
    count: int
    bytes: int


class StoredChannel(Answer):
    versions: int
    bytes: int


class StoredValues(Stored):
    by_channel: dict[str, StoredChannel]


class ThreadStorage(Answer):
    """What a thread's state takes in the database; `total_bytes` is the sum of the three."""

    thread_id: UUID
    total_bytes: int
    checkpoints: Stored
    channel_values: StoredValues
    pending_writes: Stored


class UpdatedState(Answer):
    """The checkpoint that an update of the state made."""

    checkpoint: JsonObject
    configurable: JsonObject
    checkpoint_id: str


class ThreadState(Answer):
    """A snapshot of a thread's state, LangGraph's StateSnapshot."""

    values: Any
    next: list[str]
    tasks: list[JsonObject]
    metadata: JsonObject | None
    created_at: datetime | None
    checkpoint: JsonObject | None
    parent_checkpoint: JsonObject | None
    interrupts: list[JsonObject]
    checkpoint_id: str | None
    parent_checkpoint_id: str | None
