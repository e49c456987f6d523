"""The states of a thread: now, at a checkpoint, and its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from duragraph_ext.core.commands.stateasking import update_state
from duragraph_ext.core.queries.state import get_history, get_state
from duragraph_ext.models import (
    HistoryQuery,
    StateAtCheckpoint,
    StateQuery,
    StateUpdate,
    ThreadHistory,
    ThreadState,
    UpdatedState,
)

from .base import PlatformHandler
from .operation import operation
from .validation import Unprocessable


def checkpoint_id_of(before: Any) -> str | None:
    """A checkpoint id from what clients send as `before`: an id, a checkpoint, or a configuration."""
    if isinstance(before, dict):
        if not before:
            return None
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
        "Update a thread's state, as a node would; makes a checkpoint",
        auth="threads.update",
        body=StateUpdate,
        answer=UpdatedState,
        errors=(400, 404, 409),
    )
    async def post(self, thread_id: UUID, body: StateUpdate) -> None:
        checkpoint = body.checkpoint.model_dump(exclude_unset=True) if body.checkpoint else {}
        if body.checkpoint_id is not None:
            checkpoint["checkpoint_id"] = body.checkpoint_id
        if checkpoint.pop("thread_id", None) not in (None, str(thread_id)):
            raise Unprocessable("checkpoint.thread_id: must be the thread whose state is updated")
        update = {"values": body.values, "as_node": body.as_node}
        made = await update_state(self.core, self.principal, thread_id, [[update]], checkpoint or None)
        self.answer({"checkpoint": made, "configurable": made, "checkpoint_id": made["checkpoint_id"]})


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
