"""Waiting for runs to end: woken by NATS, with a slow look at Postgres as the safety net."""

import asyncio
import contextlib
import logging
from uuid import UUID

import orjson
from nats.aio.msg import Msg

from ...telemetry import metrics
from ..context import Core, Outcome
from ..domain.errors import Unavailable
from ..messaging import subjects
from .runs import outcomes

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0
"""Seconds between looks at Postgres while somebody waits."""


class Outcomes:
    """One a process: hears of every run's end and wakes those who wait for it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._waiting: dict[UUID, list[asyncio.Future[Outcome]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._subscribed = False

    async def open(self) -> None:
        """Subscribe, now or when NATS comes."""
        self._core.bus.on_connect(self._subscribe)
        if self._core.bus.connected:
            await self._subscribe()

    async def close(self) -> None:
        """Stop; whoever still waits is cancelled."""
        if self._task is not None:
            self._task.cancel()
        for futures in self._waiting.values():
            for future in futures:
                future.cancel()

    def expect(self, run_id: UUID) -> "asyncio.Future[Outcome]":
        """A future that the run's end resolves. Register before the run is created, and `forget` it after."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(run_id, []).append(future)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        return future

    def forget(self, run_id: UUID, future: "asyncio.Future[Outcome]") -> None:
        """Nobody waits on this future any more."""
        futures = self._waiting.get(run_id, [])
        with contextlib.suppress(ValueError):
            futures.remove(future)
        if not futures:
            self._waiting.pop(run_id, None)

    async def wait(self, run_id: UUID, timeout: float | None) -> Outcome | None:
        """How the run ended; None after `timeout` seconds. A run that has ended already is found at once."""
        future = self.expect(run_id)
        try:
            await self._resolve([run_id])
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            return None
        finally:
            self.forget(run_id, future)

    async def _subscribe(self) -> None:
        if not self._subscribed:
            await self._core.bus.subscribe(subjects.ALL_DONE, self._receive)
            self._subscribed = True

    async def _receive(self, message: Msg) -> None:
        body = orjson.loads(message.data)
        metrics.runs_ended.labels(body["status"]).inc()
        if UUID(body["run_id"]) not in self._waiting:
            return
        values = body.get("values")
        self._wake(
            Outcome(
                UUID(body["run_id"]), UUID(body["thread_id"]), body["status"], body["thread_status"],
                body["checkpoint_id"], body["error"], "", orjson.dumps(values) if "values" in body else None,
            )
        )  # fmt: skip

    def _wake(self, outcome: Outcome) -> None:
        for future in self._waiting.pop(outcome.run_id, []):
            if not future.done():
                future.set_result(outcome)

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._resolve(list(self._waiting))
            except Unavailable as error:
                log.info("waiters look again soon: %s", error)

    async def _resolve(self, run_ids: list[UUID]) -> None:
        for outcome in await outcomes(self._core, run_ids):
            self._wake(outcome)
