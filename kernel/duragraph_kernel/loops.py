"""Runs a coroutine on a loop of its own, without waiting for threads whose nodes will not end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from duragraph_ext import fastloop


def run(work: Coroutine[Any, Any, None]) -> None:
    """Like `asyncio.run`, but threads of the loop's executor are left to themselves."""
    loop = fastloop.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(work)
    finally:
        try:
            _cancel_rest(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _cancel_rest(loop: asyncio.AbstractEventLoop) -> None:
    rest = asyncio.all_tasks(loop)
    for task in rest:
        task.cancel()
    if rest:
        loop.run_until_complete(asyncio.wait(rest, timeout=1))
