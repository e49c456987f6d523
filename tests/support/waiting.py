"""Wait for something to become true, never for time to pass."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psutil

T = TypeVar("T")


def eventually(check: Callable[[], T | None], within: float = 10.0, what: str = "") -> T:
    """Call `check` until it returns something true, and return that. Fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        if result := check():
            return result
        assert time.monotonic() < deadline, f"{what or check} did not become true within {within} s"
        time.sleep(0.02)


async def soon(check: Callable[[], T | Awaitable[T | None] | None], within: float = 10.0, what: str = "") -> T:
    """`eventually` for coroutines: the event loop goes on meanwhile."""
    deadline = time.monotonic() + within
    while True:
        found = check()
        result = await found if inspect.isawaitable(found) else found
        if result:
            return result
        assert time.monotonic() < deadline, f"{what or check} did not become true within {within} s"
        await asyncio.sleep(0.02)


def is_alive(process: int | psutil.Process) -> bool:
    """Whether a process still runs; a zombie does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(process) if isinstance(process, int) else process
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
