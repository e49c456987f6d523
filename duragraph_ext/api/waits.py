"""`wait` and `join`: the connection stays open until the run has ended."""

from __future__ import annotations

import asyncio
from uuid import UUID

from duragraph_ext.core.context import Outcome
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.queries.runs import get_run
from duragraph_ext.models import JoinQuery, RunWaitStateful, RunWaitStateless

from .attending import AttendingHandler
from .operation import operation
from .run_answers import UNFINISHED, UNKNOWN_RUN, body_of, failure, outcome_of
from .run_requests import RunRequest


class _WaitHandler(AttendingHandler):
    async def create_and_wait(self, body: RunWaitStateful | RunWaitStateless, thread_id: UUID | None) -> None:
        self.count_in()
        request = RunRequest(body, thread_id=thread_id, streaming=False, key=self.idempotency_key)
        run_id = uuid7()
        end = self.api.outcomes.expect(run_id)  # before the run exists, so that its end is not missed
        try:
            created = await request.accept(self.core, self.principal, self.api.limits, run_id, self.api.durability)
            run = created.run
            if not created.created:
                self.api.outcomes.forget(run_id, end)
                run_id = run["run_id"]
                end = self.api.outcomes.expect(run_id)
            self.attend(run["thread_id"], run_id, cancels=body.on_disconnect == "cancel")
            self.name(run["thread_id"], run_id)
            await self.answer_end(end)
        finally:
            self.api.outcomes.forget(run_id, end)

    def name(self, thread_id: UUID, run_id: UUID) -> None:
        """Tell the client which run this is and where to come back to."""
        base = f"/threads/{thread_id}/runs/{run_id}"
        self.set_header("Location", f"{base}/join")
        self.set_header("Content-Location", base)

    async def answer_end(self, end: asyncio.Future[Outcome]) -> None:
        """Answer with the run's values once it has ended; newlines before them keep the connection open."""
        while not end.done():
            await asyncio.wait((end,), timeout=self.api.keepalive)
            if self.gone:
                return
            if not end.done():
                self.write(b"\n")
                await self.flush_in_time()
        if end.cancelled():  # the server stops: the client comes back
            self.hang_up()
            return
        self.release()
        body = await body_of(self.core, self.principal, end.result())
        if not self.gone:
            self.finish(body)


class ThreadRunsWait(_WaitHandler):
    """POST /threads/{thread_id}/runs/wait"""

    @operation(
        "Create a run and wait for its values",
        auth="threads.create_run",
        body=RunWaitStateful,
        answer=object,
        errors=(404, 409),
        creates=True,
    )
    async def post(self, thread_id: UUID, body: RunWaitStateful) -> None:
        await self.create_and_wait(body, thread_id)


class RunsWait(_WaitHandler):
    """POST /runs/wait"""

    @operation(
        "Create a stateless run and wait for its values",
        auth="threads.create_run",
        body=RunWaitStateless,
        creates=True,
        answer=object,
        errors=(404, 409),
    )
    async def post(self, body: RunWaitStateless) -> None:
        await self.create_and_wait(body, None)


class RunJoin(_WaitHandler):
    """GET /threads/{thread_id}/runs/{run_id}/join"""

    @operation(
        "Wait for a run and answer with its values",
        auth="threads.read",
        hidden="Thread not found",
        query=JoinQuery,
        answer=object,
    )
    async def get(self, thread_id: UUID, run_id: UUID, query: JoinQuery) -> None:
        if query.cancel_on_disconnect:
            self.require_intention()
        self.name(thread_id, run_id)
        end = self.api.outcomes.expect(run_id)  # before the look, so that its end is not missed
        try:
            run = await get_run(self.core, self.principal, thread_id, run_id)
            if run["status"] not in UNFINISHED:
                end = asyncio.Future()
                end.set_result(outcome_of(run))
            self.attend(thread_id, run_id, cancels=query.cancel_on_disconnect)
            await self.answer_end(end)
        except NotFound:
            self.finish(failure(UNKNOWN_RUN))
        finally:
            self.api.outcomes.forget(run_id, end)
