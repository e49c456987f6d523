"""One run of a fault graph, watched from outside."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import httpx

from tests.faults.harness.invariants import ENDED, TERMINAL, replay_differences
from tests.faults.harness.pids import dsn_of
from tests.support.server import Server
from tests.support.waiting import eventually

NODES = list("abcde")


class Trial:
    """Five nodes that each leave a line on disk; `hold` names the one that waits until it is released."""

    clients: ClassVar[list[httpx.Client]] = []

    def __init__(self, server: Server, folder: Path, graph: str = "async", hold: str = "") -> None:
        self.server = server
        self.log = folder / f"effects-{uuid4()}"
        self.client = server.client()
        self.clients.append(self.client)
        self.thread = self.client.post("/threads", json={}).raise_for_status().json()["thread_id"]
        self.input = {"log": str(self.log), "hold": hold, "trail": []}
        self.graph = graph
        self.run: dict[str, Any] = {}
        self.began = time.time()

    @classmethod
    def close_all(cls) -> None:
        """Close what the trials of a test opened."""
        while cls.clients:
            cls.clients.pop().close()

    def start(self, **more: Any) -> Trial:
        """Create the run."""
        answer = self.client.post(
            f"/threads/{self.thread}/runs", json={"assistant_id": self.graph, "input": self.input, **more}
        )
        answer.raise_for_status()
        self.run = answer.json()
        return self

    def effects(self) -> Counter[str]:
        """How often each node had its effect."""
        if not self.log.exists():
            return Counter()
        return Counter(line.split()[0] for line in self.log.read_text().splitlines())

    def workers_seen(self) -> set[str]:
        """The processes in which nodes ran."""
        return {line.split()[1] for line in self.log.read_text().splitlines()}

    def reached(self, node: str, times: int = 1, within: float = 30) -> None:
        """Wait until a node runs."""
        eventually(lambda: self.effects()[node] >= times, within, f"node {node} to run")

    def release(self) -> None:
        """Let the node go that holds."""
        Path(f"{self.log}.go").touch()

    def status(self) -> str:
        """The run's status; nothing while the server does not tell."""
        try:
            answer = self.client.get(f"/threads/{self.thread}/runs/{self.run['run_id']}")
        except httpx.TransportError:
            return ""
        return str(answer.json()["status"]) if answer.status_code == 200 else ""

    def ended(self, within: float = 45) -> str:
        """Wait for the end; the status."""
        return eventually(lambda: (status := self.status()) in ENDED and status, within, "the end of the run")

    def events(self) -> list[dict[str, Any]]:
        """The run's events."""
        return list(self.client.get(f"/runs/{self.run['run_id']}/events", params={"limit": 1000}).json())

    def state(self) -> dict[str, Any]:
        """The thread's values."""
        return dict(self.client.get(f"/threads/{self.thread}/state").json()["values"])

    def error(self) -> str:
        """What the thread says of a run that failed."""
        return str(self.client.get(f"/threads/{self.thread}").json()["error"])

    def thread_now(self) -> dict[str, Any]:
        """The thread."""
        return dict(self.client.get(f"/threads/{self.thread}").json())

    def resume(self, answer: str) -> None:
        """Answer the question; from here on `run` is the answering one."""
        body = {"assistant_id": self.graph, "command": {"resume": answer}}
        self.run = self.client.post(f"/threads/{self.thread}/runs", json=body).raise_for_status().json()

    @staticmethod
    def now() -> float:
        """The clock that effects are noted with."""
        return time.time()

    def last_effect(self, node: str) -> float:
        """When a node had its last effect."""
        return max(float(line.split()[2]) for line in self.log.read_text().splitlines() if line.split()[0] == node)

    def check(self, *, most: int = 2) -> None:
        """I2, I3, I6, I7, I9 of this run: state exact, effects per node 1..most."""
        assert self.ended() == "success"
        trail = self.state()["trail"]
        assert sorted(trail) == NODES, trail
        effects = self.effects()
        assert set(effects) == set(NODES)
        assert all(1 <= count <= most for count in effects.values()), effects
        check_events(self.events())
        assert self.client.get(f"/threads/{self.thread}").json()["status"] == "idle"

    def check_all(self, *, most: int = 2) -> None:
        """The same, and that the log, replayed, gives exactly the projections."""
        self.check(most=most)
        found: list[str] = []

        def agree() -> bool:
            found[:] = replay_differences(dsn_of(self.server))
            return not found

        with contextlib.suppress(AssertionError):
            eventually(agree, 10)
        assert found == [], "\n".join(found)


def check_events(events: list[dict[str, Any]]) -> None:
    """Versions are dense, and the only end is the last."""
    assert [e["version"] for e in events] == list(range(1, len(events) + 1))
    ends = [e for e in events if e["event_type"] in TERMINAL]
    assert ends == events[-1:], [e["event_type"] for e in events]


def workers(server: Server) -> list[dict[str, Any]]:
    """The workers whose lease is good; nothing while the server does not tell."""
    with server.client() as client:
        try:
            answer = client.get("/workers")
        except httpx.TransportError:
            return []
        return list(answer.json()) if answer.status_code == 200 else []


def busy_worker(server: Server, run_id: str) -> dict[str, Any]:
    """The worker that executes a run."""
    return eventually(
        lambda: next((w for w in workers(server) if run_id in w["runs"]), None), 20, "a worker of the run"
    )  # type: ignore[return-value]


def settled(server: Server, count: int) -> None:
    """Wait until `count` workers are there and none works."""
    eventually(
        lambda: len(found := workers(server)) == count and not any(w["runs"] for w in found),
        60,
        f"{count} idle workers",
    )
