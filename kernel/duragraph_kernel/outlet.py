"""Where a run's frames leave: live on NATS at once or after their commit, and stored, many in one row."""

import asyncio
from collections.abc import Sequence

import psycopg

from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.messaging.bus import Bus

from .frames import Frame
from .recording import Recording

STORE_EVERY = 0.1
"""Seconds after which frames that left at once are stored at the latest."""
STORE_BYTES = 64 << 10
HEAD_BYTES = 256
"""Room for what stands before the frames in a live message."""
Numbered = tuple[int, bytes]


class Outlet:
    """Numbers frames and lets them go, in their order. Frames that show state hold those behind them back.

    Whatever op leaves takes along what waits: a step's checkpoint is never durable without the frames before it.
    """

    def __init__(self, bus: Bus, recording: Recording, run_id: str) -> None:
        self._bus = bus
        self._recording = recording
        self._subject = subjects.live(run_id)
        self._count = 0
        self._waiting: list[tuple[int, bytes, bool]] = []
        self._joined = 0
        """How many of those that wait are in an op already."""
        self._last: list[Numbered] = []
        self._unstored: list[Numbered] = []
        self._unstored_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._wake = asyncio.Event()
        self._closing = False
        self._hole = False
        self._loop = asyncio.get_running_loop()
        self._pump = self._loop.create_task(self._run())
        recording.on_leave = self._join

    def push(self, frame: Frame) -> None:
        """Send a frame when its time has come."""
        self._count += 1
        head = f"id: {self._recording.epoch}-{self._count}\nevent: {frame.event}\ndata: ".encode()
        self._waiting.append((self._count, b"%b%b\n\n" % (head, frame.data), frame.shows_state))
        self._wake.set()

    def finish(self, op: Op) -> None:
        """Put what has not left into the run's last op; again into another one, should the first be refused."""
        self._closing = True
        self._wake.set()
        self._cancel_timer()
        self._last += [(number, data) for number, data, _ in self._waiting[self._joined :]]
        del self._waiting[self._joined :]
        self._put(op, [*self._unstored, *self._last])

    async def end(self) -> None:
        """Send the last frames, now that the end is durable, and the word that no more will come."""
        await asyncio.wait((self._pump,))
        await self._send(self._last)
        if not self._hole:
            await self._bus.publish(self._subject, b"E\n")

    def stop(self) -> None:
        """Send nothing more: the run is somebody else's. What is being stored is for readers to find there."""
        self._hole = self._hole or self._joined > 0
        self._pump.cancel()
        self._cancel_timer()

    async def _run(self) -> None:
        try:
            while not self._closing:
                await self._wake.wait()
                await asyncio.sleep(0)  # others of this turn of the loop join
                self._wake.clear()
                while self._waiting:
                    if not self._joined:
                        await self._pass()
                    if self._waiting:
                        await self._commit()
        except (DuragraphError, psycopg.Error):
            return  # the run hears of it from its recording

    async def _pass(self) -> None:
        """Let the frames go that show no state and stand behind none; they are stored soon."""
        count = next((place for place, entry in enumerate(self._waiting) if entry[2]), len(self._waiting))
        frames = [(number, data) for number, data, _ in self._waiting[:count]]
        if not frames:
            return
        del self._waiting[:count]
        self._unstored += frames
        self._unstored_bytes += sum(len(data) for _, data in frames)
        if self._unstored_bytes > STORE_BYTES:
            self._store()
        elif self._timer is None:
            self._timer = self._loop.call_later(STORE_EVERY, self._store)
        await self._send(frames)

    async def _commit(self) -> None:
        """Let frames that show state go once they are durable, with those between them."""
        if not self._joined:
            self._join(self._recording.op(soon=True))
        count = self._joined
        await self._recording.commit()
        frames = [(number, data) for number, data, _ in self._waiting[:count]]
        del self._waiting[:count]
        self._joined -= count
        await self._send(frames)

    def _join(self, op: Op) -> None:
        """Put what waits into an op, up to the last frame that shows state: those behind it need not wait for long."""
        end = max((place for place, entry in enumerate(self._waiting, 1) if entry[2]), default=0)
        frames = [(number, data) for number, data, _ in self._waiting[self._joined : end]]
        if frames:
            self._put(op, [*self._unstored, *frames])
            self._unstored, self._unstored_bytes = [], 0
            self._joined = end

    def _store(self) -> None:
        self._cancel_timer()
        if self._unstored:
            self._put(self._recording.op(), self._unstored)
            self._unstored, self._unstored_bytes = [], 0

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @staticmethod
    def _put(op: Op, frames: Sequence[Numbered]) -> None:
        if frames:
            op.frames(frames[0][0], frames[-1][0], b"".join(data for _, data in frames))

    async def _send(self, frames: Sequence[Numbered]) -> None:
        """Publish frames, as many in one message as fit; one that never fits leaves a hole."""
        limit = self._bus.client.max_payload - HEAD_BYTES
        batch: list[Numbered] = []
        size = 0
        for number, data in frames:
            if batch and size + len(data) > limit:
                await self._publish(batch)
                batch, size = [], 0
            if len(data) > limit:
                self._hole = True
                continue
            batch.append((number, data))
            size += len(data)
        if batch:
            await self._publish(batch)

    async def _publish(self, batch: Sequence[Numbered]) -> None:
        self._hole = False
        head = b"F %d %d %d\n" % (self._recording.epoch, batch[0][0], batch[-1][0])
        await self._bus.publish(self._subject, head + b"".join(data for _, data in batch))
