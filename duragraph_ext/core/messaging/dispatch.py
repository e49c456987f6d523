"""Pulls hints for a worker: only as many as it has free slots, woken at once, blind to nothing for long."""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from . import subjects, topology
from .bus import Bus

log = logging.getLogger(__name__)
EXPIRES = 5.0
"""Seconds a pull request stays parked at the server; one that is silent for longer is made anew."""


@dataclass(slots=True)
class Hint:
    """Word that a run waits; the claim in Postgres decides."""

    run_id: UUID
    thread_id: UUID
    graph_id: str
    message: Msg

    async def ack(self) -> None:
        """Tell JetStream that the hint was used (or is void)."""
        with contextlib.suppress(NatsError):
            await self.message.ack()


@dataclass(slots=True)
class _Pull:
    graph_id: str
    outstanding: int = 0
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def request(self) -> str:
        return f"$JS.API.CONSUMER.MSG.NEXT.{subjects.WORK_STREAM}.{subjects.consumer(self.graph_id)}"


class WorkQueue:
    """The hints of a worker's graphs, from one shared durable consumer a graph."""

    def __init__(self, bus: Bus, graphs: Iterable[str]) -> None:
        self._bus = bus
        self._pulls = {graph: _Pull(graph) for graph in graphs}
        self._hints: deque[Hint] = deque()
        self._arrived = asyncio.Event()
        self._inbox_prefix = ""
        self._by_inbox: dict[str, _Pull] = {}
        self._stale = True
        self._subscription: Subscription | None = None

    @property
    def flows(self) -> bool:
        """Whether hints come: NATS is there, and so are the consumers."""
        return self._bus.connected and not self._stale

    async def open(self) -> None:
        """Subscribe and create the consumers; when NATS is away, or cannot, this happens later."""
        await self._bus.attach(self._connected)

    async def close(self) -> None:
        """Ask for no more, and give back what nobody took, so that other workers get it at once."""
        with contextlib.suppress(NatsError):
            if self._subscription is not None:
                await self._subscription.unsubscribe()
            for hint in self._hints:
                await hint.message.nak()
        self._hints.clear()

    def wake(self) -> None:
        """End a wait for hints: there may be runs whose hints do not come."""
        self._arrived.set()

    async def next(self, limit: int, timeout: float) -> list[Hint]:
        """At most `limit` hints, at once when some are there; [] after `timeout` seconds, without NATS, or woken."""
        if not self._hints:
            self._arrived.clear()
            await self._ask(limit)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._arrived.wait()
        return [self._hints.popleft() for _ in range(min(limit, len(self._hints)))]

    async def _connected(self) -> None:
        await topology.ensure_consumers(self._bus.js, self._pulls)
        if not self._inbox_prefix:
            self._inbox_prefix = self._bus.client.new_inbox()
            self._by_inbox = {
                f"{self._inbox_prefix}.{number}": pull for number, pull in enumerate(self._pulls.values())
            }
            self._subscription = await self._bus.subscribe(f"{self._inbox_prefix}.*", self._receive)
        for pull in self._pulls.values():
            pull.outstanding = 0  # a parked pull is lost with its connection
        self._stale = False
        self._arrived.set()

    async def _ask(self, limit: int) -> None:
        if not self._bus.connected:
            return
        if self._stale:
            self._bus.repair_soon()
            return
        now = time.monotonic()
        for inbox, pull in self._by_inbox.items():
            if now - pull.asked_at > EXPIRES + 1:
                pull.outstanding = 0
            if pull.outstanding * 2 > limit:
                continue
            want = limit - pull.outstanding
            body = orjson.dumps({"batch": want, "expires": int(EXPIRES * 1e9)})
            try:
                await self._bus.client.publish(pull.request, body, reply=inbox)
            except NatsError as error:
                log.info("no pull for %s: %s", pull.graph_id, error)
                continue
            pull.outstanding += want
            pull.asked_at = now

    async def _receive(self, message: Msg) -> None:
        status = (message.headers or {}).get("Status")
        if status is None:
            body = orjson.loads(message.data)
            pull = self._pulls[body["graph_id"]]
            pull.outstanding = max(0, pull.outstanding - 1)
            self._hints.append(Hint(UUID(body["run_id"]), UUID(body["thread_id"]), body["graph_id"], message))
            self._arrived.set()
            return
        if status == "100":
            return
        pull = self._by_inbox[message.subject]
        left = int((message.headers or {}).get("Nats-Pending-Messages", pull.outstanding))
        pull.outstanding = max(0, pull.outstanding - left)
        if status not in ("408", "404"):
            log.info("pull for %s: %s", pull.graph_id, message.headers)
            pull.outstanding = 0
            self._stale = True
            self._bus.repair_soon()
        self._arrived.set()
