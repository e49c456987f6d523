"""Group commit: concurrent calls of one kind join one statement."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeAlias, TypeVar

import psycopg

from ...telemetry import metrics
from ..domain.errors import Interrupted, Unavailable

log = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")
Work: TypeAlias = Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]]

RETRY_FOR = 5.0
"""Seconds a batch is repeated over lost connections before its callers hear of it."""


class Batch(Generic[Item, Result]):
    """Collects items while a statement is under way; the next statement takes them all.

    `work` gets the items and answers in their order, an exception standing for the item it belongs to.
    It must be idempotent: after a lost connection it is repeated. Items with equal `key` never share a batch.
    `kind` names it in the metrics.
    """

    def __init__(
        self, kind: str, work: Work[Item, Result], *, key: Callable[[Item], Hashable] | None = None, limit: int = 256
    ) -> None:
        self._kind = kind
        self._work = work
        self._key = key
        self._limit = limit
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """Add an item and wait for its result. Raises what the work answered for it, or Unavailable."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        return await future

    async def close(self) -> None:
        """Wait for the statement under way."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)
                await self._flush(self._take())
        finally:
            self._task = None

    def _take(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        if self._key is None:
            taken, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            return taken
        taken, left, seen = [], [], set()
        for entry in self._waiting:
            key = self._key(entry[0])
            if key in seen or len(taken) >= self._limit:
                left.append(entry)
            else:
                seen.add(key)
                taken.append(entry)
        self._waiting = left
        return taken

    async def _flush(self, entries: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._attempt([item for item, _ in entries])
        except Unavailable as error:
            results = [error] * len(entries)
        except psycopg.Error as error:
            if len(entries) > 1:
                for entry in entries:  # one bad item must fail alone
                    await self._flush([entry])
                return
            results = [error] * len(entries)
        except Exception as error:
            log.exception("a batch failed")
            results = [error] * len(entries)
        for (_, future), result in zip(entries, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

    async def _attempt(self, items: list[Item]) -> Sequence[Result | Exception]:
        give_up = asyncio.get_running_loop().time() + RETRY_FOR
        while True:
            try:
                with metrics.writer_duration.labels(self._kind).time():
                    results = await self._work(items)
                metrics.writer_batch.labels(self._kind).observe(len(items))
                return results
            except Interrupted as error:
                if asyncio.get_running_loop().time() > give_up:
                    raise Unavailable("the database is not reachable") from error
                log.info("a batch is repeated: %s", error)
                metrics.writer_retries.labels(self._kind).inc()
                await asyncio.sleep(0.05)
