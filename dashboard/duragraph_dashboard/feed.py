"""The live feed: one multiplexed event stream per page, which finds its way back when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from duragraph_dashboard.api import Api, ApiError

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0


class FeedState(StrEnum):
    """What the page may say about its data."""

    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    SIGNED_OUT = "signed out"
    NOT_FOUND = "not found"


FeedQuery = dict[str, str | list[str]]


class Feed:
    """Follows `/events/stream` until the page is closed.

    `on_connect` runs at each connection, before its first event, and reads what the feed does not carry:
    what is committed while it runs arrives in the stream. `on_event` takes one envelope.
    """

    def __init__(
        self,
        api: Api,
        query: FeedQuery,
        *,
        on_connect: Callable[[], Awaitable[None]],
        on_event: Callable[[dict[str, Any]], Awaitable[None]],
        on_state: Callable[[FeedState], None],
    ) -> None:
        self._api = api
        self._query = query
        self._on_connect = on_connect
        self._on_event = on_event
        self._on_state = on_state

    async def run(self) -> None:
        """Follow the stream; returns when the viewer's credential is refused."""
        self._on_state(FeedState.CONNECTING)
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._api.stream("events/stream", **self._query) as parts:
                    await self._on_connect()
                    self._on_state(FeedState.LIVE)
                    pause = FIRST_PAUSE
                    async for part in parts:
                        await self._on_event(part.data)
            except ApiError as error:
                if error.status in (401, 403):
                    self._on_state(FeedState.SIGNED_OUT)
                    return
                if error.status == 404:
                    raise
            self._on_state(FeedState.RECONNECTING)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
