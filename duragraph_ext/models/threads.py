"""Threads and their states."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
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


class ThreadCreate(Body):
    thread_id: Uuid | None = None
    metadata: JsonObject = Field(default_factory=dict)
    if_exists: Literal["raise", "do_nothing"] = "raise"
    ttl: JsonObject | None = None
    supersteps: list[JsonObject] | None = None


class ThreadPatch(Body):
    metadata: JsonObject = Field(default_factory=dict)
    ttl: JsonObject | None = None


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
    extract: dict[str, str] | None = None


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
