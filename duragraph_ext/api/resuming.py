"""Answering a run that waits."""

from __future__ import annotations

from uuid import UUID

from duragraph_ext.core import jsonx
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.queries.runs import get_run
from duragraph_ext.models import Run, RunResume

from .base import PlatformHandler
from .operation import operation
from .reserving import scoped_key
from .run_requests import admit
from .run_shapes import as_run

COMMAND = ("resume", "update", "goto")


class RunResumption(PlatformHandler):
    """POST /threads/{thread_id}/runs/{run_id}/resume"""

    @operation(
        "Answer a run that waits: a new run on its thread, configured like it",
        auth="threads.create_run",
        body=RunResume,
        creates=True,
        answer=Run,
        errors=(404, 409),
    )
    async def post(self, thread_id: UUID, run_id: UUID, body: RunResume) -> None:
        scope = f"threads/{thread_id}/runs/{run_id}/resume"
        key = scoped_key(self, scope, body)
        await admit(self.core, self.principal, self.api.limits, key)
        run = await get_run(self.core, self.principal, thread_id, run_id)
        kwargs = jsonx.parse(jsonx.dumps(run["kwargs"]))
        if self.caller is not None:
            kwargs["user"] = self.caller.user
        said = body.model_dump(include=set(COMMAND), exclude_unset=True)
        new = NewRun(
            assistant=str(run["assistant_id"]),
            kwargs={**kwargs, "input": None, "command": said or None, "checkpoint": None, "streaming": False},
            thread_id=thread_id,
            run_id=uuid7(),
            metadata=body.metadata,
            multitask_strategy="reject",
            key=key,
            resumes=run_id,
        )
        created = await create_run(self.core, self.principal, new)
        self.set_header("Content-Location", f"/threads/{thread_id}/runs/{created.run['run_id']}")
        self.answer(as_run(created.run))
