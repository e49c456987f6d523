"""Answers questions that come over NATS: beside the runs, each with a deadline, none after the worker drains."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.domain.errors import DuragraphError, Fenced, GraphError, Invalid, Unavailable
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.messaging.asking import described

from .catalogue import Catalogue
from .loader import ServedGraph

log = logging.getLogger(__name__)
AT_ONCE = 16
"""Questions that are worked on at the same time; more wait, as long as their askers do."""

FLUSH_SECONDS = 2
"""How long NATS may take to know of the subscriptions."""
LEAVE_SECONDS = 0.5
"""And of their end; a NATS that does not answer brings no questions either."""


@dataclass(frozen=True)
class Question:
    """What is asked, and what it takes to answer it."""

    core: Core
    catalogue: Catalogue
    tenant_id: str
    graph: ServedGraph | None
    body: Mapping[str, Any]

    @property
    def served(self) -> ServedGraph:
        """The graph that the question is about. Raises Invalid for a question about none."""
        if self.graph is None:
            raise Invalid("graph_id", "this question is about a graph")
        return self.graph


Handler: TypeAlias = Callable[[Question], Awaitable[Mapping[str, Any]]]


class Answering:
    """Subscribes to the questions about a worker's graphs; `handlers` answer them by name."""

    def __init__(self, core: Core, catalogue: Catalogue, handlers: Mapping[str, Handler]) -> None:
        self._core = core
        self._catalogue = catalogue
        self._handlers = handlers
        self._subscriptions: list[Subscription] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._open = False

    async def open(self) -> None:
        """Listen, now or when NATS comes."""
        self._open = True
        await self._core.bus.attach(self._listen)

    async def stop(self) -> None:
        """Take no more questions; those under way go on."""
        self._open = False
        subscriptions, self._subscriptions = self._subscriptions, []
        with suppress(NatsError, TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await asyncio.gather(*(self._leave(subscription) for subscription in subscriptions))

    async def _leave(self, subscription: Subscription) -> None:
        """Stop listening; a question that NATS has sent by then is still heard."""
        if self._core.bus.connected:
            await subscription.drain()  # type: ignore[no-untyped-call]
        else:
            await subscription.unsubscribe()

    async def close(self, within: float) -> None:
        """Take no more questions, and cut off what is still under way after `within` seconds."""
        await self.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)

    async def _listen(self) -> None:
        if not self._open or self._subscriptions:
            return
        for graph_id in (None, *self._catalogue.graphs):
            subscription = await self._core.bus.subscribe(
                subjects.asked(graph_id), self._receive, queue=subjects.ASKED_QUEUE
            )
            self._subscriptions.append(subscription)
        await self._core.bus.client.flush(FLUSH_SECONDS)

    async def _receive(self, message: Msg) -> None:
        task = asyncio.create_task(self._answer(message), name="question")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Msg) -> None:
        asked = orjson.loads(message.data)
        try:
            async with asyncio.timeout(asked["timeout"]), self._room:
                reply = jsonx.dumps({"answer": await self._handle(message.subject, asked)})
        except asyncio.CancelledError:
            await self._reply(message, _error(Unavailable("the worker stops")))
            raise
        except TimeoutError:
            log.warning("the question %s was not answered within %g s", asked["question"], asked["timeout"])
            return
        except DuragraphError as error:
            reply = _error(Unavailable("another attempt took over") if isinstance(error, Fenced) else error)
        except Exception as error:
            log.exception("the question %s could not be answered", asked["question"])
            reply = _error(GraphError(type(error).__name__, str(error)))
        if len(reply) > self._core.bus.client.max_payload:
            reply = _error(Invalid("answer", f"is larger than {self._core.bus.client.max_payload} bytes"))
        await self._reply(message, reply)

    async def _handle(self, subject: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        handler = self._handlers.get(asked["question"])
        if handler is None:
            raise Invalid("question", f"this worker knows no question {asked['question']!r}")
        _, _, tenant, graph = subject.split(".")
        served = next((g for g in self._catalogue.graphs.values() if subjects.token(g.graph_id) == graph), None)
        question = Question(self._core, self._catalogue, subjects.untoken(tenant), served, asked["body"])
        return await handler(question)

    @staticmethod
    async def _reply(message: Msg, reply: bytes) -> None:
        try:
            await message.respond(reply)
        except NatsError as error:
            log.info("an answer did not leave: %s", error)


def _error(error: DuragraphError) -> bytes:
    return jsonx.dumps({"error": described(error)})
