"""A worker played by a test: it claims real runs and writes real frames, exactly when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson

from duragraph_ext.core import Core, CoreConfig, jsonx
from duragraph_ext.core.commands.workers import (
    Claim,
    ClaimRequest,
    GraphDefinition,
    Worker,
    claim,
    define_graph,
    register_worker,
)
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.queries.runs import RunFilter, list_runs
from duragraph_ext.embedded import read_facts
from tests.support.waiting import soon

GRAPH = "acted"
DRAWING = {"nodes": [{"id": "__start__"}, {"id": "__end__"}], "edges": [{"source": "__start__", "target": "__end__"}]}
DEFINITION = {"graph": {"0": DRAWING}, "schemas": {"state_schema": {"type": "object"}}, "subgraphs": {}, "info": {}}


class ActedRun:
    """One claimed run: frames have the ids `<epoch>-<n>`, n from 1."""

    def __init__(self, core: Core, granted: Claim) -> None:
        self.core, self.claim = core, granted
        self.written = 0

    async def frames(self, *events: tuple[str, Any], stored: bool = True, live: bool = True) -> None:
        """Write some frames, and send them."""
        first = self.written + 1
        self.written += len(events)
        epoch = self.claim.epoch
        data = b"".join(
            b"id: %d-%d\nevent: %s\ndata: %s\n\n" % (epoch, first + i, name.encode(), orjson.dumps(value))
            for i, (name, value) in enumerate(events)
        )
        if stored:
            op = Op(self.claim.run_id, epoch)
            op.frames(first, self.written, data)
            await self.core.writer.submit(op)
        if live:
            head = b"F %d %d %d\n" % (epoch, first, self.written)
            await self.core.bus.publish(subjects.live(self.claim.run_id), head + data)

    async def finish(
        self,
        values: dict[str, Any] | None = None,
        *,
        status: str = "success",
        error: dict[str, str] | None = None,
        end: bool = True,
    ) -> None:
        """End the run and, as workers do, its live stream."""
        op = Op(self.claim.run_id, self.claim.epoch)
        checkpoint_id = None
        if values is not None:
            op.done_values = orjson.dumps(values)
            checkpoint_id = self._checkpoint(op, values)
        thread_status = "idle" if status == "success" else "error"
        text = orjson.dumps(error).decode() if error else None
        op.finish(status, self.claim.thread_id, thread_status, checkpoint_id, text, datetime.now(UTC))
        await self.core.writer.submit(op)
        if end:
            await self.core.bus.publish(subjects.live(self.claim.run_id), b"E\n")

    def _checkpoint(self, op: Op, values: dict[str, Any]) -> str:
        checkpoint_id = str(uuid7())
        now = datetime.now(UTC).isoformat()
        versions = dict.fromkeys(values, "1")
        checkpoint = {"v": 4, "id": checkpoint_id, "ts": now, "channel_values": values, "channel_versions": versions}
        metadata = {"source": "loop", "step": 1, "parents": {}, "run_id": self.claim.run_id}
        thread = str(self.claim.thread_id)
        op.checkpoint(thread, "", checkpoint_id, None, jsonx.text(checkpoint), jsonx.text(metadata))
        op.json_checkpoint(thread, "", checkpoint_id, "[]", None)
        return checkpoint_id


class ActingWorker:
    """Registered with a long lease and never in a hurry."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.worker_id = uuid4()
        self.attached: list[str] = []

    @classmethod
    @asynccontextmanager
    async def of(cls, data_dir: Path) -> AsyncIterator[ActingWorker]:
        """A worker of the server with this data directory."""
        facts = read_facts(data_dir)
        assert facts is not None
        core = await Core.open(CoreConfig(facts.dsn, facts.nats_url, str(facts.nats_token_file), name="acting"))
        try:
            worker = cls(core)
            await worker.register()
            yield worker
        finally:
            await core.close()

    async def register(self) -> None:
        await define_graph(self.core, LOCAL, GraphDefinition(GRAPH, "hash", DEFINITION))
        await register_worker(
            self.core, Worker(self.worker_id, "acting", "nowhere", 1, None, None, [GRAPH], 100, 600.0)
        )

        async def obey(message: Any) -> None:
            order = orjson.loads(message.data)
            if "attach" in order:
                self.attached.append(order["attach"])

        await self.core.bus.subscribe(subjects.control(self.worker_id), obey)

    async def take(self, run_id: UUID | str | None = None) -> ActedRun:
        """Claim a run, the one that waits if none is named."""
        if run_id is None:
            rows = await soon(lambda: list_runs(self.core, LOCAL, None, RunFilter(status="pending")))
            run_id = rows[0]["run_id"]
        wanted = UUID(str(run_id))

        async def granted() -> list[Claim]:
            return await claim(self.core, self.worker_id, [ClaimRequest(wanted)])

        return ActedRun(self.core, (await soon(granted))[0])

    async def until_attached(self, run_id: str) -> None:
        """Wait until somebody asked for the frames of a run."""
        await soon(lambda: run_id in self.attached)
        await asyncio.sleep(0)
