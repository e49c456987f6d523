"""A worker that knows nothing but HTTP: what it takes to serve a graph in any language."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx

Json = dict[str, Any]
Node = Callable[[Json, Json], Awaitable[Json]]
"""From the state and the task to what changes in the state. Raises Question to ask something."""


class Question(Exception):
    """A node asks: the run pauses until somebody answers."""


class HttpWorker:
    """Runs a chain of nodes; a run that was answered goes on with the node that asked."""

    def __init__(self, http: httpx.AsyncClient, graph: str, nodes: Mapping[str, Node], **options: Any) -> None:
        self.http, self.graph, self.nodes, self.options = http, graph, nodes, options
        self.id = ""

    @asynccontextmanager
    async def working(self) -> AsyncIterator[HttpWorker]:
        """Registered and at work inside the block."""
        await self.register()
        task = asyncio.create_task(self.work())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.post(f"/workers/{self.id}/deregister")

    async def register(self) -> None:
        names = list(self.nodes)
        definition = {
            "graph_id": self.graph,
            "nodes": [{"id": name} for name in names],
            "edges": [{"source": a, "target": b} for a, b in itertools.pairwise(names)],
            "entry_point": names[0],
        }
        body = {"name": f"http {self.graph}", "graph_definitions": [definition], **self.options}
        self.id = (await self.post("/workers/register", body)).json()["worker_id"]

    async def work(self) -> None:
        while True:
            for task in (await self.poll()).json()["tasks"]:
                await self.execute(task)

    async def poll(self, **options: Any) -> httpx.Response:
        return await self.post(f"/workers/{self.id}/poll", {"wait_seconds": 5, "runs": [], **options})

    async def execute(self, task: Json) -> None:
        state: Json = {**task["values"], **task["input"]}
        for node in self.remaining(state):
            await self.report(task, "node_started", node_id=node)
            try:
                output = await self.nodes[node](state, task)
            except Question as asked:
                await self.report(task, "run_requires_action", value=asked.args[0])
                return
            except Exception as error:
                await self.report(task, "run_failed", error={"error": type(error).__name__, "message": str(error)})
                return
            state |= output
            await self.report(task, "node_completed", node_id=node, output=output)
        await self.report(task, "run_completed", output=state)

    def remaining(self, state: Json) -> Sequence[str]:
        done = state.get("done", [])
        return [name for name in self.nodes if name not in done]

    async def report(self, task: Json, kind: str, **data: Any) -> httpx.Response:
        body = {"run_id": task["run_id"], "epoch": task["epoch"], "event_type": kind, "data": data}
        return await self.post(f"/workers/{self.id}/events", body)

    async def post(self, path: str, body: Json | None = None) -> httpx.Response:
        return await self.http.post(path, json=body or {})
