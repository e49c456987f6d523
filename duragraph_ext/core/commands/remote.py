"""What workers that speak HTTP do: register, show signs of life, take runs, leave."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from ..context import Core
from ..domain.errors import Conflict, NotFound
from ..domain.principal import Principal
from ..eventstore.store import sql
from ..jsonx import text
from ..queries.state import get_state
from .workers import (
    Claim,
    ClaimRequest,
    GraphDefinition,
    claim_alone,
    define_graph,
    release_runs,
    stop_worker,
    waiting_runs,
)

PATIENCE = 10.0
"""Seconds after which a granted run that its worker has not mentioned is handed out to it again."""


@dataclass(frozen=True, slots=True)
class RemoteWorker:
    """A worker that cannot reach Postgres; `definitions` are its graphs as the read model wants them."""

    name: str
    host: str
    definitions: dict[str, dict[str, Any]]
    slots: int
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Lease:
    """A good lease, and the runs it holds: what a worker works on besides has been taken from it."""

    status: str
    graphs: Sequence[str]
    slots: int
    lease_until: datetime
    runs: Sequence[UUID]

    @property
    def free(self) -> int:
        """How many more runs the worker may have."""
        return 0 if self.status != "alive" else self.slots - len(self.runs)


async def register_remote(core: Core, principal: Principal, worker: RemoteWorker) -> UUID:
    """Announce a worker and its graphs. Raises Conflict when a worker of our own kind serves one of them."""
    graphs = list(worker.definitions)
    taken = await core.db.fetch(sql("remote", "served_natively"), (principal.tenant_id, graphs))
    if taken:
        raise Conflict(f"Graph {taken[0]['graph_id']!r} is served by a worker that has its code")
    for graph_id, definition in worker.definitions.items():
        source = hashlib.sha256(text(definition).encode()).hexdigest()
        await define_graph(core, principal, GraphDefinition(graph_id, source, definition))
    worker_id = uuid4()
    await core.db.execute(
        sql("remote", "register"),
        {
            "worker": worker_id, "tenant": principal.tenant_id, "owner": principal.user_id, "name": worker.name,
            "host": worker.host, "graphs": graphs, "slots": worker.slots, "lease": worker.lease_seconds,
        },
    )  # fmt: skip
    return worker_id


async def renew_lease(core: Core, principal: Principal, worker_id: UUID, *, drains: bool = False) -> Lease:
    """Note a sign of life; with `drains` the worker gets no more runs. Raises NotFound when the lease is lost."""
    row = await core.db.fetchone(
        sql("remote", "renew"),
        {"worker": worker_id, "tenant": principal.tenant_id, "owner": principal.user_id, "drains": drains},
    )
    if row is None:
        raise NotFound("worker", worker_id)
    return Lease(row["status"], row["graphs"], row["slots"], row["lease_until"], row["runs"])


async def take_runs(
    core: Core, principal: Principal, worker_id: UUID, lease: Lease, limit: int, known: Sequence[UUID] | None
) -> list[Claim]:
    """Runs for a worker: those it was granted and never heard of, then those that wait. `known`: what it works on."""
    whose = {"tenant": principal.tenant_id, "owner": principal.user_id}
    rows = await core.db.fetch(
        sql("remote", "untold"),
        {
            **whose, "worker": worker_id, "known": None if known is None else list(known), "patience": PATIENCE,
            "limit": limit,
        },
    )  # fmt: skip
    wishes = [ClaimRequest(row["run_id"], row["attempt_id"]) for row in rows]
    free = min(limit - len(wishes), lease.free)
    if free > 0:
        wishes += await waiting_runs(core, worker_id, lease.graphs, free, owner=principal)
    return await claim_alone(core, worker_id, wishes) if wishes else []


async def task_of(core: Core, principal: Principal, claim: Claim) -> dict[str, Any]:
    """A granted run as its worker gets it; `values` are the state that it begins with."""
    kwargs = claim.kwargs
    state = await get_state(core, principal, claim.thread_id, kwargs.get("checkpoint"))
    given = kwargs.get("input")
    return {
        "run_id": claim.run_id,
        "thread_id": claim.thread_id,
        "graph_id": claim.graph_id,
        "assistant_id": claim.assistant_id,
        "epoch": claim.epoch,
        "attempt": claim.attempt,
        "input": {} if given is None else given,
        "command": kwargs.get("command"),
        "values": state["values"],
        "config": kwargs["config"],
        "context": kwargs["context"],
        "metadata": claim.metadata,
        "stream_mode": kwargs["stream_mode"],
        "interrupt_before": kwargs["interrupt_before"],
        "interrupt_after": kwargs["interrupt_after"],
    }


async def leave(core: Core, principal: Principal, worker_id: UUID) -> None:
    """Hand a worker's runs back and end its lease. Raises NotFound when it has none."""
    await renew_lease(core, principal, worker_id, drains=True)
    await release_runs(core, worker_id)
    await stop_worker(core, worker_id)
