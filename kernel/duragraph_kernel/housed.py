"""A worker in a thread with a loop of its own, so that a kernel goes on answering Jupyter while it works."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from . import loops
from .worker import Worker

log = logging.getLogger(__name__)
T = TypeVar("T")


class HousedWorker(threading.Thread):
    """Runs the worker that `make` makes, on the thread's loop. `on_end` gets what ended it, or None."""

    def __init__(self, make: Callable[[], Worker], on_end: Callable[[BaseException | None], None]) -> None:
        super().__init__(name="duragraph-worker", daemon=True)
        self._make = make
        self._on_end = on_end
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: Future[Worker] = Future()

    def run(self) -> None:
        """The thread's work."""
        error: BaseException | None = None
        try:
            loops.run(self._main())
        except BaseException as raised:
            error = raised
            if not self._working.done():
                self._working.set_exception(raised)
        self._on_end(error)

    def worker(self, timeout: float | None = None) -> Worker:
        """The worker once it takes runs. Raises what kept it from that, or TimeoutError."""
        return self._working.result(timeout)

    def ask(self, work: Callable[[Worker], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Run a coroutine on the worker's loop."""
        worker = self.worker(0)
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work(worker), self._loop)

    def stop(self) -> None:
        """Have the worker hand its runs back and end; returns at once."""
        if self._loop is not None and self._working.done() and self._working.exception() is None:
            self._loop.call_soon_threadsafe(self._working.result().stop)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        worker = self._make()
        working = asyncio.ensure_future(worker.run())
        ready = asyncio.ensure_future(worker.ready.wait())
        await asyncio.wait((working, ready), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if worker.ready.is_set():
            self._working.set_result(worker)
        await working
