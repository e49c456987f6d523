"""A run that a handler makes and stays with until its end, reading what it does on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from duragraph_ext.core.context import Outcome
from duragraph_ext.core.ids import uuid7

from .frames import END, HEARTBEAT, START, RunFrames
from .reading import reading

if TYPE_CHECKING:
    from uuid import UUID

    from .attending import AttendingHandler
    from .live import Reader
    from .run_requests import RunRequest


@dataclass(frozen=True, slots=True)
class Followed:
    """A run that was just made."""

    run: dict[str, Any]
    end: asyncio.Future[Outcome]
    """Resolved when the run has ended; cancelled when the server stops."""
    reader: Reader | None


@asynccontextmanager
async def followed(
    handler: AttendingHandler, request: RunRequest, *, cancels: bool, run_id: UUID | None = None
) -> AsyncIterator[Followed]:
    """Make a run and listen for its end, and for its frames if it streams.

    With `cancels` it ends when the client goes. Raises what RunRequest.accept raises.
    """
    api, run_id = handler.api, run_id or uuid7()
    handler.count_in()
    end = api.outcomes.expect(run_id)  # before the run exists, so that nothing is missed
    try:
        async with reading(api, run_id) if request.streaming else nullcontext() as reader:
            created = await request.accept(handler.core, handler.principal, api.limits, run_id, api.durability)
            handler.attend(created.run["thread_id"], run_id, cancels=cancels)
            yield Followed(created.run, end, reader)
    finally:
        api.outcomes.forget(run_id, end)


async def events_of(handler: AttendingHandler, followed: Followed) -> AsyncGenerator[tuple[str, Any] | None, None]:
    """The name and data of each frame until the run ends; None when a sign of life is due."""
    assert followed.reader is not None
    api = handler.api
    frames = RunFrames(api.live, followed.reader, followed.run["run_id"], position=START, keepalive=api.keepalive)
    async with aclosing(frames.chunks()) as chunks:
        async for chunk in chunks:
            if chunk is HEARTBEAT:
                yield None
                continue
            for frame in chunk.split(END):
                if frame:
                    fields = dict(line.split(b": ", 1) for line in frame.split(b"\n"))
                    yield fields[b"event"].decode(), orjson.loads(fields[b"data"])
