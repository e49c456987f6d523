"""Runs: one execution of a graph on a thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, PrivateAttr, RootModel, model_validator

from .base import Answer, Body, Config, JsonObject, Offset, OneOrMany, Query, Uuid
from .threads import Checkpoint

YEAR = 366 * 24 * 3600
StreamMode = Literal[
    "values",
    "messages",
    "messages-tuple",
    "tasks",
    "checkpoints",
    "updates",
    "events",
    "debug",
    "custom",
]
RunStatus = Literal["pending", "running", "error", "success", "timeout", "interrupted"]
Nodes = Literal["*"] | list[str]
StreamModes = Annotated[list[StreamMode], OneOrMany]


def _only_values() -> list[StreamMode]:
    return ["values"]


class Send(Body):
    node: str
    input: Any = None


class Command(Body):
    """LangGraph's Command: at least one of resume, update and goto."""

    resume: Any = None
    update: JsonObject | list[Any] | None = None
    goto: Send | str | list[Send | str] | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """What the server knows of whoever asked for a run: the user of the project's own auth, and chosen headers.

    `thread_metadata` marks a thread that is made for the run.
    """

    user: JsonObject | None = None
    headers: JsonObject = field(default_factory=dict)
    thread_metadata: JsonObject = field(default_factory=dict)


class RunCreate(Body):
    """What all requests for runs have in common."""

    _asker: Asker | None = PrivateAttr(None)

    assistant_id: str
    input: Any = None
    command: Command | None = None
    metadata: JsonObject = Field(default_factory=dict)
    config: Config = Field(default_factory=Config)
    context: JsonObject = Field(default_factory=dict)
    webhook: Annotated[str, Field(min_length=1, max_length=65536)] | None = None
    interrupt_before: Nodes | None = None
    interrupt_after: Nodes | None = None
    stream_mode: StreamModes = Field(default_factory=_only_values)
    stream_subgraphs: bool = False
    stream_resumable: bool = False
    feedback_keys: list[str] | None = None
    after_seconds: Annotated[float, Field(le=YEAR)] = 0
    checkpoint_during: bool | None = None
    durability: Literal["sync", "async", "exit"] | None = None
    multitask_strategy: Literal["reject", "rollback", "interrupt", "enqueue"] = "enqueue"

    @property
    def asker(self) -> Asker | None:
        """Who asked, as far as the server had something to say of them. No part of the body."""
        return self._asker

    def asked_by(self, asker: Asker) -> None:
        """Set what the server knows of the asker."""
        self._asker = asker


class RunCreateStateful(RunCreate):
    """A run on a thread."""

    checkpoint: Checkpoint | None = None
    checkpoint_id: Uuid | None = None
    if_not_exists: Literal["create", "reject"] = "reject"


class RunCreateStateless(RunCreate):
    """A run on a thread of its own, deleted with it unless `on_completion` is `keep`."""

    on_completion: Literal["delete", "keep"] = "delete"


class RunBatch(RootModel[Annotated[list[RunCreateStateless], Field(min_length=1, max_length=100)]]):
    """Stateless runs that are accepted together, or not at all."""


class RunResume(Body):
    """The answer to a run that waits: LangGraph's Command; without any field a run goes on from its breakpoint."""

    resume: Any = None
    update: JsonObject | list[Any] | None = None
    goto: Send | str | list[Send | str] | None = None
    metadata: JsonObject = Field(default_factory=dict)


class CancelMany(Body):
    """Which runs to cancel: some of a thread, or all in a status."""

    thread_id: Uuid | None = None
    run_ids: list[Uuid] | None = None
    status: Literal["pending", "running", "all"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.status is not None and (self.thread_id is not None or self.run_ids is not None):
            raise ValueError(
                "When providing a 'status', 'thread_id' and 'run_ids' must be omitted. The 'status' parameter cancels "
                "all runs with the given status, regardless of thread or run ID."
            )
        if self.status is None and (self.thread_id is None or self.run_ids is None):
            raise ValueError("either status, or thread_id and run_ids, must be given")
        return self


class _Attended(Body):
    on_disconnect: Literal["cancel", "continue"] = "continue"


class RunWaitStateful(RunCreateStateful, _Attended):
    """A run on a thread that the caller stays connected for."""


class RunWaitStateless(RunCreateStateless, _Attended):
    """A run without a thread that the caller stays connected for."""


class RunsListQuery(Query):
    limit: Annotated[int, Field(ge=0, le=1000)] = 10
    offset: Offset = 0
    status: str | None = None
    select: list[str] = Field(default_factory=list)


class JoinQuery(Query):
    cancel_on_disconnect: bool = False


class JoinStreamQuery(JoinQuery):
    stream_mode: list[StreamMode] = Field(default_factory=list)


class FollowQuery(JoinStreamQuery):
    run_id: Uuid


class CancelManyQuery(Query):
    action: Literal["interrupt", "rollback"] = "interrupt"


class CancelQuery(CancelManyQuery):
    wait: bool = False


class Run(Answer):
    run_id: UUID
    thread_id: UUID
    assistant_id: UUID
    metadata: JsonObject
    status: RunStatus
    kwargs: JsonObject
    multitask_strategy: Literal["reject", "rollback", "interrupt", "enqueue"]
    created_at: datetime
    updated_at: datetime


RUN_FIELDS = (
    "run_id",
    "thread_id",
    "assistant_id",
    "metadata",
    "status",
    "kwargs",
    "multitask_strategy",
    "created_at",
    "updated_at",
)
"""What the reference shows of a run, in its order."""
