"""Frames as workers make them: one NATS subscription a run and process, shared by all who read it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from nats.errors import Error as NatsError

from duragraph_ext.core.messaging import subjects
from duragraph_ext.telemetry import metrics

from .stored_frames import StoredFrames

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from duragraph_ext.core import Core

log = logging.getLogger(__name__)
BUFFER_BYTES = 4 << 20
"""A reader that is this far behind is let go; its client comes back and reads from Postgres."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames `first`..`last` of one attempt, as they go to the client."""

    epoch: int
    first: int
    last: int
    data: bytes


def parse(message: bytes) -> Frames | None:
    """A message of a live subject; None is the end of the run."""
    head, _, data = message.partition(b"\n")
    kind, *numbers = head.split()
    if kind == b"E":
        return None
    epoch, first, last = (int(number) for number in numbers)
    return Frames(epoch, first, last, data)


class Reader:
    """What one stream has not sent yet. Wakes it for frames, the run's end, and a server that stops."""

    def __init__(self) -> None:
        self.waiting: deque[Frames] = deque()
        self.size = 0
        self.lost = False
        """Frames were dropped: the reader must catch up from Postgres."""
        self.ended = False
        """Everything of the run has been pushed."""
        self.over = False
        """The run has ended in Postgres, whether or not its last frames arrived."""
        self.stopped = False
        """The server stops, or the client is too far behind: end here, it comes back."""
        self._wake = asyncio.Event()

    def push(self, frames: Frames) -> None:
        """Take frames, or let the client go when it is too slow."""
        if self.stopped:
            return
        self.size += len(frames.data)
        if self.size > BUFFER_BYTES:
            metrics.streams_dropped.inc()
            self.lose()
            self.stop()
        else:
            self.waiting.append(frames)
        self._wake.set()

    def lose(self) -> None:
        """Drop what waits; Postgres has it."""
        self.waiting.clear()
        self.size = 0
        self.lost = True
        self._wake.set()

    def end(self, *, complete: bool) -> None:
        """The run has ended; `complete` if everything of it has been pushed."""
        self.over = True
        self.ended = self.ended or complete
        self._wake.set()

    def stop(self) -> None:
        """End here, the client comes back."""
        self.stopped = True
        self._wake.set()

    def take(self) -> list[Frames]:
        """Everything that waits."""
        self._wake.clear()
        taken, self.waiting, self.size = list(self.waiting), deque(), 0
        return taken

    def rest(self) -> None:
        """Let only what comes from now on end a `wait`."""
        self._wake.clear()

    async def wait(self, timeout: float) -> bool:
        """Wait for news; False after `timeout` seconds without any."""
        try:
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True


class _Topic:
    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.subscription: Subscription | None = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class LiveFrames:
    """The process's live subjects. After NATS was away, every reader catches up from Postgres."""

    def __init__(self, core: Core) -> None:
        self._bus = bus = core.bus
        self.stored = StoredFrames(core)
        self._topics: dict[UUID, _Topic] = {}
        self._closed = False
        bus.on_connect(self._reconnected)

    @property
    def connected(self) -> bool:
        """Whether frames can arrive."""
        return self._bus.connected

    async def join(self, run_id: UUID) -> Reader:
        """Start reading a run: every frame that is published after this returns arrives."""
        reader = Reader()
        topic = self._topics.get(run_id)
        if topic is None:
            topic = self._topics[run_id] = _Topic()
            topic.readers.add(reader)
            await self._subscribe(run_id, topic)
        else:
            topic.readers.add(reader)
            await asyncio.shield(topic.ready)
        if self._closed:
            reader.stop()
        return reader

    async def leave(self, run_id: UUID, reader: Reader) -> None:
        """Stop reading."""
        topic = self._topics.get(run_id)
        if topic is None:
            return
        topic.readers.discard(reader)
        if not topic.readers:
            del self._topics[run_id]
            await self._unsubscribe(topic)

    async def close(self) -> None:
        """Stop every reader."""
        self._closed = True
        for topic in self._topics.values():
            for reader in topic.readers:
                reader.stop()

    async def _subscribe(self, run_id: UUID, topic: _Topic) -> None:
        async def deliver(message: Msg) -> None:
            frames = parse(message.data)
            for reader in topic.readers:
                if frames is None:
                    reader.end(complete=True)
                else:
                    reader.push(frames)

        try:
            topic.subscription = await self._bus.subscribe(subjects.live(run_id), deliver)
        except NatsError as error:
            log.info("frames of run %s come from Postgres: %s", run_id, error)
        if not topic.ready.done():
            topic.ready.set_result(None)
        if not topic.readers:
            await self._unsubscribe(topic)

    async def _unsubscribe(self, topic: _Topic) -> None:
        subscription, topic.subscription = topic.subscription, None
        if subscription is None:
            return
        try:
            await subscription.unsubscribe()
        except NatsError as error:
            log.debug("unsubscribe: %s", error)

    async def _reconnected(self) -> None:
        for run_id, topic in list(self._topics.items()):
            if topic.subscription is None and topic.readers:
                await self._subscribe(run_id, topic)
            for reader in topic.readers:
                reader.lose()
