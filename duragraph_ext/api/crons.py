"""Crons: created, read, searched, changed, deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.core import jsonx
from duragraph_ext.core.commands.crons import NewCron, create_cron, update_cron
from duragraph_ext.core.commands.crons import delete_cron as delete
from duragraph_ext.core.commands.webhook_targets import check_webhook
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.domain.schedules import NeverDue
from duragraph_ext.core.queries.crons import CronFilter, count_crons, get_cron, search_crons, shown
from duragraph_ext.models.crons import Cron, CronCount, CronCreate, CronPatch, CronSearch, ThreadCronCreate, as_moment

from .base import PlatformHandler
from .operation import operation

NO_THREAD = (
    "Thread with ID '{}' not found. Please verify the ID is correct and the thread hasn't been deleted or expired."
)
PROMOTED = ("schedule", "timezone", "enabled", "metadata", "on_run_completed", "webhook")
"""Fields of a request that the cron itself has, beside its payload."""


class _CronHandler(PlatformHandler):
    async def asked(self, body: CronCreate | ThreadCronCreate | CronPatch) -> dict[str, Any]:
        """The request as it came, its webhook checked. Raises Blocked."""
        if body.webhook is not None:
            await check_webhook(self.core, body.webhook)
        payload: dict[str, Any] = jsonx.parse(self.body)
        return payload

    async def create(self, body: CronCreate | ThreadCronCreate, thread_id: UUID | None) -> None:
        """Create a cron and show it."""
        payload = await self.asked(body)
        new = NewCron(
            assistant=body.assistant_id,
            schedule=body.schedule,
            payload=payload,
            thread_id=thread_id,
            timezone=payload.get("timezone"),
            end_time=as_moment(body.end_time) if body.end_time is not None else None,
            metadata=body.metadata,
            on_run_completed=body.on_run_completed if isinstance(body, CronCreate) else None,
            enabled=body.enabled,
            user_id=self.caller.identity if self.caller is not None else "",
            webhook=body.webhook,
        )
        try:
            row = await create_cron(self.core, self.principal, new)
        except NotFound as error:
            text = (
                NO_THREAD.format(thread_id) if error.kind == "thread" else f"Assistant '{body.assistant_id}' not found"
            )
            raise HTTPError(404, text.replace("%", "%%")) from None
        except NeverDue as error:
            raise HTTPError(400, str(error)) from None
        self.answer(shown(row))


class Crons(_CronHandler):
    """POST /runs/crons"""

    @operation(
        "Create a cron whose runs get a thread each",
        auth="crons.create",
        body=CronCreate,
        answer=Cron,
        errors=(400, 404),
    )
    async def post(self, body: CronCreate) -> None:
        await self.create(body, None)


class ThreadCrons(_CronHandler):
    """POST /threads/{thread_id}/runs/crons"""

    @operation("Create a cron on a thread", auth="crons.create", body=ThreadCronCreate, answer=Cron, errors=(400, 404))
    async def post(self, thread_id: UUID, body: ThreadCronCreate) -> None:
        await self.create(body, thread_id)


class CronsSearch(PlatformHandler):
    """POST /runs/crons/search"""

    @operation("Search crons", auth="crons.search", body=CronSearch, answer=list[Cron], reads=True)
    async def post(self, body: CronSearch) -> None:
        wanted = CronFilter(
            assistant_id=body.assistant_id,
            thread_id=body.thread_id,
            enabled=body.enabled,
            metadata=body.metadata,
            limit=body.limit + 1,
            offset=body.offset,
            sort_by=body.sort_by,
            sort_order=body.sort_order,
            access=self.access_to("crons"),
        )
        rows = await search_crons(self.core, self.principal, wanted)
        self.mark_page(len(rows), body.limit, body.offset)
        page = [shown(row) for row in rows[: body.limit]]
        self.answer([{name: row[name] for name in body.select} for row in page] if body.select else page)


class CronsCount(PlatformHandler):
    """POST /runs/crons/count"""

    @operation("Count crons", auth="crons.search", body=CronCount, answer=int, reads=True)
    async def post(self, body: CronCount) -> None:
        wanted = CronFilter(
            assistant_id=body.assistant_id,
            thread_id=body.thread_id,
            metadata=body.metadata,
            access=self.access_to("crons"),
        )
        self.answer(await count_crons(self.core, self.principal, wanted))


class CronById(_CronHandler):
    """/runs/crons/{cron_id}"""

    @operation("Get a cron", auth="crons.read", answer=Cron, errors=(404,), missing="Not Found")
    async def get(self, cron_id: UUID) -> None:
        self.answer(shown(await get_cron(self.core, self.principal, cron_id)))

    @operation(
        "Change a cron",
        auth="crons.update",
        body=CronPatch,
        answer=Cron,
        errors=(400, 404),
        missing="Cron '{cron_id}' not found",
    )
    async def patch(self, cron_id: UUID, body: CronPatch) -> None:
        payload = await self.asked(body)
        if not payload:
            raise HTTPError(400, "Request body cannot be empty")
        payload.pop("assistant_id", None)  # a cron keeps its assistant, as the reference does
        changes = {name: getattr(body, name) for name in PROMOTED if name in payload}
        if "end_time" in payload:
            changes["end_time"] = as_moment(body.end_time) if body.end_time is not None else None
        try:
            row = await update_cron(self.core, self.principal, cron_id, {**changes, "payload": payload})
        except NeverDue as error:
            raise HTTPError(400, str(error)) from None
        self.answer(shown(row))

    @operation(
        "Delete a cron; its runs stay",
        auth="crons.delete",
        medium="none",
        status=204,
        errors=(404,),
        missing="Not Found",
    )
    async def delete(self, cron_id: UUID) -> None:
        await delete(self.core, self.principal, cron_id)
        self.nothing()
