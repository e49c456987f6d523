"""What fault tests share: a server with short leases, effects on disk, and the invariants that must hold after."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import httpx
import pytest

from duragraph_ext.core.eventstore.database import Database
from duragraph_ext.core.eventstore.replay import differences
from duragraph_ext.embedded import read_facts
from tests.support.server import Server
from tests.support.waiting import eventually

GRAPHS = Path(__file__).parent / "graphs" / "langgraph.json"
SHORT = {"DURAGRAPH_LEASE_SECONDS": "2"}
NODES = list("abcde")
ENDED = ("success", "error", "timeout", "interrupted")


class Trial:
    """One run of a fault graph, watched from outside."""

    clients: ClassVar[list[httpx.Client]] = []

    def __init__(self, server: Server, folder: Path, graph: str = "async", hold: str = "") -> None:
        self.server = server
        self.log = folder / f"effects-{uuid4()}"
        self.client = server.client()
        self.clients.append(self.client)
        self.thread = self.client.post("/threads", json={}).json()["thread_id"]
        self.input = {"log": str(self.log), "hold": hold, "trail": []}
        self.graph = graph
        self.run: dict[str, Any] = {}

    def start(self, **more: Any) -> "Trial":
        answer = self.client.post(
            f"/threads/{self.thread}/runs", json={"assistant_id": self.graph, "input": self.input, **more}
        )
        assert answer.status_code < 400, answer.text
        self.run = answer.json()
        return self

    def effects(self) -> Counter[str]:
        if not self.log.exists():
            return Counter()
        return Counter(line.split()[0] for line in self.log.read_text().splitlines())

    def workers_seen(self) -> set[str]:
        return {line.split()[1] for line in self.log.read_text().splitlines()}

    def reached(self, node: str) -> None:
        eventually(lambda: self.effects()[node], 20, f"node {node} to run")

    def release(self) -> None:
        Path(f"{self.log}.go").touch()

    def status(self) -> str:
        try:
            answer = self.client.get(f"/threads/{self.thread}/runs/{self.run['run_id']}")
        except httpx.TransportError:
            return ""
        return str(answer.json()["status"]) if answer.status_code == 200 else ""

    def ended(self, within: float = 30) -> str:
        eventually(lambda: self.status() in ENDED, within, "the end of the run")
        return self.status()

    def events(self) -> list[dict[str, Any]]:
        return list(self.client.get(f"/runs/{self.run['run_id']}/events", params={"limit": 1000}).json())

    def state(self) -> dict[str, Any]:
        return dict(self.client.get(f"/threads/{self.thread}/state").json()["values"])

    def check(self, *, most: int = 2) -> None:
        """State exact, effects per node 1..most, versions dense, one terminal event, thread idle, log = projections."""
        assert self.ended() == "success"
        trail = self.state()["trail"]
        assert sorted(trail) == NODES, trail
        effects = self.effects()
        assert set(effects) == set(NODES)
        assert all(1 <= count <= most for count in effects.values()), effects
        check_events(self.events())
        assert self.client.get(f"/threads/{self.thread}").json()["status"] == "idle"
        assert replay_differences(self.server) == []


def check_events(events: list[dict[str, Any]]) -> None:
    assert [e["version"] for e in events] == list(range(1, len(events) + 1))
    ends = [e for e in events if e["event_type"] in ("run.completed", "run.failed", "run.interrupted", "run.cancelled")]
    assert ends == events[-1:], [e["event_type"] for e in events]


def dsn_of(server: Server) -> str:
    facts = read_facts(server.data_dir)
    assert facts is not None
    return facts.dsn


def replay_differences(server: Server) -> list[str]:
    """What the projections hold that the log does not say."""

    async def compare() -> list[str]:
        db = Database(dsn_of(server), size=2, name="test")
        await db.open()
        try:
            return await differences(db)
        finally:
            await db.close()

    return asyncio.run(compare())


def workers(server: Server) -> list[dict[str, Any]]:
    with server.client() as client:
        return list(client.get("/workers").json())


@pytest.fixture(autouse=True)
def _clients_are_closed() -> Iterator[None]:
    yield
    while Trial.clients:
        Trial.clients.pop().close()


@pytest.fixture
def serve(duragraph_server: Callable[..., Server]) -> Callable[..., Server]:
    """Start a server of the fault graphs with short leases; `env` adds to them."""

    def start(workers: int = 1, env: dict[str, str] | None = None, **more: Any) -> Server:
        return duragraph_server(config=GRAPHS, workers=workers, env=SHORT | (env or {}), **more)

    return start
