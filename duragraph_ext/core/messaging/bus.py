"""The NATS connection: may be away at any time, and nothing is lost by it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from nats.aio import transport
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import PubAck

from . import topology

log = logging.getLogger(__name__)
RECONNECT_WAIT = 0.2
MOST_PENDING = 20_000
"""JetStream messages under way at most."""
TOPOLOGY_SECONDS = 5.0
CLOSE_SECONDS = 2.0
Handler: TypeAlias = Callable[[Msg], Awaitable[None]]
Hook: TypeAlias = Callable[[], Awaitable[None]]


class Bus:
    """One connection a process; connects and reconnects in the background, for ever."""

    def __init__(self, url: str, token_file: str | None, name: str) -> None:
        self._url = url
        self._token = Path(token_file).read_text().strip() if token_file else None
        self._name = name
        self.client = Client()
        self._js = self._new_js()
        self._connecting: asyncio.Task[None] | None = None
        self._on_connect: list[Hook] = []
        self._repairing: asyncio.Task[None] | None = None
        self._hooks: set[asyncio.Task[None]] = set()
        self._on_unwritten: Callable[[], None] | None = None

    @property
    def connected(self) -> bool:
        """Whether NATS answers now."""
        return self.client.is_connected

    @property
    def js(self) -> JetStreamContext:
        """The JetStream context of this connection."""
        return self._js

    async def open(self, wait: float = 5.0) -> None:
        """Start connecting; waits at most `wait` seconds for it and goes on without."""
        if self._url.startswith("ws"):  # nats-py may have been imported without what only WebSockets need
            vars(transport)["aiohttp"] = import_module("aiohttp")
        self._connecting = asyncio.create_task(self._connect())
        done, _ = await asyncio.wait({self._connecting}, timeout=wait)
        if not done:
            log.warning("NATS does not answer yet; going on without it")

    async def close(self) -> None:
        """Flush and disconnect."""
        if self._connecting is not None:
            self._connecting.cancel()
        for task in (self._repairing, *self._hooks):
            if task is not None:
                task.cancel()
        if self.client.is_connected:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self.client.flush(1)
            except (NatsError, TimeoutError):
                log.info("NATS went away before the last flush")
        # nats-py awaits the end of a connection that it has itself cancelled: that cancels whoever awaits it in turn
        closing = asyncio.create_task(self.client.close(), name="close NATS")
        await asyncio.wait((closing,), timeout=CLOSE_SECONDS)
        if not closing.done():
            closing.cancel()
        elif not closing.cancelled() and (error := closing.exception()) is not None:
            log.info("closing the connection to NATS: %s", error)

    def on_connect(self, hook: Hook) -> None:
        """Call a hook after every reconnection (and after a late first connection)."""
        self._on_connect.append(hook)

    async def attach(self, hook: Hook) -> None:
        """Call a hook now if NATS is there, and after every reconnection; what it raises of NATS is logged."""
        self.on_connect(hook)
        if self.connected:
            await self._run(hook)

    async def publish(self, subject: str, payload: bytes) -> bool:
        """Send an ephemeral message if NATS is there; whether it was sent."""
        if not self.client.is_connected:
            return False
        try:
            await self.client.publish(subject, payload)
        except NatsError as error:
            log.info("not published on %s: %s", subject, error)
            return False
        return True

    async def js_publish(self, subject: str, payload: bytes, message_id: str) -> "asyncio.Future[PubAck]":
        """Send to JetStream, de-duplicated by `message_id`; the future is its acknowledgement. Raises NatsError."""
        if not self.client.is_connected:
            raise NatsError("NATS is not connected")
        if self._js.publish_async_pending() >= MOST_PENDING:
            raise NatsError("NATS acknowledges too slowly")
        return await self._js.publish_async(subject, payload, headers={"Nats-Msg-Id": message_id})

    async def subscribe(self, subject: str, handler: Handler, queue: str = "") -> Subscription:
        """Receive ephemeral messages; survives reconnections. Raises NatsError when never connected.

        Of those who share a `queue` one receives a message.
        """
        return await self.client.subscribe(
            subject, queue=queue, cb=handler, pending_msgs_limit=-1, pending_bytes_limit=64 << 20
        )

    def on_unwritten(self, hook: Callable[[], None]) -> None:
        """Call a hook when NATS answers but JetStream writes nothing, as after a full disk until it is restarted."""
        self._on_unwritten = hook

    async def report_unwritten(self) -> None:
        """JetStream acknowledges nothing: if NATS answers otherwise, call the hook."""
        if await self._has_topology():
            log.warning("JetStream answers but writes nothing: is its disk full? It has to be restarted")
            if self._on_unwritten is not None:
                self._on_unwritten()

    def repair_soon(self) -> None:
        """Recreate the topology in the background: a publish or a pull found it gone."""
        if self._repairing is None or self._repairing.done():
            self._repairing = asyncio.create_task(self._repair())

    async def _repair(self) -> None:
        if await self._has_topology():
            await self._run_hooks()

    async def _has_topology(self) -> bool:
        """Make what is missing of the streams; whether all of them are there now."""
        try:
            async with asyncio.timeout(TOPOLOGY_SECONDS):
                await topology.ensure_streams(self._js)
        except (NatsError, TimeoutError) as error:
            log.warning("the JetStream topology is not there yet: %s", error)
            return False
        return True

    async def _connect(self) -> None:
        await self.client.connect(
            self._url,
            token=self._token,
            name=f"duragraph {self._name}",
            connect_timeout=1,
            reconnect_time_wait=RECONNECT_WAIT,  # type: ignore[arg-type]  # seconds; fractions work
            max_reconnect_attempts=-1,
            allow_reconnect=True,
            ping_interval=5,
            max_outstanding_pings=2,
            pending_size=16 << 20,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnect,
            reconnected_cb=self._on_reconnect,
        )
        if not await self._has_topology():
            self.repair_soon()
        await self._run_hooks()

    def _new_js(self) -> JetStreamContext:
        """A context without acknowledgements that a lost connection will never bring."""
        return self.client.jetstream(timeout=2.0, publish_async_max_pending=2 * MOST_PENDING)

    async def _run_hooks(self) -> None:
        for hook in self._on_connect:
            await self._run(hook)

    async def _run(self, hook: Hook) -> None:
        try:
            await hook()
        except (NatsError, TimeoutError) as error:
            log.warning("NATS is there, and yet: %s", error)

    async def _on_error(self, error: Exception) -> None:
        log.debug("nats: %r", error)

    async def _on_disconnect(self) -> None:
        log.info("NATS is away")

    async def _on_reconnect(self) -> None:
        log.info("NATS is back")
        self._js = self._new_js()
        task = asyncio.create_task(self._repair())  # the stream store may be a new one
        self._hooks.add(task)
        task.add_done_callback(self._hooks.discard)
