"""What workers do: register, define their graphs, claim runs, hand them back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import DictRow

from ... import failpoints
from ...telemetry import metrics
from ..context import Core
from ..domain.outbox import OutboxRow
from ..domain.principal import LOCAL, Principal
from ..eventstore.arrays import Uuid
from ..eventstore.batch import Batch
from ..eventstore.raw import fetch_prepared
from ..eventstore.store import NO_STREAM, append, sql
from ..ids import graph_stream_id
from ..jsonx import parse, text
from .assistants import ensure_graph_assistant
from .recovery import requeue
from .transactions import Transaction

STATE_BYTES = 64 << 10
"""Values up to this size travel with a claim; the run itself reads a state with a larger one."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One incarnation of a worker; its lease is its runs' lease."""

    worker_id: UUID
    name: str
    host: str
    pid: int
    keeper_pid: int | None
    kernel_id: str | None
    graphs: Sequence[str]
    slots: int
    lease_seconds: float
    principal: Principal = LOCAL


@dataclass(frozen=True, slots=True)
class GraphDefinition:
    """A graph as a worker describes it; `definition` has graph, schemas, subgraphs and info."""

    graph_id: str
    source_hash: str
    definition: dict[str, Any]
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """A wish for a run; the same `attempt_id` asks again for the same claim."""

    run_id: UUID
    attempt_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run granted to a worker under `epoch`; `attempt` counts from 1 over crashes."""

    run_id: UUID
    thread_id: UUID
    assistant_id: UUID
    graph_id: str
    tenant_id: str
    owner: str
    epoch: int
    attempt: int
    kwargs: dict[str, Any]
    metadata: dict[str, Any]
    thread_metadata: dict[str, Any]
    thread_checkpoint_id: str | None
    created_at: datetime
    watched: bool = False
    """Whether somebody follows the run's thread."""
    stored: DictRow | None = None
    """The checkpoint that the thread stands at, as LangGraph's saver reads it; None if the claim does not tell."""

    @property
    def is_resumed(self) -> bool:
        """Whether an earlier attempt may have left checkpoints."""
        return self.attempt > 1

    @property
    def is_doubtful(self) -> bool:
        """Whether it may have killed two workers: a worker executes one such run at a time (runs.sql: claim)."""
        return self.attempt > 2


async def register_worker(core: Core, worker: Worker) -> None:
    """Announce a worker with a fresh lease."""
    await core.db.execute(
        sql("workers", "register"),
        (
            worker.worker_id, worker.principal.tenant_id, worker.principal.user_id, worker.name, worker.host,
            worker.pid, worker.keeper_pid, worker.kernel_id, list(worker.graphs), worker.slots, worker.lease_seconds,
        ),
    )  # fmt: skip


async def set_keeper(core: Core, worker_id: UUID, keeper_pid: int) -> None:
    """Note the keeper that renews a worker's lease now."""
    await core.db.execute(sql("workers", "set_keeper"), (keeper_pid, worker_id))


async def drain_worker(core: Core, worker_id: UUID) -> None:
    """Take no more runs; those under way go on."""
    await core.db.execute(sql("workers", "drain"), (worker_id,))


async def stop_worker(core: Core, worker_id: UUID) -> None:
    """End a worker's lease now. Hand its runs back first with `release_runs`."""
    await core.db.execute(sql("workers", "stop"), (worker_id,))


async def note_end(core: Core, name: str, host: str, pid: int, how: str) -> bool:
    """Note how a worker's process ended, and end its lease; whether it had come so far as to register."""
    return bool(await core.db.fetch(sql("workers", "ended"), (how, name, host, pid)))


async def runs_of(core: Core, worker_id: UUID) -> dict[UUID, UUID]:
    """The runs that are a worker's, with their threads."""
    rows = await core.db.fetch(sql("workers", "running_of"), (worker_id,))
    return {row["run_id"]: row["thread_id"] for row in rows}


async def release_run(core: Core, run_id: UUID, thread_id: UUID, reason: str) -> None:
    """Hand an unfinished run back: pending again at once, its attempt not counted as a crash."""
    await requeue(core, run_id, thread_id, reason, crashed=False)


async def release_runs(core: Core, worker_id: UUID) -> int:
    """Hand every unfinished run back."""
    runs = await runs_of(core, worker_id)
    for run_id, thread_id in runs.items():
        await release_run(core, run_id, thread_id, "worker stopped")
    return len(runs)


async def define_graph(core: Core, principal: Principal, graph: GraphDefinition) -> bool:
    """Register a graph and its own assistant; whether anything changed."""
    changed = await _define(core, principal, graph.graph_id, graph.source_hash, graph.definition, None)
    await ensure_graph_assistant(core, principal, graph.graph_id, graph.description)
    return changed


async def define_broken_graph(
    core: Core, principal: Principal, graph_id: str, source: str, error: dict[str, Any]
) -> bool:
    """Register that a graph does not import: {"file", "line", "exception", "message"}."""
    return await _define(core, principal, graph_id, source, {}, error)


async def _define(
    core: Core, principal: Principal, graph_id: str, source_hash: str, definition: dict[str, Any],
    error: dict[str, Any] | None,
) -> bool:  # fmt: skip
    stream_id = graph_stream_id(principal.tenant_id, graph_id)
    async with Transaction(core) as tx:
        await tx.connection.execute(sql("graphs", "lock"), (str(stream_id),))
        cursor = await tx.connection.execute(sql("graphs", "one"), (principal.tenant_id, graph_id))
        known = await cursor.fetchone()
        if known is not None and _same(known, source_hash, definition, error):
            return False
        event = {"graph_id": graph_id, "source_hash": source_hash, "error": error}
        expected = known["version"] if known else NO_STREAM
        appended = await append(tx.connection, principal, "graph", stream_id, expected, [("graph.defined", event)])
        tx.outbox.extend(appended.outbox)
        await tx.connection.execute(
            sql("graphs", "put"),
            (
                principal.tenant_id, principal.user_id, graph_id, source_hash, text(definition),
                text(error) if error else None, appended.version, appended.at,
            ),
        )  # fmt: skip
        return True


def _same(known: DictRow, source_hash: str, definition: dict[str, Any], error: dict[str, Any] | None) -> bool:
    if known["source_hash"] != source_hash or parse(known["error"]) != error:
        return False
    return text(parse(known["definition"])) == text(definition)


async def claim(core: Core, worker_id: UUID, wishes: Sequence[ClaimRequest]) -> list[Claim]:
    """Claim runs; those missing from the answer are not to be had. One statement for all."""
    return [c for c in await _batch(core, worker_id)(list(wishes)) if c is not None]


async def waiting_runs(
    core: Core, worker_id: UUID, graphs: Sequence[str], limit: int, older_than: float = 0.0, *,
    owner: Principal | None = None,
) -> list[ClaimRequest]:  # fmt: skip
    """Wishes for runs that have been ready for `older_than` seconds, of one owner or of all."""
    whose = {"tenant": owner and owner.tenant_id, "owner": owner and owner.user_id}
    asked = {**whose, "worker": worker_id, "graphs": list(graphs), "age": older_than, "limit": limit}
    return [ClaimRequest(row["run_id"]) for row in await core.db.fetch(sql("runs", "waiting"), asked)]


async def claim_waiting(
    core: Core, worker_id: UUID, graphs: Sequence[str], limit: int, older_than: float = 1.0
) -> tuple[list[Claim], bool]:
    """Claim runs that have been ready for `older_than` seconds, straight from Postgres; whether there may be more."""
    wishes = await waiting_runs(core, worker_id, graphs, limit, older_than)
    if not wishes:
        return [], False
    claims = await claim(core, worker_id, wishes)
    return claims, len(wishes) == limit or len(claims) < len(wishes)


async def claim_alone(core: Core, worker_id: UUID, wishes: Sequence[ClaimRequest]) -> list[Claim]:
    """Claim runs for a worker that is not of this process."""
    return list((await _claim(core, worker_id, list(wishes))).values())


def _batch(core: Core, worker_id: UUID) -> Batch[list[ClaimRequest], list[Claim]]:
    name = f"claim {worker_id}"
    if name not in core.batches:

        async def work(groups: list[list[ClaimRequest]]) -> Sequence[list[Claim]]:
            wishes = {wish.run_id: wish for group in groups for wish in group}
            claims = await _claim(core, worker_id, list(wishes.values()))
            return [[claims[wish.run_id] for wish in group if wish.run_id in claims] for group in groups]

        core.batches[name] = Batch("claim", work)
    return core.batches[name]


async def _claim(core: Core, worker_id: UUID, wishes: list[ClaimRequest]) -> dict[UUID, Claim]:
    failpoints.hit("claim.before")
    async with core.hot.connection() as connection:
        asked = (Uuid([w.run_id for w in wishes]), Uuid([w.attempt_id for w in wishes]), worker_id, STATE_BYTES)
        rows = await fetch_prepared(connection, sql("runs", "claim"), asked)
    failpoints.hit("claim.after_commit")
    core.publisher.send_soon(
        [OutboxRow(row["id"], row["subject"], row["payload"].data) for row in rows if row["run_id"] is None]
    )
    metrics.events_appended.labels("run.started").inc(sum(row["run_id"] is not None for row in rows))
    return {row["run_id"]: _as_claim(row) for row in rows if row["run_id"] is not None}


def _as_claim(row: DictRow) -> Claim:
    return Claim(
        run_id=row["run_id"],
        thread_id=row["thread_id"],
        assistant_id=row["assistant_id"],
        graph_id=row["graph_id"],
        tenant_id=row["tenant_id"],
        owner=row["owner"],
        epoch=row["lease_epoch"],
        attempt=row["attempt"],
        kwargs=parse(row["kwargs"]),
        metadata=row["metadata"],
        thread_metadata=row["thread_metadata"] or {},
        thread_checkpoint_id=row["thread_checkpoint_id"],
        created_at=row["created_at"],
        watched=row["watched"],
        stored=_stored(row) if row["whole"] else None,
    )


def _stored(row: DictRow) -> DictRow:
    same = ("checkpoint_id", "parent_checkpoint_id", "checkpoint", "channel_values", "pending_writes")
    place = {"thread_id": str(row["thread_id"]), "checkpoint_ns": ""}
    return {**place, **{name: row[name] for name in same}, "metadata": row["checkpoint_metadata"]}
