"""A thread as one stream of its runs' events: joined now or where it was left, open until the client goes."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from uuid import UUID

from duragraph_ext.core import jsonx
from duragraph_ext.models import ThreadStreamMode, ThreadStreamQuery

from .frames import HEARTBEAT
from .operation import operation
from .sse import SseHandler
from .thread_feed import Part, RunPart, ThreadFeed
from .validation import Unprocessable

_PLACE = re.compile(r"(\d{1,16})(?:-\d{1,16})?")


def parse_place(last_event_id: str | None) -> int | None:
    """A Last-Event-ID as a place; none is now. Raises Unprocessable."""
    if not last_event_id:
        return None
    match = _PLACE.fullmatch(last_event_id)
    if match is None:
        raise Unprocessable("Last-Event-ID: must be an id of this stream")
    return int(match[1])


class ThreadStream(SseHandler):
    """GET /threads/{thread_id}/stream"""

    @operation(
        "Follow all runs of a thread, those to come as well", auth="threads.read", query=ThreadStreamQuery, medium="sse"
    )
    async def get(self, thread_id: UUID, query: ThreadStreamQuery) -> None:
        after, modes = parse_place(self.request.headers.get("Last-Event-ID")), query.modes
        feed = ThreadFeed(self.api, self.principal, thread_id, after, writes="state_update" in modes)
        await feed.begin()
        self.api.attending.add(self)
        await self.start_stream()
        await self.pump("thread", _frames(feed, modes))
        self.hang_up()


async def _frames(feed: ThreadFeed, modes: Collection[ThreadStreamMode]) -> AsyncGenerator[bytes, None]:
    async with aclosing(feed.parts()) as some:
        async for parts in some:
            yield b"".join(_frame(part) for part in parts if _is_shown(part, modes)) or HEARTBEAT


def _is_shown(part: Part, modes: Collection[ThreadStreamMode]) -> bool:
    if not isinstance(part, RunPart) or "run_modes" in modes:
        return True
    return "lifecycle" in modes and part.event in ("", "metadata")


def _frame(part: Part) -> bytes:
    if not isinstance(part, RunPart) or part.event:
        return b"id: %d-0\nevent: %s\ndata: %s\n\n" % (part.place, part.event.encode(), part.data)
    done = jsonx.dumps({"status": "run_done", "run_id": part.run.run_id})
    return b"id: %d-0\nevent: metadata\ndata: %s\n\n" % (part.place, done)
