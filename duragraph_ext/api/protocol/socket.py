"""The protocol over a WebSocket: commands come in, their answers and the subscribed events go out."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
from jupyter_server.base.handlers import JupyterHandler
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from duragraph_ext.core import jsonx
from duragraph_ext.models import EventStreamBody
from duragraph_ext.telemetry import metrics

from ..attending import WRITE_SECONDS
from ..base import PlatformHandler
from ..operation import READ_THREAD
from ..thread_feed import ThreadFeed
from ..validation import Unprocessable, parse_uuid, validate
from .channels import BadChannels, Filter, filter_of
from .commands import ENVELOPE, Commands, Refused, failure, is_command, success
from .events import events_of

log = logging.getLogger(__name__)
GOING_AWAY, INTERNAL, TOO_SLOW = 1001, 1011, 1013
PING_SECONDS = 20.0
SUBSCRIPTIONS = 100


@dataclass(slots=True)
class _Subscription:
    wanted: Filter
    after: int
    identity: str = field(default_factory=lambda: str(uuid4()))


class EventsSocket(WebSocketHandler, PlatformHandler):
    """GET /threads/{thread_id}/stream/events with an upgrade.

    All subscriptions share one feed; a new one that wants what has passed sends it back, and only that one sees it.
    """

    route = "/threads/{thread_id}/stream/events"

    async def get(self, thread_id: str) -> None:
        self.raise_refusal()
        assert self.core is not None  # 503 while the server starts
        self._thread_id = parse_uuid("thread ID", thread_id)
        await self.consent(READ_THREAD, {"thread_id": self._thread_id})
        self._commands = Commands(self, self._thread_id)
        self._subscriptions: dict[str, _Subscription] = {}
        self._place = 0
        self._feeding: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()
        await WebSocketHandler.get(self)

    def check_origin(self, origin: str = "") -> bool:
        """Programs with a token come from anywhere, pages only from where Jupyter allows."""
        return bool(JupyterHandler.check_origin(self, origin))

    @property
    def ping_interval(self) -> float:
        return PING_SECONDS

    @property
    def ping_timeout(self) -> float:
        return PING_SECONDS

    @property
    def max_message_size(self) -> int:
        return self.api.body_limit

    def open(self) -> None:
        """Stay until either side leaves."""
        self.api.attending.add(self)

    def hang_up(self) -> None:
        """The server stops: say so, the client comes back."""
        self.close(GOING_AWAY, "the server stops")

    def on_close(self) -> None:
        self.api.attending.discard(self)
        if self._feeding is not None:
            self._feeding.cancel()

    async def on_message(self, message: str | bytes) -> None:
        """Answer a command."""
        try:
            value = orjson.loads(message)
        except orjson.JSONDecodeError:
            await self._say(failure(None, Refused("invalid_argument", "Protocol commands must be valid JSON.")))
            return
        if not is_command(value):
            known = value.get("id") if isinstance(value, dict) else None
            await self._say(failure(known, Refused("invalid_argument", ENVELOPE)))
            return
        async with self._busy:  # one after another, as they came
            try:
                result = await self._carry_out(value["method"], value.get("params"))
            except Refused as error:
                await self._say(failure(value["id"], error))
            except Exception:
                log.exception("%s failed", value["method"])
                await self._say(failure(value["id"], Refused("unknown_error", "Internal Server Error")))
            else:
                await self._say(success(value["id"], result, self._place))
                self._feed()

    async def _carry_out(self, method: str, params: Any) -> Any:
        given = params if isinstance(params, dict) else {}
        if method == "subscription.subscribe":
            return self._subscribe(given)
        if method == "subscription.unsubscribe":
            return self._unsubscribe(given)
        return await self._commands.carry_out(method, params)

    def _subscribe(self, params: dict[str, Any]) -> dict[str, Any]:
        try:
            wanted = validate(EventStreamBody, params)
            chosen = filter_of(wanted)
        except Unprocessable as error:
            raise Refused("invalid_argument", str(error)) from None
        except BadChannels as error:
            raise Refused(
                "invalid_argument",
                "subscription.subscribe received an unsupported channel."
                if error.unsupported
                else "subscription.subscribe requires a non-empty channels array.",
            ) from None
        if len(self._subscriptions) >= SUBSCRIPTIONS:
            raise Refused("invalid_argument", f"A connection has at most {SUBSCRIPTIONS} subscriptions.")
        new = _Subscription(chosen, wanted.since or 0)
        self._subscriptions[new.identity] = new
        if self._feeding is not None and new.after < self._place:
            self._feeding.cancel()
            self._feeding = None
        return {"subscription_id": new.identity}

    def _unsubscribe(self, params: dict[str, Any]) -> dict[str, Any]:
        identity = params.get("subscription_id")
        if not isinstance(identity, str):
            raise Refused("invalid_argument", "subscription.unsubscribe requires a subscription_id.")
        if self._subscriptions.pop(identity, None) is None:
            raise Refused("no_such_subscription", f"Unknown subscription: {identity}")
        return {}

    def _feed(self) -> None:
        """Send events, if any are wanted and nothing does so yet."""
        if self._subscriptions and self._feeding is None and self.ws_connection is not None:
            after = min(one.after for one in self._subscriptions.values())
            self._feeding = asyncio.create_task(self._send_events(after))

    async def _send_events(self, after: int) -> None:
        feed = ThreadFeed(self.api, self.principal, self._thread_id, after)
        try:
            await feed.begin()
            with metrics.streams_open.labels("socket").track_inprogress():
                async with aclosing(feed.parts()) as some:
                    async for parts in some:
                        for part in parts:
                            for event in events_of(part):
                                if self._wants(event.seq, event):
                                    await self._send(event.json())
                            self._passed(part.place)
        except (WebSocketClosedError, StreamClosedError):
            return
        except Exception:
            log.exception("events of thread %s", self._thread_id)
            self.close(INTERNAL, "the server failed")
            return
        self.close(GOING_AWAY, "behind, or the server stops: come back")

    def _wants(self, seq: int, event: Any) -> bool:
        return any(one.after < seq and event.passes(one.wanted) for one in self._subscriptions.values())

    def _passed(self, place: int) -> None:
        self._place = max(self._place, place)
        for one in self._subscriptions.values():
            one.after = max(one.after, place)

    async def _say(self, answer: dict[str, Any]) -> None:
        try:
            await self._send(jsonx.dumps(answer))
        except (WebSocketClosedError, StreamClosedError):
            log.debug("a client left before its answer")

    async def _send(self, data: bytes) -> None:
        """Send a message. A client that takes nothing for too long is let go: it can come back."""
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await self.write_message(data.decode())
        except TimeoutError:
            self.close(TOO_SLOW, "too slow")
            raise WebSocketClosedError from None
        metrics.streams_sent.labels("socket").inc(len(data))
