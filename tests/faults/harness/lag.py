"""The loop-lag watchdog: how long the server's event loop lets a trivial request wait."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import httpx

from tests.support.server import Server

EVERY = 0.05


class LoopLag:
    """Asks for the openest of pages every 50 ms, which needs the loop and nothing else, and keeps the seconds."""

    def __init__(self, server: Server) -> None:
        self._url = f"{server.api_url}/info"
        self._headers = server.headers
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.seconds: list[float] = []

    def __enter__(self) -> LoopLag:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def median(self) -> float:
        """What a request usually waits."""
        ordered = sorted(self.seconds)
        return ordered[len(ordered) // 2]

    @property
    def worst(self) -> float:
        """The longest wait."""
        return max(self.seconds)

    def _watch(self) -> None:
        with httpx.Client(headers=self._headers, timeout=60) as client:
            while not self._ended.wait(EVERY):
                began = time.monotonic()
                client.get(self._url)
                self.seconds.append(time.monotonic() - began)
