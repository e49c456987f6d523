"""Runs: created in the background, read, listed, cancelled, deleted."""

from __future__ import annotations

from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.core.commands.cancellation import cancel_run, delete_run
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.queries.runs import RunFilter, get_run, list_runs
from duragraph_ext.core.queries.threads import get_thread_row
from duragraph_ext.models import (
    CancelQuery,
    JsonObject,
    Run,
    RunCreateStateful,
    RunCreateStateless,
    RunRow,
    RunsListQuery,
    RunsQuery,
)

from .base import PlatformHandler
from .operation import operation
from .run_answers import UNFINISHED
from .run_requests import RunRequest
from .run_shapes import as_row, as_run

NOTHING_TO_CANCEL = (
    "No matching runs to cancel. Please verify the thread ID and run IDs are correct, and the runs haven't been "
    "deleted or completed."
)
HIDDEN = "Thread with ID {thread_id} not found"
STATUSES = ("pending", "running", "error", "success", "timeout", "interrupted")


class _RunHandler(PlatformHandler):
    async def create(self, body: RunCreateStateful | RunCreateStateless, thread_id: UUID | None) -> None:
        """Accept a run and answer at once."""
        request = RunRequest(body, thread_id=thread_id, streaming=False, key=self.idempotency_key)
        run = (await request.accept(self.core, self.principal, self.api.limits, uuid7(), self.api.durability)).run
        prefix = f"/threads/{thread_id}" if thread_id else ""
        self.set_header("Content-Location", f"{prefix}/runs/{run['run_id']}")
        self.answer(as_run(run))


class ThreadRuns(_RunHandler):
    """/threads/{thread_id}/runs"""

    @operation(
        "Create a run in the background",
        auth="threads.create_run",
        body=RunCreateStateful,
        answer=Run,
        errors=(400, 404, 409),
        creates=True,
    )
    async def post(self, thread_id: UUID, body: RunCreateStateful) -> None:
        await self.create(body, thread_id)

    @operation(
        "List a thread's runs, newest first",
        auth=("threads.read", "threads.search"),
        query=RunsListQuery,
        answer=list[Run],
        errors=(404,),
    )
    async def get(self, thread_id: UUID, query: RunsListQuery) -> None:
        await get_thread_row(self.core, self.principal, thread_id)
        if query.limit == 0 or query.status not in (None, *STATUSES):
            self.answer([])
            return
        wanted = RunFilter(status=query.status, limit=query.limit, offset=query.offset)
        rows = [as_run(row) for row in await list_runs(self.core, self.principal, thread_id, wanted)]
        if query.select:
            rows = [{name: row[name] for name in query.select if name in row} for row in rows]
        self.answer(rows)


class Runs(_RunHandler):
    """/runs"""

    @operation(
        "Create a stateless run in the background",
        auth="threads.create_run",
        body=RunCreateStateless,
        creates=True,
        answer=Run,
        errors=(400, 404, 409),
    )
    async def post(self, body: RunCreateStateless) -> None:
        await self.create(body, None)

    @operation("List runs of all threads, newest first", auth="threads.search", query=RunsQuery, answer=list[RunRow])
    async def get(self, query: RunsQuery) -> None:
        wanted = RunFilter(
            status=query.status,
            graph_id=query.graph_id,
            assistant_id=query.assistant_id,
            metadata=query.metadata,
            since=query.created_after,
            until=query.created_before,
            text=query.text,
            before=query.before,
            limit=query.limit,
            access=self.access_to("threads"),
        )
        rows = await list_runs(self.core, self.principal, query.thread_id, wanted)
        self.answer([as_row(row) for row in rows])


class RunById(PlatformHandler):
    """GET /runs/{run_id}"""

    @operation("Get a run of any thread", auth="threads.read", answer=RunRow, errors=(404,), missing="Not Found")
    async def get(self, run_id: UUID) -> None:
        self.answer(as_row(await get_run(self.core, self.principal, None, run_id)))


class ThreadRunById(PlatformHandler):
    """/threads/{thread_id}/runs/{run_id}"""

    @operation("Get a run", auth="threads.read", hidden=HIDDEN, answer=Run, errors=(404,), missing="Not Found")
    async def get(self, thread_id: UUID, run_id: UUID) -> None:
        self.answer(as_run(await get_run(self.core, self.principal, thread_id, run_id)))

    @operation(
        "Delete a run, cancelling it first",
        auth="threads.delete",
        hidden="Not Found",
        medium="none",
        status=204,
        errors=(404,),
        missing="Run not found",
    )
    async def delete(self, thread_id: UUID, run_id: UUID) -> None:
        await delete_run(self.core, self.principal, thread_id, run_id)
        self.nothing()


class RunCancel(PlatformHandler):
    """POST /threads/{thread_id}/runs/{run_id}/cancel"""

    @operation(
        "Cancel a run: final when this answers; 202, or 200 with `wait`",
        auth="threads.update",
        query=CancelQuery,
        answer=JsonObject,
        status=202,
        errors=(404,),
        missing="No runs found to cancel.",
    )
    async def post(self, thread_id: UUID, run_id: UUID, query: CancelQuery) -> None:
        run = await get_run(self.core, self.principal, thread_id, run_id)
        if run["status"] in UNFINISHED:
            run = await cancel_run(self.core, self.principal, thread_id, run_id, query.action)
        if run["status"] not in UNFINISHED:
            raise HTTPError(404, NOTHING_TO_CANCEL)
        if query.wait:
            base = f"/threads/{thread_id}/runs/{run_id}"
            self.set_header("Location", f"{base}/join")
            self.set_header("Content-Location", base)
            self.answer({})
        else:
            self.set_status(202)
            self.clear_header("Content-Type")
            self.finish()
