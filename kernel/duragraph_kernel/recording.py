"""Gathers what one run writes: writes of one moment become one op, node events ride along with the next op."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from duragraph_ext.core.domain.errors import Fenced, Unavailable
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.eventstore.writer import Writer

LINGER = 0.02
"""Seconds that rows which nobody waits for stay open for others to join."""


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class Recording:
    """The open op of a run and the commits under way.

    `on_lost` is called once when a write fails: the run is no longer ours (Fenced) or a value was refused.
    `on_leave` is called with every op just before it leaves: what belongs with its rows may still join.
    """

    def __init__(
        self, writer: Writer, run_id: UUID, epoch: int, tenant_id: str, on_lost: Callable[[Exception], None]
    ) -> None:
        self._writer = writer
        self._run_id, self._epoch, self._tenant_id = run_id, epoch, tenant_id
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._op: Op | None = None
        self._joined: asyncio.Future[None] | None = None
        self._timer: asyncio.Handle | None = None
        self._soon = False
        self._last: asyncio.Future[None] | None = None
        self._held = False
        self.error: Exception | None = None
        self.on_leave: Callable[[Op], None] | None = None

    @property
    def epoch(self) -> int:
        """The attempt this recording belongs to."""
        return self._epoch

    def op(self, *, soon: bool = False, held: bool = False) -> Op:
        """The op that rows join now.

        It leaves at the end of this turn of the loop if `soon`, with the next commit if `held`, else after LINGER.
        """
        if self._op is None:
            self._op = Op(self._run_id, self._epoch, self._tenant_id)
            self._joined = None
            self._soon = False
            self._timer = None if soon else self._loop.call_later(LINGER, self._leave)
        if soon and not self._soon:
            self._soon = True
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_soon(self._leave)
        if held:
            self._held = True
            if not self._soon and self._timer is not None:
                self._timer.cancel()
                self._timer = None
        return self._op

    def commit(self) -> asyncio.Future[None]:
        """Let the open op leave; the future of its commit (of the last one's, when nothing is open).

        Raises Fenced, DataError or Unavailable when awaited. Ops are committed in their order.
        """
        if self._op is None:
            return asyncio.shield(self._last or _done(self._loop))
        self.op(soon=True)
        if self._joined is None:
            self._joined = self._loop.create_future()
        return asyncio.shield(self._joined)

    async def release(self) -> None:
        """Wait until what was held is durable. Raises what its commit raised."""
        if self._held:
            self._held = False
            await self.commit()

    async def settle(self) -> None:
        """Wait until everything is committed. Raises what a commit raised."""
        while self._op is not None or (self._last is not None and not self._last.done()):
            await self.commit()
        if self.error is not None:
            raise self.error

    def discard(self) -> None:
        """Forget the rows that have not left yet."""
        if self._timer is not None:
            self._timer.cancel()
        self._op = None

    def _leave(self) -> None:
        op, joined, self._op, self._joined = self._op, self._joined, None, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if op is None:
            return
        if self.error is not None:
            _resolve(joined, self.error)
            return
        if self.on_leave is not None:
            self.on_leave(op)
        try:
            future = self._last = self._writer.submit(op)
        except Unavailable as error:
            self._failed(joined, error)
            return
        future.add_done_callback(lambda done: self._left(done, joined))

    def _left(self, done: "asyncio.Future[None]", joined: "asyncio.Future[None] | None") -> None:
        error = _exception(done)
        if error is None:
            _resolve(joined, None)
        else:
            self._failed(joined, error)

    def _failed(self, joined: "asyncio.Future[None] | None", error: Exception) -> None:
        _resolve(joined, error)
        if self.error is None:
            self.error = error
            self._on_lost(error)


def is_fenced(error: BaseException | None) -> bool:
    """Whether an error says that another attempt, or nobody, owns the run now; looks behind wrappers."""
    return _is_caused_by(error, Fenced)


def is_unavailable(error: BaseException | None) -> bool:
    """Whether an error says that our database was away; looks behind wrappers."""
    return _is_caused_by(error, Unavailable)


def _is_caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _exception(done: "asyncio.Future[Any]") -> Exception | None:
    with suppress(asyncio.CancelledError):
        error = done.exception()
        return error if error is None or isinstance(error, Exception) else RuntimeError(str(error))
    return Fenced("the write was cancelled")


def _resolve(future: "asyncio.Future[None] | None", error: Exception | None) -> None:
    if future is None or future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
        future.exception()  # its waiter may have been cancelled: then nobody looks, and that is fine


def _done(loop: asyncio.AbstractEventLoop) -> "asyncio.Future[None]":
    future: asyncio.Future[None] = loop.create_future()
    future.set_result(None)
    return future
