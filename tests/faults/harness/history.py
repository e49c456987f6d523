"""What clients did and heard, as JSON lines: the invariants are checked against it."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx


class History:
    """Operations with their start, end and result; `unknown` is a result too.

    `random` is seeded and decides everything that a test leaves to chance; the seed stands in the first line.
    """

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.seed = seed
        self.random = random.Random(seed)
        self._lock = threading.Lock()
        self._write({"seed": seed})
        print(f"seed {seed}, history {path}")

    @contextmanager
    def operation(self, op: str, **args: Any) -> Iterator[dict[str, Any]]:
        """Record one; the body puts its `result` into what it is given, and an outage makes it `unknown`."""
        entry: dict[str, Any] = {"op": op, "args": args, "start": time.monotonic(), "result": "unknown"}
        try:
            yield entry
        except httpx.TransportError as error:
            entry["error"] = f"{type(error).__name__}: {error}"
        finally:
            entry["end"] = time.monotonic()
            entry["at"] = time.time()
            self._write(entry)

    def note(self, op: str, **args: Any) -> None:
        """Record a fault."""
        now = time.monotonic()
        self._write({"op": op, "args": args, "start": now, "end": now, "result": "ok"})

    def entries(self) -> list[dict[str, Any]]:
        """Everything so far, but the seed."""
        return [json.loads(line) for line in self.path.read_text().splitlines()[1:]]

    def acknowledged(self) -> list[str]:
        """The ids of runs whose creation was answered with 2xx."""
        created = [e["result"] for e in self.entries() if e["op"] == "create"]
        return [result for result in created if result not in ("unknown", "refused")]

    def cancelled(self) -> dict[str, float]:
        """Runs whose cancellation was answered with 2xx, and when (epoch seconds)."""
        return {e["args"]["run_id"]: e["at"] for e in self.entries() if e["op"] == "cancel" and e["result"] == "ok"}

    def slowest(self) -> float:
        """The longest that a client waited for an answer."""
        return max((e["end"] - e["start"] for e in self.entries() if e["op"] in ("create", "cancel")), default=0.0)

    def _write(self, entry: dict[str, Any]) -> None:
        with self._lock, self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
