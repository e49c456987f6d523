"""Many runs at once: created together, cancelled together."""

from __future__ import annotations

from tornado.web import HTTPError

from duragraph_ext.core.commands.cancellation import cancel_runs
from duragraph_ext.core.queries.runs import count_known
from duragraph_ext.models import CancelMany, CancelManyQuery, Run, RunBatch

from .base import PlatformHandler
from .operation import operation
from .run_answers import UNFINISHED
from .run_requests import accept_batch
from .run_shapes import as_run
from .runs import NOTHING_TO_CANCEL

NO_RUNS = "No runs found to cancel."


class RunsBatch(PlatformHandler):
    """POST /runs/batch"""

    @operation(
        "Create stateless runs, all or none",
        auth="threads.create_run",
        body=RunBatch,
        creates=True,
        answer=list[Run],
        errors=(400, 404, 409),
    )
    async def post(self, body: RunBatch) -> None:
        runs = await accept_batch(
            self.core, self.principal, self.api.limits, body.root, self.idempotency_key, self.api.durability
        )
        self.answer([as_run(run) for run in runs])


class RunsCancel(PlatformHandler):
    """POST /runs/cancel"""

    @operation(
        "Cancel runs of a thread, or all in a status",
        auth="threads.update",
        body=CancelMany,
        query=CancelManyQuery,
        medium="none",
        status=204,
        errors=(404,),
    )
    async def post(self, body: CancelMany, query: CancelManyQuery) -> None:
        if body.thread_id is None and self.access_to("threads"):
            raise HTTPError(403, "thread_id: only the holder of this server may cancel runs of all threads")
        statuses = UNFINISHED if body.status in (None, "all") else (body.status,)
        count = await cancel_runs(
            self.core, self.principal, query.action, statuses, body.thread_id, body.run_ids
        )  # fmt: skip
        if count == 0:
            known = body.thread_id and await count_known(
                self.core, self.principal, body.thread_id, body.run_ids or ()
            )  # fmt: skip
            raise HTTPError(404, NOTHING_TO_CANCEL if known else NO_RUNS)
        self.nothing()
