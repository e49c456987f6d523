"""Threads, their states and their history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from duragraph_ext.core import jsonx
from duragraph_ext.core.commands.copying import copy_thread
from duragraph_ext.core.commands.expiry import Ttl
from duragraph_ext.core.commands.pruning import prune_threads
from duragraph_ext.core.commands.stateasking import create_with_state
from duragraph_ext.core.commands.threads import NewThread, create_thread, delete_thread, update_thread
from duragraph_ext.core.queries.state import ThreadRow, thread_values
from duragraph_ext.core.queries.threads import (
    ThreadFilter,
    count_threads,
    get_thread_row,
    open_interrupts,
    search_threads,
    thread_storage,
    thread_ttl,
)
from duragraph_ext.models import (
    JsonObject,
    Pruned,
    Thread,
    ThreadCount,
    ThreadCreate,
    ThreadPatch,
    ThreadPrune,
    ThreadQuery,
    ThreadSearch,
    ThreadStorage,
)
from duragraph_ext.models.threads import Ttl as TtlBody

from .base import PlatformHandler
from .operation import operation
from .paths import check_paths, extract
from .reserving import make_once

SHOWN = (
    "thread_id",
    "created_at",
    "updated_at",
    "state_updated_at",
    "metadata",
    "status",
    "config",
)


class _ThreadHandler(PlatformHandler):
    async def shown(self, rows: Sequence[Mapping[str, Any]], *, values: bool = True) -> list[JsonObject]:
        """Threads as the reference shows them: error and interrupts only once there is a state."""
        named = [
            ThreadRow(row["thread_id"], row["checkpoint_id"], row["graph_id"], row["tenant_id"])
            for row in rows
            if row["checkpoint_id"] is not None
        ]
        found = await thread_values(self.core, named) if values else {}
        waiting = [row["thread_id"] for row in rows if row["checkpoint_id"] is not None and row["status"] != "idle"]
        asked = await open_interrupts(self.core, waiting) if waiting else {}
        return [_shown(row, found.get(row["thread_id"]), asked.get(row["thread_id"], {})) for row in rows]


class Threads(_ThreadHandler):
    """POST /threads"""

    @operation(
        "Create a thread",
        auth="threads.create",
        body=ThreadCreate,
        creates=True,
        answer=Thread,
        errors=(400, 404, 409),
    )
    async def post(self, body: ThreadCreate) -> None:
        steps = [[update.model_dump(exclude_unset=True) for update in step.updates] for step in body.supersteps or ()]

        async def make(thread_id: UUID | None) -> Mapping[str, Any]:
            new = NewThread(thread_id, body.metadata, body.if_exists, _ttl(body.ttl))
            if steps:
                return await create_with_state(self.core, self.principal, new, steps)
            return await create_thread(self.core, self.principal, new)

        async def find(thread_id: UUID) -> Mapping[str, Any]:
            return await get_thread_row(self.core, self.principal, thread_id)

        row = await make_once(self, "threads", body, body.thread_id, make, find)
        self.answer((await self.shown([row]))[0])


class ThreadsSearch(_ThreadHandler):
    """POST /threads/search"""

    @operation("Search threads", auth="threads.search", body=ThreadSearch, answer=list[Thread], reads=True)
    async def post(self, body: ThreadSearch) -> None:
        check_paths(body.extract or {})
        wanted = ThreadFilter(
            metadata=body.metadata,
            values=body.values,
            status=body.status,
            ids=body.ids,
            limit=body.limit + 1,
            offset=body.offset,
            sort_by=body.sort_by,
            sort_order=body.sort_order if "sort_by" in body.model_fields_set else "desc",
            access=self.access_to("threads"),
        )
        rows = await search_threads(self.core, self.principal, wanted)
        needs_values = not body.select or "values" in body.select or bool(body.extract)
        threads = await self.shown(rows[: body.limit], values=needs_values)
        self.mark_page(len(rows), body.limit, body.offset)
        self.answer([_selected(thread, body) for thread in threads])


class ThreadsCount(_ThreadHandler):
    """POST /threads/count"""

    @operation("Count threads", auth="threads.search", body=ThreadCount, answer=int, reads=True)
    async def post(self, body: ThreadCount) -> None:
        wanted = ThreadFilter(
            metadata=body.metadata, values=body.values, status=body.status, access=self.access_to("threads")
        )
        self.answer(await count_threads(self.core, self.principal, wanted))


class ThreadById(_ThreadHandler):
    """/threads/{thread_id}"""

    @operation("Get a thread", auth="threads.read", query=ThreadQuery, answer=Thread, errors=(404,))
    async def get(self, thread_id: UUID, query: ThreadQuery) -> None:
        row = await get_thread_row(self.core, self.principal, thread_id)
        (thread,) = await self.shown([row])
        if "ttl" in (query.include or "").split(","):
            ttl = await thread_ttl(self.core, self.principal, thread_id)
            thread = thread if ttl is None else {**thread, "ttl": ttl}
        self.answer(thread)

    @operation(
        "Merge metadata into a thread's; `Prefer: return=minimal` answers 204",
        auth="threads.update",
        body=ThreadPatch,
        answer=Thread,
        errors=(404,),
        missing="Not Found",
    )
    async def patch(self, thread_id: UUID, body: ThreadPatch) -> None:
        row = await update_thread(self.core, self.principal, thread_id, body.metadata, _ttl(body.ttl))
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


class ThreadCopy(_ThreadHandler):
    """POST /threads/{thread_id}/copy"""

    @operation(
        "Copy a thread with its whole history, but not its runs",
        auth=("threads.read", "threads.create"),
        answer=Thread,
        errors=(404,),
    )
    async def post(self, thread_id: UUID) -> None:
        row = await copy_thread(self.core, self.principal, thread_id)
        self.answer((await self.shown([row]))[0])


class ThreadsPrune(_ThreadHandler):
    """POST /threads/prune"""

    @operation("Delete threads, or their history", auth="threads.delete", body=ThreadPrune, answer=Pruned)
    async def post(self, body: ThreadPrune) -> None:
        count = await prune_threads(self.core, self.principal, body.thread_ids, body.strategy)
        self.answer({"pruned_count": count})


class ThreadStorageById(_ThreadHandler):
    """GET /threads/{thread_id}/storage"""

    @operation("Get the bytes that a thread's state takes", auth="threads.read", answer=ThreadStorage, errors=(404,))
    async def get(self, thread_id: UUID) -> None:
        self.answer(await thread_storage(self.core, self.principal, thread_id))


def _ttl(body: TtlBody | None) -> Ttl | None:
    return Ttl(body.ttl, body.strategy) if body is not None else None


def _shown(row: Mapping[str, Any], values: Any, asked: JsonObject) -> JsonObject:
    thread = {**{name: row[name] for name in SHOWN}, "values": values}
    if row["checkpoint_id"] is not None:
        return {**thread, "error": row["error"], "interrupts": asked}
    return {**thread, "error": row["error"]} if row["error"] is not None else thread


def _selected(thread: JsonObject, body: ThreadSearch) -> JsonObject:
    names: Collection[str] = body.select or thread
    shown = {name: thread[name] for name in names if name in thread}
    if body.extract:
        whole = jsonx.parse(jsonx.dumps(thread))
        shown = {**shown, "extracted": {name: extract(whole, path) for name, path in body.extract.items()}}
    return shown
