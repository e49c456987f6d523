"""The frames of one run after a position: in order, each once, from Postgres and from the live subject."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from typing import TYPE_CHECKING
from uuid import UUID

from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.telemetry import metrics

from .stored_frames import PAGE, Position

if TYPE_CHECKING:
    from .live import Frames, LiveFrames, Reader

log = logging.getLogger(__name__)
START: Position = (0, 0)
HEARTBEAT = b": heartbeat\n\n"
END = b"\n\n"
LAST_FRAMES_SECONDS = 0.5
"""How long the last live frames of a run that has ended are waited for, before Postgres is asked."""
HOLE_SECONDS = 2.0
"""How long frames that were missed may take to be stored; workers store them every 100 ms."""
AWAY_SECONDS = 0.5
"""How often Postgres is asked for frames while NATS is away, or was not there itself."""
_ID = re.compile(r"(\d{1,9})-(\d{1,9})")


def parse_position(last_event_id: str | None) -> Position | None:
    """A Last-Event-ID as a position; `-1` and `0` are the start, anything unknown is now (None)."""
    if last_event_id in ("-1", "0"):
        return START
    match = _ID.fullmatch(last_event_id or "")
    return (int(match[1]), int(match[2])) if match else None


def names_of(modes: Collection[str]) -> frozenset[bytes]:
    """The event names under which stream modes travel."""
    names = {b"error"}
    for mode in modes:
        name = "messages" if mode == "messages-tuple" else mode
        names.add(name.encode())
        if mode == "messages":
            names |= {b"messages/metadata", b"messages/partial", b"messages/complete"}
    return frozenset(names)


def only(data: bytes, names: frozenset[bytes]) -> bytes:
    """The frames whose event, without its namespace, is one of `names`."""
    kept = [frame + END for frame in data.split(END) if frame and _name(frame) in names]
    return b"".join(kept)


def _name(frame: bytes) -> bytes:
    for line in frame.split(b"\n"):
        if line.startswith(b"event: "):
            return line[7:].partition(b"|")[0]
    return b""


def _behind(data: bytes, count: int) -> bytes:
    """Frames without the first `count`."""
    return data if count <= 0 else data.split(END, count)[count]


class RunFrames:
    """Frames, and heartbeats when nothing happens, until the run ends or the server stops.

    `position` None means now: only what comes. A reader that was too slow, a hole in the numbers and a
    time without NATS are filled from Postgres, as soon as it answers. No database connection is held.
    """

    def __init__(
        self,
        live: LiveFrames,
        reader: Reader,
        run_id: UUID,
        *,
        position: Position | None,
        keepalive: float,
        modes: Collection[str] = (),
    ) -> None:
        self._live = live
        self._reader = reader
        self._run_id = run_id
        self._position = position
        self._keepalive = keepalive
        self._names = names_of(modes) if modes else None
        self._more = False
        """Whether Postgres had a full page: there may be more."""
        self._waited = False
        """Whether the last live frames of a run that is over have been waited for."""

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Frames as bytes, as many at once as there are."""
        if self._position is not None and self._position != START:
            metrics.streams_resumed.inc()
        async with aclosing(self._frames()) as frames:
            async for data in frames:
                if self._names is not None and data is not HEARTBEAT:
                    data = only(data, self._names)
                if data:
                    yield data

    async def _frames(self) -> AsyncGenerator[bytes, None]:
        reader = self._reader
        silent_since = time.monotonic()
        while not reader.stopped:
            try:
                data = await self._next()
            except Unavailable:  # a stream that has begun is not ended for it
                data, away = b"", True
            else:
                away = False
            if data is None:
                return
            if data:
                yield data
                silent_since = time.monotonic()
                continue
            left = silent_since + self._keepalive - time.monotonic()
            if left <= 0:
                yield HEARTBEAT
                silent_since = time.monotonic()
            elif away:
                reader.rest()
                await reader.wait(min(left, AWAY_SECONDS))
            elif self._live.connected:
                await reader.wait(left)
            elif not await reader.wait(min(left, AWAY_SECONDS)):
                reader.lose()

    async def _next(self) -> bytes | None:
        """What there is now; None at the run's end. Raises Unavailable, after which nothing is lost."""
        reader = self._reader
        data = await self._news()
        if data:
            return data
        if reader.ended:
            return None
        if not reader.over:
            return b""
        if not self._waited:
            self._waited = True
            await self._last_frames()
            return await self._next()
        return await self._stored() or None

    async def _news(self) -> bytes:
        """What has arrived, in order."""
        reader, out = self._reader, []
        if reader.lost:
            reader.lost = False
            try:
                stored = await self._stored()
            except Unavailable:
                reader.lost = True
                raise
            if self._more:
                reader.lost = True
                return stored
            out.append(stored)
        for frames in reader.take():
            position = self._position
            try:
                out.append(await self._in_order(frames))
            except Unavailable:  # these frames and those behind them are in Postgres
                self._position = position
                reader.lose()
                if not any(out):
                    raise
                break
        return b"".join(out)

    async def _in_order(self, frames: Frames) -> bytes:
        if self._position is None:
            self._position = (frames.epoch, frames.first - 1)
        epoch, number = self._position
        if (frames.epoch, frames.last) <= (epoch, number):
            return b""
        missed = b""
        fresh = epoch == 0 and (frames.epoch, frames.first) == (1, 1)
        if not fresh and (frames.epoch > epoch or frames.first > number + 1):
            missed = await self._fill(frames)
            epoch, number = self._position
            if (frames.epoch, frames.last) <= (epoch, number):
                return missed
        have = number if epoch == frames.epoch else 0
        self._position = (frames.epoch, frames.last)
        return missed + _behind(frames.data, have + 1 - frames.first)

    async def _fill(self, frames: Frames) -> bytes:
        """The frames between the position and `frames`, which Postgres has or will have in a moment."""
        out = [await self._stored()]
        deadline = time.monotonic() + HOLE_SECONDS
        while self._hole_before(frames) and time.monotonic() < deadline:
            if not self._more:
                await asyncio.sleep(0.05)
            out.append(await self._stored())
        if self._hole_before(frames):
            log.warning("run %s: frames after %s were never stored", self._run_id, self._position)
        return b"".join(out)

    def _hole_before(self, frames: Frames) -> bool:
        epoch, number = self._position or START
        have = number if epoch == frames.epoch else 0
        return epoch <= frames.epoch and frames.first > have + 1

    async def _last_frames(self) -> None:
        """Wait a moment for the live end of a run that is over: it carries what Postgres may not show yet."""
        deadline = time.monotonic() + LAST_FRAMES_SECONDS
        while not self._reader.ended and self._live.connected and not self._reader.stopped:
            if (left := deadline - time.monotonic()) <= 0:
                return
            self._reader.rest()
            await self._reader.wait(left)

    async def _stored(self) -> bytes:
        """A page of the stored frames after the position; nothing if the stream begins now."""
        if self._position is None:
            return b""
        out = []
        rows = await self._live.stored.after(self._run_id, self._position)
        self._more = len(rows) == PAGE
        for epoch, first, last, data in rows:
            have = self._position[1] if epoch == self._position[0] else 0
            out.append(_behind(data, have + 1 - first))
            self._position = (epoch, last)
        if out:
            metrics.streams_refilled.inc()
        return b"".join(out)
