"""Reading an event stream byte by byte, as any client might."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson


@dataclass(frozen=True)
class Frame:
    """One event of a stream."""

    id: str
    event: str
    data: Any


class Listening:
    """An open stream; `comments` counts the heartbeats."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.comments = 0
        self._blocks = self._split()

    async def next(self) -> Frame | None:
        """The next frame; None at the end."""
        async for frame in self._blocks:
            return frame
        return None

    async def take(self, count: int) -> list[Frame]:
        """The next `count` frames."""
        frames = [await self.next() for _ in range(count)]
        assert None not in frames, "the stream ended"
        return [frame for frame in frames if frame is not None]

    async def rest(self) -> list[Frame]:
        """All frames to the end."""
        frames = []
        while (frame := await self.next()) is not None:
            frames.append(frame)
        return frames

    async def _split(self) -> AsyncIterator[Frame]:
        waiting = b""
        async for chunk in self.response.aiter_raw():
            *blocks, waiting = (waiting + chunk).split(b"\n\n")
            for block in blocks:
                if block.startswith(b":"):
                    self.comments += 1
                    continue
                fields = dict(line.split(b": ", 1) for line in block.split(b"\n"))
                yield Frame(fields.get(b"id", b"").decode(), fields[b"event"].decode(), orjson.loads(fields[b"data"]))
        assert waiting == b"", f"half a frame at the end: {waiting!r}"


@asynccontextmanager
async def listening(
    http: httpx.AsyncClient, method: str, path: str, *, after: str | None = None, **options: Any
) -> AsyncIterator[Listening]:
    """Open a stream, after a Last-Event-ID if one is given."""
    headers = {} if after is None else {"last-event-id": after}
    async with http.stream(method, path, headers=headers, **options) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Listening(response)
