"""What happened and what waits: events, executions, interrupts, workers, queue, graphs."""

from __future__ import annotations

import os
import signal
import socket
from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.queries.events import run_events
from duragraph_ext.core.queries.graphs import list_graphs
from duragraph_ext.core.queries.runs import executions, list_interrupts
from duragraph_ext.core.queries.workers import list_workers, queue_stats
from duragraph_ext.models import (
    Envelope,
    EventsQuery,
    Execution,
    GraphInfo,
    InterruptRow,
    InterruptsQuery,
    QueueStats,
    WorkerInfo,
)

from .base import PlatformHandler
from .operation import HOLDER, operation


class RunEvents(PlatformHandler):
    """GET /runs/{run_id}/events"""

    @operation(
        "List a run's events after a version",
        auth="threads.read",
        query=EventsQuery,
        answer=list[Envelope],
        errors=(404,),
    )
    async def get(self, run_id: UUID, query: EventsQuery) -> None:
        self.answer(await run_events(self.core, self.principal, run_id, query.after, query.limit))


class RunExecutions(PlatformHandler):
    """GET /runs/{run_id}/executions"""

    @operation("List the node executions of a run by start", auth="threads.read", answer=list[Execution], errors=(404,))
    async def get(self, run_id: UUID) -> None:
        self.answer(await executions(self.core, self.principal, run_id))


class Interrupts(PlatformHandler):
    """GET /interrupts"""

    @operation(
        "List the questions that graphs asked, newest first",
        auth="threads.search",
        query=InterruptsQuery,
        answer=list[InterruptRow],
    )
    async def get(self, query: InterruptsQuery) -> None:
        self.answer(
            await list_interrupts(
                self.core, self.principal, query.status, query.thread_id, access=self.access_to("threads")
            )
        )


class Workers(PlatformHandler):
    """GET /workers"""

    @operation("List the workers and what each works on", auth=HOLDER, answer=list[WorkerInfo])
    async def get(self) -> None:
        self.answer(await list_workers(self.core, self.principal))


class WorkerKill(PlatformHandler):
    """POST /workers/{worker_id}/kill"""

    @operation(
        "Kill a worker of this machine, to watch its runs go on elsewhere",
        auth=HOLDER,
        medium="none",
        status=204,
        errors=(404, 409),
        missing="Worker {worker_id} not found",
    )
    async def post(self, worker_id: UUID) -> None:
        workers = {row["worker_id"]: row for row in await list_workers(self.core, self.principal)}
        if worker_id not in workers:
            raise NotFound("worker", worker_id)
        worker = workers[worker_id]
        if worker["pid"] is None:
            raise HTTPError(409, "The worker speaks HTTP: its process is its own affair")
        if worker["host"] != socket.gethostname():
            raise HTTPError(409, f"The worker runs on {worker['host']}, out of this server's reach")
        try:
            os.kill(worker["pid"], signal.SIGKILL)
        except ProcessLookupError:
            raise NotFound("worker", worker_id) from None
        except PermissionError:
            raise HTTPError(409, "The worker belongs to another user of this machine") from None
        self.nothing()


class Queue(PlatformHandler):
    """GET /queue"""

    @operation("Count what waits", auth=HOLDER, answer=QueueStats)
    async def get(self) -> None:
        self.answer(await queue_stats(self.core, self.principal))


class Graphs(PlatformHandler):
    """GET /graphs"""

    @operation("List the graphs that workers serve or failed to load", auth=HOLDER, answer=list[GraphInfo])
    async def get(self) -> None:
        self.answer(await list_graphs(self.core, self.principal))
