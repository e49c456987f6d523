"""The threads in which sync nodes run, and for which run each of them works."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar
from uuid import UUID

from .run import current_run

P = ParamSpec("P")
T = TypeVar("T")


class NodeThreads(ThreadPoolExecutor):
    """A pool that knows which runs still have code in it: cancelling a run cannot stop a thread."""

    def __init__(self, size: int) -> None:
        super().__init__(size, "duragraph-node")
        self._busy: Counter[UUID] = Counter()
        self._lock = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function on behalf of the current run."""
        run_id = current_run.get()
        if run_id is None:
            return super().submit(fn, *args, **kwargs)
        with self._lock:
            self._busy[run_id] += 1
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(lambda _: self._left(run_id))
        return future

    def works_for(self, run_id: UUID) -> bool:
        """Whether a thread still runs code of a run."""
        return self._busy.get(run_id, 0) > 0

    def _left(self, run_id: UUID) -> None:
        with self._lock:
            self._busy[run_id] -= 1
            if self._busy[run_id] <= 0:
                del self._busy[run_id]
