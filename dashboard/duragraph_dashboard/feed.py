"""The live feed: one multiplexed event stream per page, which finds its way back when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx
import orjson

from duragraph_dashboard.api import Api, ApiError

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0


class FeedState(StrEnum):
    """What the page may say about its data."""

    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    SIGNED_OUT = "signed out"


@dataclass
class ServerSentEvent:
    """One event of a stream."""

    id: str = ""
    event: str = "message"
    data: str = ""

    def json(self) -> Any:
        """The data as a value. Raises orjson.JSONDecodeError."""
        return orjson.loads(self.data)


@dataclass
class _Lines:
    id: str = ""
    event: str = ""
    data: list[str] = field(default_factory=list)


async def server_sent_events(response: httpx.Response) -> AsyncIterator[ServerSentEvent]:
    """Split an open response into its events; comments keep the line alive and say nothing."""
    block = _Lines()
    last_id = ""
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                block.data.append(value)
            elif name == "event":
                block.event = value
            elif name == "id":
                last_id = value
            continue
        if block.data:
            yield ServerSentEvent(last_id, block.event or "message", "\n".join(block.data))
        block = _Lines()


class Feed:
    """Follows `/events/stream` until the page is closed.

    `on_connect` runs at each connection, before its first event, and reads what the feed does not carry:
    what is committed while it runs arrives in the stream. `on_event` takes one envelope.
    """

    def __init__(
        self,
        api: Api,
        query: dict[str, str],
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
                async with self._api.stream("events/stream", **self._query) as response:
                    await self._on_connect()
                    self._on_state(FeedState.LIVE)
                    pause = FIRST_PAUSE
                    async for event in server_sent_events(response):
                        await self._on_event(event.json())
            except ApiError as error:
                if error.status in (401, 403):
                    self._on_state(FeedState.SIGNED_OUT)
                    return
                if error.status == 404:
                    raise
            self._on_state(FeedState.RECONNECTING)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
