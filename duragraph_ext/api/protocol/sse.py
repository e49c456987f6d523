"""The protocol's events as server-sent events; their ids are their numbers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.models import EventStreamBody

from ..frames import HEARTBEAT
from ..operation import operation
from ..sse import SseHandler
from ..thread_feed import ThreadFeed
from .channels import CHANNELS, BadChannels, Filter, filter_of
from .events import events_of
from .socket import EventsSocket


class ThreadEvents(SseHandler):
    """POST /threads/{thread_id}/stream/events; with an upgrade, GET opens a WebSocket."""

    websocket = EventsSocket

    @operation(
        "Follow a thread's events by channel and namespace, all of them or those after `since`",
        auth="threads.read",
        body=EventStreamBody,
        medium="sse",
        reads=True,
        errors=(400,),
    )
    async def post(self, thread_id: UUID, body: EventStreamBody) -> None:
        try:
            wanted = filter_of(body)
        except BadChannels as error:
            raise HTTPError(400, _explain(error)) from None
        feed = ThreadFeed(self.api, self.principal, thread_id, body.since or 0)
        await feed.begin()
        self.api.attending.add(self)
        await self.start_stream()
        await self.pump("protocol", _frames(feed, wanted))
        self.hang_up()


async def _frames(feed: ThreadFeed, wanted: Filter) -> AsyncGenerator[bytes, None]:
    async with aclosing(feed.parts()) as some:
        async for parts in some:
            if not parts:
                yield HEARTBEAT
                continue
            events = [event for part in parts for event in events_of(part) if event.passes(wanted)]
            if events:
                yield b"".join(
                    b"event: %b\ndata: %b\nid: %d\n\n" % (event.method.encode(), event.json(), event.seq)
                    for event in events
                )


def _explain(error: BadChannels) -> str:
    if not error.unsupported:
        return "channels is required and must be a non-empty array"
    names, known = ", ".join(error.unsupported), ", ".join(CHANNELS)
    return f"channels contains unsupported entries: {names}. Allowed: {known}, or any `custom:<name>`."
