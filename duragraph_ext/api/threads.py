"""Threads, their states and their history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.core import jsonx
from duragraph_ext.core.commands.threads import NewThread, create_thread, delete_thread, update_thread
from duragraph_ext.core.queries.state import ThreadRow, thread_values
from duragraph_ext.core.queries.threads import (
    ThreadFilter,
    count_threads,
    get_thread_row,
    open_interrupts,
    search_threads,
)
from duragraph_ext.models import JsonObject, Thread, ThreadCount, ThreadCreate, ThreadPatch, ThreadSearch

from .base import PlatformHandler
from .operation import operation
from .paths import extract

SHOWN = (
    "thread_id",
    "created_at",
    "updated_at",
    "state_updated_at",
    "metadata",
    "status",
    "config",
)


def not_yet(field: str, value: object) -> None:
    """Raises 501 for a field whose feature is not built."""
    if value:
        raise HTTPError(501, f"{field}: not available on this server yet")


class _ThreadHandler(PlatformHandler):
    async def shown(self, rows: Sequence[Mapping[str, Any]], *, values: bool = True) -> list[JsonObject]:
        """Threads as the reference shows them: error and interrupts only once there is a state."""
        named = [
            ThreadRow(row["thread_id"], row["checkpoint_id"], row["graph_id"], row["tenant_id"])
            for row in rows
            if row["checkpoint_id"] is not None
        ]
        found = await thread_values(self.core, named) if values else {}
        asked = await open_interrupts(self.core, [row.thread_id for row in named]) if named else {}
        return [_shown(row, found.get(row["thread_id"]), asked.get(row["thread_id"], {})) for row in rows]


class Threads(_ThreadHandler):
    """POST /threads"""

    @operation("Create a thread", auth="threads.create", body=ThreadCreate, answer=Thread, errors=(409,))
    async def post(self, body: ThreadCreate) -> None:
        not_yet("ttl", body.ttl)
        not_yet("supersteps", body.supersteps)
        new = NewThread(thread_id=body.thread_id, metadata=body.metadata, if_exists=body.if_exists)
        row = await create_thread(self.core, self.principal, new)
        self.answer((await self.shown([row]))[0])


class ThreadsSearch(_ThreadHandler):
    """POST /threads/search"""

    @operation("Search threads", auth="threads.search", body=ThreadSearch, answer=list[Thread], reads=True)
    async def post(self, body: ThreadSearch) -> None:
        not_yet("values", body.values)
        wanted = ThreadFilter(
            metadata=body.metadata,
            status=body.status,
            ids=body.ids,
            limit=body.limit + 1,
            offset=body.offset,
            sort_by=body.sort_by,
            sort_order=body.sort_order,
            access=self.access_to("threads"),
        )
        rows = await search_threads(self.core, self.principal, wanted)
        needs_values = body.select is None or "values" in body.select or bool(body.extract)
        threads = await self.shown(rows[: body.limit], values=needs_values)
        self.mark_page(len(rows), body.limit, body.offset)
        self.answer([_selected(thread, body) for thread in threads])


class ThreadsCount(_ThreadHandler):
    """POST /threads/count"""

    @operation("Count threads", auth="threads.search", body=ThreadCount, answer=int, reads=True)
    async def post(self, body: ThreadCount) -> None:
        not_yet("values", body.values)
        wanted = ThreadFilter(metadata=body.metadata, status=body.status, access=self.access_to("threads"))
        self.answer(await count_threads(self.core, self.principal, wanted))


class ThreadById(_ThreadHandler):
    """/threads/{thread_id}"""

    @operation("Get a thread", auth="threads.read", answer=Thread, errors=(404,))
    async def get(self, thread_id: UUID) -> None:
        row = await get_thread_row(self.core, self.principal, thread_id)
        self.answer((await self.shown([row]))[0])

    @operation(
        "Merge metadata into a thread's; `Prefer: return=minimal` answers 204",
        auth="threads.update",
        body=ThreadPatch,
        answer=Thread,
        errors=(404,),
        missing="Not Found",
    )
    async def patch(self, thread_id: UUID, body: ThreadPatch) -> None:
        not_yet("ttl", body.ttl)
        row = await update_thread(self.core, self.principal, thread_id, body.metadata)
        if "return=minimal" in self.request.headers.get("Prefer", ""):
            self.nothing()
        else:
            self.answer((await self.shown([row]))[0])

    @operation(
        "Delete a thread with its runs and states", auth="threads.delete", medium="none", status=204, errors=(404,)
    )
    async def delete(self, thread_id: UUID) -> None:
        await delete_thread(self.core, self.principal, thread_id)
        self.nothing()


def _shown(row: Mapping[str, Any], values: Any, asked: JsonObject) -> JsonObject:
    thread = {**{name: row[name] for name in SHOWN}, "values": values}
    if row["checkpoint_id"] is not None:
        return {**thread, "error": row["error"], "interrupts": asked}
    return {**thread, "error": row["error"]} if row["error"] is not None else thread


def _selected(thread: JsonObject, body: ThreadSearch) -> JsonObject:
    names: Collection[str] = thread if body.select is None else body.select
    shown = {name: thread[name] for name in names if name in thread}
    if body.extract:
        whole = jsonx.parse(jsonx.dumps(thread))
        shown = {**shown, "extracted": {name: extract(whole, path) for name, path in body.extract.items()}}
    return shown
