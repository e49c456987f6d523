"""The HTTP worker protocol: workers in any language, with neither Postgres nor NATS in reach."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from .base import Answer, Body, JsonObject, Uuid
from .operations import WorkerInfo

Name = Annotated[str, Field(min_length=1, max_length=200)]
LEASE_SECONDS = 45.0
"""What a worker gets that asks for no other: upstream's client shows a sign of life every 30 s."""
LONGEST_POLL = 25.0
"""Seconds; upstream's client gives an answer 30."""


class GraphNode(Body):
    id: Name
    type: str = "runnable"


class GraphEdge(Body):
    """An edge; several named targets are conditional ones."""

    source: Name
    target: Name | dict[str, Name]
    conditional: bool = False


class GraphSpec(Body):
    """A graph as its worker knows it: enough to be drawn."""

    graph_id: Name
    name: str = ""
    description: str = ""
    nodes: list[GraphNode] = Field(default_factory=list)
    edges: list[GraphEdge] = Field(default_factory=list)
    entry_point: str | None = None
    input_schema: JsonObject = Field(default_factory=lambda: {"type": "object"})
    output_schema: JsonObject = Field(default_factory=lambda: {"type": "object"})
    state_schema: JsonObject = Field(default_factory=lambda: {"type": "object"})
    config_schema: JsonObject = Field(default_factory=dict)
    context_schema: JsonObject | None = None


class Capabilities(Body):
    graphs: list[Name] = Field(default_factory=list)
    max_concurrent_runs: Annotated[int, Field(ge=1, le=1000)] = 10


class WorkerRegister(Body):
    """A worker and the graphs it serves: those it describes, and those it only names."""

    name: Name
    host: Annotated[str, Field(max_length=255)] = ""
    capabilities: Capabilities = Field(default_factory=Capabilities)
    graph_definitions: list[GraphSpec] = Field(default_factory=list)
    lease_seconds: Annotated[float, Field(ge=1, le=600)] = LEASE_SECONDS


class WorkerHeartbeat(Body):
    """`draining` takes no more runs; every other status changes nothing."""

    status: str = "ready"


class WorkerPoll(Body):
    """`runs` are those that the worker works on: granted ones that are missing in it are handed out again at once."""

    max_tasks: Annotated[int, Field(ge=1, le=1000)] = 1
    wait_seconds: Annotated[float, Field(ge=0, le=LONGEST_POLL)] = 15.0
    runs: list[Uuid] | None = None


class WorkerReport(Body):
    """Something that happened in a run. `seq` counts an attempt's reports from 1, so that a repeat is known."""

    run_id: Uuid
    event_type: Literal[
        "run_started",
        "node_started",
        "node_completed",
        "node_failed",
        "values",
        "frames",
        "run_completed",
        "run_failed",
        "run_requires_action",
    ]
    data: JsonObject = Field(default_factory=dict)
    epoch: Annotated[int, Field(ge=1)] | None = None
    seq: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


class WorkerLease(Answer):
    """A good lease; `runs` are the worker's: it stops working on any other."""

    worker_id: UUID
    status: Literal["alive", "draining"]
    lease_until: datetime
    runs: list[UUID]


class WorkerRegistered(WorkerLease):
    graphs: list[str]
    lease_seconds: float
    heartbeat_seconds: float


class WorkerTask(Answer):
    """A granted run. `values` are the state it begins with, `input` and `command` what it was given."""

    run_id: UUID
    thread_id: UUID
    graph_id: str
    assistant_id: UUID
    epoch: int
    attempt: int
    input: Any
    command: JsonObject | None
    values: Any
    config: JsonObject
    context: JsonObject | None
    metadata: JsonObject
    stream_mode: list[str]
    interrupt_before: Literal["*"] | list[str] | None
    interrupt_after: Literal["*"] | list[str] | None


class WorkerTasks(WorkerLease):
    tasks: list[WorkerTask]


class WorkerReported(Answer):
    """`applied` is False for a repeat."""

    applied: bool


class GraphWorkers(Answer):
    """A graph's topology and who serves it."""

    graph_id: str
    graph: JsonObject
    workers: list[WorkerInfo]
