"""One background thread with its own loop, in which all of the client's network work happens.

A notebook's kernel stays free, and plain code needs no `await`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Portal:
    """A thread that runs coroutines for other threads; started on first use, a daemon."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine in the background; the future may be waited for from any thread.

        It starts with an empty context: what it displays belongs to the cell that runs by then, which is
        the only one that headless clients listen to.
        """
        empty = contextvars.Context()
        return empty.run(asyncio.run_coroutine_threadsafe, work, self._running_loop())

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine and wait for it. Ctrl-C cancels it. Coroutines carry their own deadlines."""
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("a call that waits was made inside the client's own thread")
        future = self.start(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._thread is None or not self._thread.is_alive():
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="duragraph-client", daemon=True)
                self._thread.start()
            return self._loop


PORTAL = Portal()
"""The process's one portal."""
