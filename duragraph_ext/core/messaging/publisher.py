"""Outbox rows go to JetStream right after their commit; what it acknowledges is forgotten, lazily and in batches."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from nats.errors import Error as NatsError

from ...telemetry import metrics
from ..domain.outbox import OutboxRow
from .bus import Bus

log = logging.getLogger(__name__)
Forget: TypeAlias = Callable[[Sequence[UUID]], Awaitable[None]]

EVENTS_AFTER = 0.02
"""Seconds that a run's own events are collected: its next step has begun by then, and does not wait for them."""
FORGET_AFTER = 0.05
"""Seconds that acknowledged rows are collected before one DELETE takes them."""
MESSAGE_BYTES = 1 << 20
"""NATS' usual limit: a larger batch of events is split, and a larger event travels without its payload."""


def messages(row: OutboxRow) -> list[tuple[str, bytes]]:
    """A row as (message id, bytes), split where it is too large for one message."""
    if len(row.payload) <= MESSAGE_BYTES:
        return [(str(row.id), row.payload)]
    events: list[dict[str, Any]] = orjson.loads(row.payload)["events"]
    out = []
    for number, event in enumerate(events):
        data = orjson.dumps({"events": [event]})
        if len(data) > MESSAGE_BYTES:
            data = orjson.dumps({"events": [{**event, "payload": None, "payload_omitted": True}]})
        out.append((f"{row.id}:{number}", data))
    return out


class Publisher:
    """Publishes outbox rows."""

    def __init__(self, bus: Bus, forget: Forget) -> None:
        self._bus = bus
        self._forget = forget
        self._acknowledged: list[UUID] = []
        self._forgetting: asyncio.Task[None] | None = None
        self._collected: list[OutboxRow] = []
        self._sending: asyncio.Task[None] | None = None

    async def send(self, rows: Sequence[OutboxRow]) -> None:
        """Publish rows whose transaction has committed; the relay takes what fails here."""
        for row in rows:
            try:
                acks = [await self._bus.js_publish(row.subject, d, i) for i, d in messages(row)]
            except (NatsError, TimeoutError) as error:
                metrics.outbox_failed.inc()
                log.debug("left to the relay: %s", error)
                continue
            for ack in acks[:-1]:
                ack.add_done_callback(self._count)
            acks[-1].add_done_callback(partial(self._acknowledge, row))

    def send_soon(self, rows: Sequence[OutboxRow]) -> None:
        """Publish rows after EVENTS_AFTER, in their order."""
        self._collected.extend(rows)
        if self._collected and (self._sending is None or self._sending.done()):
            self._sending = asyncio.create_task(self._send_collected())

    async def send_and_wait(self, row: OutboxRow, deadline: float) -> None:
        """Publish one row and wait for its acknowledgement. Raises NatsError or TimeoutError."""
        async with asyncio.timeout(deadline):
            for message_id, data in messages(row):
                await (await self._bus.js_publish(row.subject, data, message_id))
        metrics.outbox_published.labels("relay").inc()

    async def close(self) -> None:
        """Publish what is collected, and forget what is acknowledged by then."""
        if self._sending is not None:
            await asyncio.gather(self._sending, return_exceptions=True)
        if self._forgetting is not None:
            await asyncio.gather(self._forgetting, return_exceptions=True)

    def _count(self, ack: "asyncio.Future[Any]") -> None:
        if ack.cancelled() or ack.exception() is not None:
            metrics.outbox_failed.inc()
            self._bus.repair_soon()
        else:
            metrics.outbox_published.labels("direct").inc()

    def _acknowledge(self, row: OutboxRow, ack: "asyncio.Future[Any]") -> None:
        self._count(ack)
        if ack.cancelled() or ack.exception() is not None:
            return
        self._acknowledged.append(row.id)
        if self._forgetting is None or self._forgetting.done():
            self._forgetting = asyncio.create_task(self._forget_soon())

    async def _send_collected(self) -> None:
        while self._collected:
            await asyncio.sleep(EVENTS_AFTER)
            rows, self._collected = self._collected, []
            await self.send(rows)

    async def _forget_soon(self) -> None:
        while self._acknowledged:
            await asyncio.sleep(FORGET_AFTER)
            ids, self._acknowledged = self._acknowledged, []
            await self._forget(ids)
