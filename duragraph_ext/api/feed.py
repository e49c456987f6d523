"""The live feed: committed events from the log, in its order, each with its place in it as id."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.events import CATALOGUE
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.queries.events import EventFilter, all_events, latest_sequence
from duragraph_ext.models import FeedQuery
from duragraph_ext.models.operations import MAX_SEQUENCE

from .frames import HEARTBEAT
from .operation import HOLDER, operation
from .sse import SseHandler
from .validation import Unprocessable

_DECIMAL = re.compile(r"\d{1,19}")
PAGE = 1000
READ_EVERY = 0.1
"""Seconds between two reads while events come in."""
SETTLED_AFTER = 0.5
"""Seconds after the last news in which a late commit may still show up in the log."""
AWAY_SECONDS = 0.5
"""Seconds between two reads while NATS is away."""


def types_of(asked: Sequence[str]) -> list[str]:
    """Event types from types and families (`run`, `execution`). Raises Unprocessable for what is neither."""
    types: list[str] = []
    for name in asked:
        found = [type for type in CATALOGUE if type == name or type.partition(".")[0] == name]
        if not found:
            families = sorted({type.partition(".")[0] for type in CATALOGUE})
            raise Unprocessable(f"types: {name!r} is neither an event type nor a family; families are {families}")
        types += found
    return types


class EventsStream(SseHandler):
    """GET /events/stream"""

    @operation(
        "Follow the event log: what is after `after` or Last-Event-ID, then what comes",
        auth=HOLDER,
        query=FeedQuery,
        medium="sse",
    )
    async def get(self, query: FeedQuery) -> None:
        wanted = EventFilter(query.run_id, query.thread_id, types_of(query.types) or None)
        resumed = self.request.headers.get("Last-Event-ID", "")
        after = min(int(resumed), MAX_SEQUENCE) if _DECIMAL.fullmatch(resumed) else query.after
        if after is None:
            after = await latest_sequence(self.core)
        news = asyncio.Event()
        tenant = self.principal.tenant_id
        families = [subjects.events(family, tenant) for family in subjects.EVENT_FAMILIES]
        key = await self.api.tail.listen(families, lambda event: news.set())
        try:
            self.api.attending.add(self)
            await self.start_stream()
            await self.pump("events", self._events(after, wanted, news))
        finally:
            self.api.attending.discard(self)
            await self.api.tail.forget(key)

    async def _events(self, after: int, wanted: EventFilter, news: asyncio.Event) -> AsyncGenerator[bytes, None]:
        silent_since = told = time.monotonic()
        while not self.gone:
            if news.is_set():
                news.clear()
                told = time.monotonic()
            rows = await all_events(self.core, self.principal, after, wanted, PAGE)
            if rows:
                after = rows[-1]["global_seq"]
                silent_since = time.monotonic()
                yield b"".join(_frame(row) for row in rows)
            if len(rows) == PAGE:
                continue
            now = time.monotonic()
            if now - silent_since >= self.api.keepalive:
                silent_since = now
                yield HEARTBEAT
            if now - told < SETTLED_AFTER:
                await asyncio.sleep(READ_EVERY)
                continue
            left = silent_since + self.api.keepalive - now
            await _news_or(news, left if self.api.live.connected else min(left, AWAY_SECONDS))


async def _news_or(news: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return


def _frame(row: dict[str, Any]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        row["global_seq"],
        row["event_type"].encode(),
        jsonx.dumps(row),
    )
