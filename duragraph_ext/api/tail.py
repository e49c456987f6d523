"""Committed events as they are published: for the feed, and for streams that wait for a run to start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from nats.errors import Error as NatsError

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from duragraph_ext.core.messaging.bus import Bus

log = logging.getLogger(__name__)
Listener = Callable[[dict[str, Any] | None], None]
"""Called with each envelope, and with None when some may have been missed."""


class EventTail:
    """One subscription a subject and process; none while nobody listens."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._listeners: dict[str, dict[object, Listener]] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._changing = asyncio.Lock()
        bus.on_connect(self._reconnected)

    async def listen(self, subjects: Sequence[str], listener: Listener) -> object:
        """Hear the events published on some subjects; the answer is the key for `forget`."""
        key = object()
        for subject in subjects:
            self._listeners.setdefault(subject, {})[key] = listener
            async with self._changing:
                await self._subscribe(subject)
        return key

    async def forget(self, key: object) -> None:
        """Stop listening."""
        for subject, listeners in list(self._listeners.items()):
            if listeners.pop(key, None) is not None and not listeners:
                async with self._changing:
                    await self._unsubscribe(subject)

    async def _subscribe(self, subject: str) -> None:
        if subject in self._subscriptions:
            return

        async def deliver(message: Msg) -> None:
            events = orjson.loads(message.data)["events"]
            for listener in list(self._listeners.get(subject, {}).values()):
                for event in events:
                    listener(event)

        try:
            self._subscriptions[subject] = await self._bus.subscribe(subject, deliver)
        except NatsError as error:
            log.info("no live events yet: %s", error)

    async def _unsubscribe(self, subject: str) -> None:
        if self._listeners.get(subject):
            return
        self._listeners.pop(subject, None)
        subscription = self._subscriptions.pop(subject, None)
        if subscription is not None:
            try:
                await subscription.unsubscribe()
            except NatsError as error:
                log.debug("unsubscribe: %s", error)

    async def _reconnected(self) -> None:
        for subject, listeners in list(self._listeners.items()):
            async with self._changing:
                await self._subscribe(subject)
            for listener in list(listeners.values()):
                listener(None)
