"""The HTTP worker protocol: a worker in any language serves a graph without Postgres or NATS in its reach."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.core.commands.recovery import requeue
from duragraph_ext.core.commands.remote import (
    Lease,
    RemoteWorker,
    leave,
    register_remote,
    renew_lease,
    take_runs,
    task_of,
)
from duragraph_ext.core.commands.reports import Report, take_report
from duragraph_ext.core.commands.workers import Claim
from duragraph_ext.core.domain.errors import Fenced
from duragraph_ext.core.messaging.hints import Waiter
from duragraph_ext.core.queries.graphs import graph_definition
from duragraph_ext.core.queries.workers import get_worker, list_workers
from duragraph_ext.models import (
    GraphWorkers,
    JsonObject,
    WorkerHeartbeat,
    WorkerInfo,
    WorkerLease,
    WorkerPoll,
    WorkerRegister,
    WorkerRegistered,
    WorkerReport,
    WorkerReported,
    WorkerTasks,
)

from .attending import AttendingHandler
from .base import PlatformHandler
from .operation import HOLDER, operation
from .remote_graphs import definition_of
from .validation import Unprocessable

LOOK_SECONDS = 5.0
"""How often a poll that nothing wakes looks at Postgres, and renews its worker's lease."""
LOOK_AWAY_SECONDS = 0.5
"""The same while NATS is away, and hints cannot come."""
BEATS = 3
"""Signs of life a lease."""
MISSING = "Worker {worker_id} is not registered, or its lease has ended: register again"


def lease_of(worker_id: UUID, lease: Lease) -> JsonObject:
    """A lease as its worker sees it."""
    return {
        "worker_id": worker_id,
        "status": lease.status,
        "lease_until": lease.lease_until,
        "runs": lease.runs,
    }


class WorkersRegister(PlatformHandler):
    """POST /workers/register"""

    @operation(
        "Register a worker and its graphs", auth=HOLDER, body=WorkerRegister, answer=WorkerRegistered, errors=(409,)
    )
    async def post(self, body: WorkerRegister) -> None:
        described = {spec.graph_id: definition_of(spec) for spec in body.graph_definitions}
        named = {name: definition_of(None) for name in body.capabilities.graphs if name not in described}
        if not described and not named:
            raise Unprocessable("graph_definitions: a worker must serve a graph")
        worker = RemoteWorker(
            name=body.name,
            host=body.host or self.request.remote_ip or "",
            definitions={**described, **named},
            slots=body.capabilities.max_concurrent_runs,
            lease_seconds=body.lease_seconds,
        )
        worker_id = await register_remote(self.core, self.principal, worker)
        lease = await renew_lease(self.core, self.principal, worker_id)
        more = {"graphs": lease.graphs, "lease_seconds": body.lease_seconds}
        self.answer({**lease_of(worker_id, lease), **more, "heartbeat_seconds": body.lease_seconds / BEATS})


class WorkersHeartbeat(PlatformHandler):
    """POST /workers/{worker_id}/heartbeat"""

    @operation(
        "Renew a worker's lease", auth=HOLDER, body=WorkerHeartbeat, answer=WorkerLease, errors=(404,), missing=MISSING
    )
    async def post(self, worker_id: UUID, body: WorkerHeartbeat) -> None:
        lease = await renew_lease(self.core, self.principal, worker_id, drains=body.status == "draining")
        self.answer(lease_of(worker_id, lease))


class WorkersPoll(AttendingHandler):
    """POST /workers/{worker_id}/poll"""

    _waiter: Waiter | None = None

    @operation(
        "Wait for runs to work on", auth=HOLDER, body=WorkerPoll, answer=WorkerTasks, errors=(404,), missing=MISSING
    )
    async def post(self, worker_id: UUID, body: WorkerPoll) -> None:
        self.api.attending.add(self)
        until = time.monotonic() + body.wait_seconds
        lease = await renew_lease(self.core, self.principal, worker_id)
        await self.api.hints.listen()
        with self.api.hints.waiting(lease.graphs) as self._waiter:
            while True:
                lease = await renew_lease(self.core, self.principal, worker_id)
                claims = await take_runs(self.core, self.principal, worker_id, lease, body.max_tasks, body.runs)
                left = until - time.monotonic()
                if claims or left <= 0 or self.gone:
                    break
                look = LOOK_SECONDS if self.core.bus.connected else LOOK_AWAY_SECONDS
                await self._waiter.wait(min(left, look))
                if self.gone:
                    return
        if self.gone:
            await self._give_back(claims)
            return
        tasks = [await task_of(self.core, self.principal, claim) for claim in claims]
        runs = sorted({*lease.runs, *(claim.run_id for claim in claims)})
        self.answer({**lease_of(worker_id, lease), "runs": runs, "tasks": tasks})

    async def _give_back(self, claims: list[Claim]) -> None:
        """Nobody is there to take them: they wait for another."""
        for claim in claims:
            await requeue(self.core, claim.run_id, claim.thread_id, "worker went away", crashed=False)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._waiter is not None:
            self._waiter.wake()


class WorkersEvents(PlatformHandler):
    """POST /workers/{worker_id}/events"""

    @operation(
        "Report what happened in a run",
        auth=HOLDER,
        body=WorkerReport,
        answer=WorkerReported,
        errors=(404, 409),
    )
    async def post(self, worker_id: UUID, body: WorkerReport) -> None:
        await renew_lease(self.core, self.principal, worker_id)
        report = Report(body.run_id, body.event_type, body.data, body.epoch, body.seq)
        try:
            applied = await take_report(self.core, self.principal, worker_id, report)
        except Fenced as error:
            raise HTTPError(409, "%s", str(error)) from None
        self.answer({"applied": applied})


class WorkersDeregister(PlatformHandler):
    """POST /workers/{worker_id}/deregister"""

    @operation(
        "Hand a worker's runs back and forget it",
        auth=HOLDER,
        medium="none",
        status=204,
        errors=(404,),
        missing=MISSING,
    )
    async def post(self, worker_id: UUID) -> None:
        await leave(self.core, self.principal, worker_id)
        self.nothing()


class WorkerById(PlatformHandler):
    """GET /workers/{worker_id}"""

    @operation("Get a worker, also one that has ended", auth=HOLDER, answer=WorkerInfo, errors=(404,))
    async def get(self, worker_id: UUID) -> None:
        self.answer(await get_worker(self.core, self.principal, worker_id))


class WorkersOfGraph(PlatformHandler):
    """GET /workers/graphs/{graph_id}"""

    @operation("Get a graph's topology and the workers that serve it", auth=HOLDER, answer=GraphWorkers, errors=(404,))
    async def get(self, graph_id: str) -> None:
        definition: dict[str, Any] = await graph_definition(self.core, self.principal.tenant_id, graph_id)
        serving = [row for row in await list_workers(self.core, self.principal) if graph_id in row["graphs"]]
        drawn = definition.get("graph", {}).get("0", {})
        self.answer({"graph_id": graph_id, "graph": drawn, "workers": serving})
