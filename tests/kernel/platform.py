"""A worker in this process, and runs created as the server creates them."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from duragraph_kernel.catalogue import Catalogue
from duragraph_kernel.loader import ServedGraph, compiled
from duragraph_kernel.serde import project_types
from duragraph_kernel.worker import Worker, WorkerSettings

from duragraph_ext.core import Core, CoreConfig, jsonx
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.context import Outcome
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.queries.runs import get_run
from duragraph_ext.core.queries.waiters import Outcomes
from duragraph_ext.embedded import Facts

DEADLINE = 20.0


@dataclass
class Frames:
    """What came on a run's live subject."""

    data: bytes = b""
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, message: Any) -> None:
        head, _, data = message.data.partition(b"\n")
        if head == b"E":
            self.ended.set()
            return
        epoch, first, last = (int(number) for number in head.split()[1:])
        self.spans.append((epoch, first, last))
        self.data += data

    @property
    def events(self) -> list[tuple[str, Any]]:
        return events_in(self.data)


def events_in(data: bytes) -> list[tuple[str, Any]]:
    """The frames of an SSE body as (event, data)."""
    found = []
    for frame in data.decode().split("\n\n"):
        if frame:
            lines = dict(line.split(": ", 1) for line in frame.split("\n"))
            found.append((lines["event"], jsonx.parse(lines["data"])))
    return found


class Platform:
    """Core, waiters and workers of one test; graph names are the test's own in the shared NATS."""

    def __init__(self, core: Core, outcomes: Outcomes, facts: Facts, dsn: str) -> None:
        self.core = core
        self.outcomes = outcomes
        self.dsn = dsn
        self._facts = facts
        self._mark = uuid.uuid4().hex[:8]

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, facts: Facts, dsn: str) -> AsyncIterator[Platform]:
        core = await Core.open(CoreConfig(dsn, facts.nats_url, str(facts.nats_token_file), "test"))
        outcomes = Outcomes(core)
        await outcomes.open()
        try:
            yield cls(core, outcomes, facts, dsn)
        finally:
            await outcomes.close()
            await core.close()

    def graph_id(self, name: str) -> str:
        return f"{name}-{self._mark}"

    def settings(self, **changed: Any) -> WorkerSettings:
        given: dict[str, Any] = {"lease_seconds": 2.0, "slots": 8, **changed}
        return WorkerSettings(self.dsn, self._facts.nats_url, str(self._facts.nats_token_file), **given)

    def catalogue(self, graphs: Mapping[str, Any]) -> Catalogue:
        served = {}
        for name, graph in graphs.items():
            graph_id = self.graph_id(name)
            target = graph if callable(graph) and not hasattr(graph, "ainvoke") else compiled(graph, graph_id)
            served[graph_id] = ServedGraph(graph_id, __file__, name, target)
        allowed = project_types(lambda file: "tests/kernel" in file)
        return Catalogue(served, (), lambda: allowed)

    @contextlib.asynccontextmanager
    async def worker(self, graphs: Mapping[str, Any], **changed: Any) -> AsyncIterator[Worker]:
        """A worker that serves `graphs`; a test that makes it quit sees AssertionError unless it says how."""

        def refuse(status: int) -> None:
            raise AssertionError(f"the worker ended itself with status {status}")

        quit = changed.pop("quit", refuse)
        project = changed.pop("project", None)
        worker = Worker(self.settings(**changed), self.catalogue(graphs), project, quit=quit)
        working = asyncio.create_task(worker.run())
        ready = asyncio.create_task(worker.ready.wait())
        await asyncio.wait((working, ready), return_when=asyncio.FIRST_COMPLETED, timeout=DEADLINE)
        ready.cancel()
        if working.done():
            working.result()
        try:
            yield worker
        finally:
            worker.stop()
            await asyncio.wait_for(working, DEADLINE)

    async def start(
        self, graph: str, input: Any = None, *, thread_id: UUID | None = None, run_id: UUID | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Create a run as the API does."""
        given: dict[str, Any] = {
            "input": input, "command": None, "config": {}, "context": {}, "checkpoint": None,
            "stream_mode": ["values"], "interrupt_before": None, "interrupt_after": None, "subgraphs": False,
            "durability": "sync", "resumable": False, "temporary": thread_id is None, "streaming": False,
            "webhook": None, "feedback_keys": None, **kwargs,
        }  # fmt: skip
        new = NewRun(
            assistant=self.graph_id(graph),
            kwargs=given,
            thread_id=thread_id,
            run_id=run_id,
            if_not_exists="create" if thread_id else "reject",
            on_completion="delete" if thread_id is None else "keep",
            thread_config={},
        )
        return (await create_run(self.core, LOCAL, new)).run

    async def wait(self, graph: str, input: Any = None, **kwargs: Any) -> Outcome:
        """Create a run and wait for its end."""
        run_id = uuid.uuid4()
        end = self.outcomes.expect(run_id)
        try:
            await self.start(graph, input, run_id=run_id, **kwargs)
            return await asyncio.wait_for(end, DEADLINE)
        finally:
            self.outcomes.forget(run_id, end)

    async def end_of(self, run_id: UUID, within: float = DEADLINE) -> Outcome:
        """How a run ended."""
        end = self.outcomes.expect(run_id)
        try:
            return await asyncio.wait_for(end, within)
        finally:
            self.outcomes.forget(run_id, end)

    async def stream(self, graph: str, input: Any = None, **kwargs: Any) -> tuple[UUID, Frames]:
        """Create a run that is streamed from its start, and collect its live frames to the end."""
        run_id, frames = uuid.uuid4(), Frames()
        subscription = await self.core.bus.subscribe(subjects.live(run_id), frames.take)
        await self.core.bus.client.flush()
        await self.start(graph, input, run_id=run_id, streaming=True, **kwargs)
        await asyncio.wait_for(frames.ended.wait(), DEADLINE)
        await subscription.unsubscribe()
        return run_id, frames

    async def run(self, run_id: UUID) -> dict[str, Any]:
        return dict(await get_run(self.core, LOCAL, None, run_id))

    async def events(self, run_id: UUID) -> list[dict[str, Any]]:
        """The run's stored events, in order."""
        rows = await self.core.db.fetch(
            "SELECT version, type, payload FROM events WHERE stream_id = %s ORDER BY version", (run_id,)
        )
        return [{**row, "payload": jsonx.parse(row["payload"])} for row in rows]


def values(outcome: Outcome) -> Any:
    """The values a run ended with."""
    assert outcome.values is not None, outcome
    return jsonx.parse(outcome.values)
