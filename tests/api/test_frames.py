"""Frames of a run for many readers, and for one whose database is away; the wire is tests/api/acted/test_sse.py's."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from duragraph_ext.api import stored_frames
from duragraph_ext.api.frames import HEARTBEAT, START, RunFrames
from duragraph_ext.api.live import Frames, Reader
from duragraph_ext.api.stored_frames import AT_ONCE, Position, StoredFrames
from duragraph_ext.core.domain.errors import Unavailable
from tests.support.waiting import soon

Row = tuple[int, int, int, bytes]


def frame(number: int) -> bytes:
    return b"id: 1-%d\ndata: %d\n\n" % (number, number)


class Away:
    """Postgres with the frames 1 to `last`, away for the first questions."""

    def __init__(self, last: int, away: int) -> None:
        self.last, self.away = last, away

    async def after(self, run_id: UUID, position: Position) -> list[Row]:
        if self.away:
            self.away -= 1
            raise Unavailable("away")
        return [(1, n, n, frame(n)) for n in range(position[1] + 1, self.last + 1)]


class Live:
    connected = True

    def __init__(self, stored: Any) -> None:
        self.stored = stored


def read(stored: Any, reader: Reader, position: Position = START) -> RunFrames:
    return RunFrames(Live(stored), reader, uuid4(), position=position, keepalive=0.05)  # type: ignore[arg-type]


async def whole(frames: RunFrames) -> list[bytes]:
    async with asyncio.timeout(20):
        return [chunk async for chunk in frames.chunks()]


async def test_a_stream_waits_for_its_database_and_misses_nothing() -> None:
    reader = Reader()
    reader.lose()
    reader.push(Frames(1, 4, 4, frame(4)))
    reader.end(complete=True)
    got = await whole(read(Away(4, away=3), reader))
    assert HEARTBEAT in got
    assert b"".join(chunk for chunk in got if chunk is not HEARTBEAT) == b"".join(map(frame, (1, 2, 3, 4)))


async def test_a_hole_is_filled_once_the_database_is_back() -> None:
    reader = Reader()
    for number in (1, 2, 5, 6):
        reader.push(Frames(1, number, number, frame(number)))
    reader.end(complete=True)
    got = await whole(read(Away(6, away=2), reader))
    assert b"".join(chunk for chunk in got if chunk is not HEARTBEAT) == b"".join(map(frame, range(1, 7)))


async def test_a_run_that_is_over_is_read_to_its_end_after_an_outage() -> None:
    reader = Reader()
    reader.end(complete=False)
    got = await whole(read(Away(3, away=2), reader))
    assert b"".join(chunk for chunk in got if chunk is not HEARTBEAT) == b"".join(map(frame, (1, 2, 3)))


async def test_a_crowd_asks_few_times_and_nobody_gets_what_was_read_before_the_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Position] = []
    go = asyncio.Event()

    async def slow(core: Any, run_id: UUID, after: Position, limit: int) -> list[Row]:
        asked.append(after)
        await go.wait()
        return [(1, 1, 1, b"%d" % len(asked))]

    monkeypatch.setattr(stored_frames, "read_frames", slow)
    stored, run_id = StoredFrames(None), uuid4()  # type: ignore[arg-type]
    others = [asyncio.create_task(stored.after(uuid4(), START)) for _ in range(AT_ONCE)]
    await soon(lambda: len(asked) == AT_ONCE)
    crowd = [asyncio.create_task(stored.after(run_id, START)) for _ in range(100)]
    await asyncio.sleep(0)
    go.set()
    assert len({rows[0] for rows in await asyncio.gather(*crowd)}) == 1
    await asyncio.gather(*others)
    assert len(asked) == AT_ONCE + 1
    await stored.after(run_id, START)
    assert len(asked) == AT_ONCE + 2
