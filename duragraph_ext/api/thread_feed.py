"""The frames of all runs of a thread, one run after another, from a place on; stays open for those to come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from duragraph_ext.core import jsonx
from duragraph_ext.core.commands.watching import watch_thread
from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.queries.state import get_state
from duragraph_ext.core.queries.watching import (
    ThreadRun,
    attempt_places,
    present,
    runs_behind,
    state_write_behind,
    version_at,
)

from .frames import END, HEARTBEAT, START, RunFrames, parse_position
from .reading import attach, reading
from .run_answers import UNFINISHED
from .stored_frames import Position

if TYPE_CHECKING:
    from duragraph_ext.core.domain.principal import Principal

    from .context import ApiContext
    from .live import Reader

WATCH_SECONDS = 90.0
"""For how long workers hear that a thread is followed; told again in time while it is."""
LOOK_SECONDS = 30.0
"""How often an idle thread's runs are looked at although nothing was heard of them."""
AWAY_SECONDS = 0.5
"""The same while NATS is away, and how often the database is asked anew while that is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a thread, and its place there."""

    place: int
    event: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RunPart(Part):
    """A frame of a run; the end of the run has no event."""

    run: ThreadRun


class ThreadFeed:
    """What happens on a thread behind `after`, a place; None is now. With `writes` also what is written into its state.

    Places only grow: an attempt begins at the microsecond of its claim and its frames are counted from there, and a
    run's end has the microsecond of its end. So they need no counter, and every reader sees the same.
    """

    def __init__(
        self, api: ApiContext, principal: Principal, thread_id: UUID, after: int | None, *, writes: bool = False
    ) -> None:
        self._api = api
        self._core = api.core
        self._principal = principal
        self._thread_id = thread_id
        self._from_now = after is None
        self._after = after or 0
        self._writes = writes
        self._version = 0
        self._known: set[str] = set()
        self._gone: set[UUID] = set()
        self._wake = asyncio.Event()
        self._watch_due = 0.0
        self._joined_late: set[UUID] = set()
        self.stopped = False
        """The server stops: the client comes back."""

    async def begin(self) -> None:
        """Settle what is to come: a run that starts after this is heard whole. Call it before the client may go on."""
        await self._watch()
        if self._from_now:
            self._after = await present(self._core)
            running = await self._runs()
            self._joined_late = {run.run_id for run in running if run.started is not None}
        if self._writes:
            self._version = await version_at(self._core, self._principal, self._thread_id, self._after)

    async def parts(self) -> AsyncGenerator[list[Part], None]:
        """Parts as they come, once begun; an empty list is a sign of life. Ends only when the server stops."""
        family = [subjects.events("runs", self._principal.tenant_id)]
        key = await self._api.tail.listen(family, self._heard)
        try:
            while not self.stopped:
                try:
                    async with aclosing(self._next()) as some:
                        async for parts in some:
                            yield parts
                            await self._watch()
                except Unavailable:  # a stream that has begun is not ended for it
                    yield []
                    await asyncio.sleep(AWAY_SECONDS)
        finally:
            await self._api.tail.forget(key)

    def _heard(self, event: dict[str, Any] | None) -> None:
        if event is None:
            self._wake.set()
        elif event["event_type"] == "run.created":
            if event["payload"]["thread_id"] == str(self._thread_id):
                self._known.add(event["aggregate_id"])
                self._watch_due = min(self._watch_due, time.monotonic())
                self._wake.set()
        elif (event["event_type"] == "run.started" and event["aggregate_id"] in self._known) or (
            event["event_type"] == "thread.state_updated" and event["aggregate_id"] == str(self._thread_id)
        ):
            self._wake.set()

    async def _watch(self) -> None:
        if time.monotonic() >= self._watch_due:
            self._watch_due = time.monotonic() + WATCH_SECONDS / 3
            await watch_thread(self._core, self._principal, self._thread_id, WATCH_SECONDS)

    async def _runs(self) -> list[ThreadRun]:
        runs = await runs_behind(self._core, self._principal, self._thread_id, self._after)
        self._known = {str(run.run_id) for run in runs if run.ended is None}
        return [run for run in runs if run.run_id not in self._gone]

    async def _next(self) -> AsyncGenerator[list[Part], None]:
        """The next run to its end, or a write of the state, or the time until there is one."""
        self._wake.clear()
        runs = await self._runs()
        run = next((run for run in runs if run.started is not None), None)
        if self._writes and (written := await self._written(run)) is not None:
            yield [written]
            return
        if run is None:
            async for parts in self._idle():
                yield parts
            return
        async with aclosing(self._follow(run)) as some:
            async for parts in some:
                yield parts
        if self.stopped:
            return
        ended = next((now for now in await self._runs() if now.run_id == run.run_id), None)
        if ended is None or ended.ended is None:  # deleted, or handed back to wait for another worker
            if ended is None:
                self._gone.add(run.run_id)
            return
        self._after = ended.ended
        yield [RunPart(ended.ended, "", b"", ended)]

    async def _written(self, run: ThreadRun | None) -> Part | None:
        """The next write of the state, unless a run comes first."""
        write = await state_write_behind(self._core, self._principal, self._thread_id, self._version)
        if write is None or (run is not None and run.started is not None and run.started < write.place):
            return None
        at = {"checkpoint_id": write.checkpoint_id} if write.checkpoint_id is not None else None
        state = await get_state(self._core, self._principal, self._thread_id, at)
        # its time is that of its transaction, which may have begun before the run before it ended
        self._version, self._after = write.version, max(write.place, self._after + 1)
        return Part(self._after, "state_update", jsonx.dumps({"state": state, "thread_id": self._thread_id}))

    async def _idle(self) -> AsyncGenerator[list[Part], None]:
        look_at = time.monotonic() + LOOK_SECONDS
        while not self._wake.is_set() and time.monotonic() < look_at:
            away = not self._api.live.connected
            try:
                async with asyncio.timeout(AWAY_SECONDS if away else self._api.keepalive):
                    await self._wake.wait()
            except TimeoutError:
                yield []
                if away:
                    return

    async def _follow(self, run: ThreadRun) -> AsyncGenerator[list[Part], None]:
        async with reading(self._api, run.run_id) as reader:
            places = await self._places(run)
            late = run.run_id in self._joined_late
            position = None if late else self._position(places)
            if position is not None:
                reader.lose()
            await self._listen_in(run, reader)
            frames = RunFrames(
                self._api.live,
                reader,
                run.run_id,
                position=position,
                keepalive=self._api.keepalive,
            )
            async with aclosing(frames.chunks()) as chunks:
                async for data in chunks:
                    if data is HEARTBEAT:
                        yield []
                        continue
                    parts = await self._parts(run, places, data)
                    if parts:
                        self._after = parts[-1].place
                        self._joined_late.discard(run.run_id)
                        yield parts
            self.stopped = reader.stopped or not reader.over

    async def _listen_in(self, run: ThreadRun, reader: Reader) -> None:
        """Read again, now that we listen: nothing that happens after this is missed."""
        now = next((one for one in await self._runs() if one.run_id == run.run_id), None)
        if now is None or now.status not in UNFINISHED:
            reader.end(complete=True)
        elif now.worker_id is not None and not (run.kwargs.get("streaming") or run.kwargs.get("resumable")):
            await attach(self._core, run.run_id, now.worker_id)

    async def _places(self, run: ThreadRun) -> dict[int, int]:
        assert run.started is not None
        if run.epoch <= 1:
            return {1: run.started}
        places = await attempt_places(self._core, self._principal, run.run_id)
        places[min(places, default=1)] = run.started
        return places

    def _position(self, places: dict[int, int]) -> Position:
        begun = [epoch for epoch, place in places.items() if place <= self._after]
        return (max(begun), self._after - places[max(begun)]) if begun else START

    async def _parts(self, run: ThreadRun, places: dict[int, int], data: bytes) -> list[Part]:
        parts: list[Part] = []
        for frame in data.split(END):
            if not frame:
                continue
            identity, event, body = (line.partition(b": ")[2] for line in frame.split(b"\n", 2))
            position = parse_position(identity.decode())
            assert position is not None
            epoch, number = position
            if epoch not in places:
                places.update(await attempt_places(self._core, self._principal, run.run_id))
            parts.append(RunPart(places[epoch] + number, event.decode(), body, run))
        return parts
