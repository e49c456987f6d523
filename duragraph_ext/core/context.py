"""Core: the process-wide handle on the event store and the bus."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from . import jsonx
from .domain.items import DEFAULTS, StoreSettings
from .domain.outbox import OutboxRow
from .domain.webhooks import WebhookPolicy
from .embedding import Embedder
from .eventstore.arrays import Uuid
from .eventstore.batch import Batch
from .eventstore.database import HOT, PATIENCE, Database
from .eventstore.outbox import Outbox
from .eventstore.store import sql
from .eventstore.writer import Committed, Writer
from .ids import uuid7
from .messaging import subjects
from .messaging.bus import Bus
from .messaging.publisher import Publisher

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CoreConfig:
    """Where the data plane is. `dsn` and `nats_url` carry no secret: those stand in files."""

    dsn: str
    nats_url: str
    nats_token_file: str | None = None
    name: str = "server"
    pool_size: int = 8
    store: StoreSettings = DEFAULTS
    patience: float = PATIENCE
    webhooks: WebhookPolicy = field(default_factory=WebhookPolicy)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, for whoever waits for it. `values` are JSON bytes when they were small enough to send."""

    run_id: UUID
    thread_id: UUID
    status: str
    thread_status: str
    checkpoint_id: str | None
    error: Any
    tenant_id: str
    values: bytes | None = None

    def message(self) -> bytes:
        """The outcome as it travels on `duragraph.done.*`."""
        body: dict[str, Any] = {
            "run_id": self.run_id, "thread_id": self.thread_id, "status": self.status,
            "thread_status": self.thread_status, "checkpoint_id": self.checkpoint_id, "error": self.error,
        }  # fmt: skip
        if self.values is not None:
            body["values"] = jsonx.Raw(self.values)
        return jsonx.dumps(body)


class Core:
    """Database, writer, bus and what joins them. One an event loop."""

    def __init__(self, config: CoreConfig) -> None:
        self.config = config
        self.db = Database(config.dsn, size=config.pool_size, name=config.name, patience=config.patience)
        self.hot = Database(config.dsn, size=2, name=f"{config.name} batches", options=HOT, patience=config.patience)
        self.bus = Bus(config.nats_url, config.nats_token_file, config.name)
        self.outbox = Outbox(self.db)
        self.publisher = Publisher(self.bus, self.outbox.forget)
        self.writer = Writer(config.dsn, config.name, self._after_commit)
        self.batches: dict[str, Batch[Any, Any]] = {}
        self.embedder: Embedder | None = None
        self.memory: dict[tuple[str, ...], Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, config: CoreConfig) -> "Core":
        """Connect to everything; NATS may come later. Raises Unavailable without a database."""
        core = cls(config)
        async with contextlib.AsyncExitStack() as opened:
            for part in (core.db, core.hot, core.writer, core.bus):
                opened.push_async_callback(part.close)
                await part.open()
            opened.pop_all()
        return core

    async def close(self) -> None:
        """Finish what is under way and disconnect."""
        for batch in self.batches.values():
            await batch.close()
        await self.writer.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)
        await self.publisher.close()
        await self.bus.close()
        await self.hot.close()
        await self.db.close()

    async def announce(self, outcome: Outcome) -> None:
        """Tell waiters and streams that a run has ended."""
        await self.bus.publish(subjects.done(outcome.tenant_id), outcome.message())

    async def promote(self, thread_ids: Sequence[UUID]) -> None:
        """Free the oldest waiting run of each thread and hint at it."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(sql("runs", "promote"), (Uuid(sorted(thread_ids)),))
            runs = await cursor.fetchall()
        for run in runs:
            await self.hint(run)

    async def hint(self, run: dict[str, Any]) -> None:
        """Send a hint that is not in the outbox; whoever misses it finds the run in Postgres."""
        body = {"run_id": run["run_id"], "thread_id": run["thread_id"], "graph_id": run["graph_id"]}
        subject = subjects.work(run["tenant_id"], run["graph_id"])
        await self.publisher.send([OutboxRow(uuid7(), subject, jsonx.dumps(body))])

    def later(self, work: Any) -> None:
        """Run a coroutine in the background; a failure is logged, and a duty will repair it."""
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("left to the duties: %s", task.exception())

    async def _after_commit(self, committed: Committed) -> None:
        for op in committed.finished:
            assert op.finished is not None
            status, thread_id, thread_status, checkpoint_id, error, _ = op.finished
            await self.announce(
                Outcome(
                    op.run_id, thread_id, status, thread_status, checkpoint_id,
                    jsonx.Raw(error.encode()) if error else None, op.tenant_id, op.done_values,
                )
            )  # fmt: skip
        self.publisher.send_soon(committed.outbox)
        if committed.queued:
            self.later(self.promote(committed.queued))
