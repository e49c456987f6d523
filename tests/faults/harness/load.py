"""Runs created at a steady rate while something breaks; every answer is kept, none is waited for before the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.harness.trial import NODES, Trial
from tests.support.server import Server
from tests.support.waiting import eventually

RATE = 20.0


@dataclass
class Answer:
    """What a request got: `status` 0 is a connection that broke, which may mean either."""

    key: str
    status: int
    seconds: float
    retry_after: str | None = None
    run: dict[str, Any] = field(default_factory=dict)


class Load:
    """A thread and a run a request, each under a key of its own; use as a context manager."""

    def __init__(self, server: Server, folder: Path, rate: float = RATE) -> None:
        self.log = folder / f"load-{uuid4()}"
        self.answers: list[Answer] = []
        self._client = server.client(limits=httpx.Limits(max_connections=64))
        self._pause = 1 / rate
        self._end = threading.Event()
        self._pool = ThreadPoolExecutor(64)
        self._sent: list[Future[None]] = []
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._pool.shutdown()
        for each in self._sent:
            each.result()
        Trial.clients.append(self._client)

    def acknowledges(self, more: int, within: float = 30) -> None:
        """Wait until so many further runs were acknowledged."""
        before = len(self.acknowledged())
        eventually(lambda: len(self.acknowledged()) >= before + more, within, f"{more} more runs to be acknowledged")

    def acknowledged(self) -> list[str]:
        """The runs that were."""
        return [answer.run["run_id"] for answer in list(self.answers) if answer.status == 200]

    def refused(self) -> list[Answer]:
        """The answers that were a 503."""
        return [answer for answer in list(self.answers) if answer.status == 503]

    def retry(self) -> list[str]:
        """Ask again for what was refused or left unknown; now every key has its run. All runs."""
        for answer in self.answers:
            if answer.status == 200:
                continue
            again = eventually(lambda key=answer.key: self._good(key), 30, "a good answer")  # type: ignore[misc]
            answer.run = again.run
        return [answer.run["run_id"] for answer in self.answers]

    def check_effects(self, *, most: int) -> None:
        """Every node of every run had its effect, and none too often."""
        lines = [line.split()[0] for line in self.log.read_text().splitlines()]
        for node in NODES:
            assert len(self.answers) <= lines.count(node) <= most * len(self.answers), (node, lines.count(node))

    def _good(self, key: str) -> Answer | None:
        answer = self._ask(key)
        return answer if answer.status == 200 else None

    def _work(self) -> None:
        while not self._end.wait(self._pause):
            self._sent.append(self._pool.submit(self._send))

    def _send(self) -> None:
        self.answers.append(self._ask(str(uuid4())))

    def _ask(self, key: str) -> Answer:
        body = {
            "assistant_id": "async",
            "input": {"log": str(self.log), "hold": "", "trail": []},
            "on_completion": "keep",
        }
        began = time.monotonic()
        try:
            answer = self._client.post("/runs", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return Answer(key, 0, time.monotonic() - began)
        seconds = time.monotonic() - began
        assert answer.status_code in (200, 503), answer.text
        run = answer.json() if answer.status_code == 200 else {}
        return Answer(key, answer.status_code, seconds, answer.headers.get("Retry-After"), run)


def one_run_a_key(load: Load, count: Callable[[str], int]) -> None:
    """Fail if a key has two runs, or none."""
    runs = load.retry()
    assert len(set(runs)) == len(runs) == count("SELECT count(*) FROM runs")
