"""The states of a thread: now, at a checkpoint, and its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.core.queries.state import get_history, get_state
from duragraph_ext.core.queries.threads import get_thread_row
from duragraph_ext.models import (
    HistoryQuery,
    JsonObject,
    StateAtCheckpoint,
    StateQuery,
    StateUpdate,
    ThreadHistory,
    ThreadState,
)

from .base import PlatformHandler
from .operation import operation
from .validation import Unprocessable


def checkpoint_id_of(before: Any) -> str | None:
    """A checkpoint id from what clients send as `before`: an id, a checkpoint, or a configuration."""
    if isinstance(before, dict):
        named = before.get("checkpoint_id") or (before.get("configurable") or {}).get("checkpoint_id")
        if not isinstance(named, str):
            raise Unprocessable("before: must name a checkpoint_id")
        return named
    return before or None


class ThreadStateNow(PlatformHandler):
    """/threads/{thread_id}/state"""

    @operation("Get a thread's state", auth="threads.read", query=StateQuery, answer=ThreadState, errors=(404,))
    async def get(self, thread_id: UUID, query: StateQuery) -> None:
        self.answer(await get_state(self.core, self.principal, thread_id, None, query.subgraphs))

    @operation(
        "Update a thread's state (not available on this server yet)",
        auth="threads.update",
        body=StateUpdate,
        answer=JsonObject,
        errors=(404, 501),
    )
    async def post(self, thread_id: UUID, body: StateUpdate) -> None:
        await get_thread_row(self.core, self.principal, thread_id)
        raise HTTPError(501, "Not available on this server yet: updating a thread's state")


class ThreadStateAt(PlatformHandler):
    """GET /threads/{thread_id}/state/{checkpoint_id}"""

    @operation(
        "Get a thread's state at a checkpoint", auth="threads.read", query=StateQuery, answer=ThreadState, errors=(404,)
    )
    async def get(self, thread_id: UUID, checkpoint_id: str, query: StateQuery) -> None:
        checkpoint = {"checkpoint_id": checkpoint_id}
        self.answer(await get_state(self.core, self.principal, thread_id, checkpoint, query.subgraphs))


class ThreadStateCheckpoint(PlatformHandler):
    """POST /threads/{thread_id}/state/checkpoint"""

    @operation(
        "Get a thread's state at a checkpoint, also of a subgraph",
        auth="threads.read",
        body=StateAtCheckpoint,
        answer=ThreadState,
        errors=(404,),
        reads=True,
    )
    async def post(self, thread_id: UUID, body: StateAtCheckpoint) -> None:
        checkpoint = body.checkpoint.model_dump(exclude_none=True)
        self.answer(await get_state(self.core, self.principal, thread_id, checkpoint, body.subgraphs))


class ThreadHistoryById(PlatformHandler):
    """/threads/{thread_id}/history"""

    @operation(
        "List a thread's states, newest first",
        auth="threads.read",
        query=HistoryQuery,
        answer=list[ThreadState],
        errors=(404,),
    )
    async def get(self, thread_id: UUID, query: HistoryQuery) -> None:
        before = checkpoint_id_of(query.before)
        self.answer(await get_history(self.core, self.principal, thread_id, query.limit, before))

    @operation(
        "List a thread's states, newest first, filtered",
        auth="threads.read",
        body=ThreadHistory,
        answer=list[ThreadState],
        errors=(404,),
        reads=True,
    )
    async def post(self, thread_id: UUID, body: ThreadHistory) -> None:
        self.answer(
            await get_history(
                self.core,
                self.principal,
                thread_id,
                body.limit,
                checkpoint_id_of(body.before),
                body.metadata or None,
                body.checkpoint.model_dump(exclude_none=True) if body.checkpoint else None,
            )
        )
