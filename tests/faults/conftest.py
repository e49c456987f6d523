"""What fault tests share: a server with short leases whose parts are killed under it, and trials that watch runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.harness.history import History
from tests.faults.harness.points import Points
from tests.faults.harness.trial import Trial, settled
from tests.support.server import Server

GRAPHS = Path(__file__).parent / "graphs" / "langgraph.json"
SHORT = {"DURAGRAPH_LEASE_SECONDS": "2"}
SHARED_WORKERS = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=1, help="Seed of whatever fault tests leave to chance.")


@pytest.fixture(autouse=True)
def _clients_are_closed() -> Iterator[None]:
    yield
    Trial.close_all()


@pytest.fixture
def points(tmp_path: Path) -> Points:
    """Failpoints for a server of this test's own."""
    return Points(tmp_path / "points")


@pytest.fixture
def serve(duragraph_server: Callable[..., Server]) -> Callable[..., Server]:
    """Start a server of the fault graphs with short leases; `env` adds to them."""

    def start(workers: int = 1, env: dict[str, str] | None = None, **more: object) -> Server:
        return duragraph_server(config=GRAPHS, workers=workers, env=SHORT | (env or {}), **more)

    return start


@pytest.fixture(scope="session")
def shared_points(tmp_path_factory: pytest.TempPathFactory) -> Points:
    """Failpoints of the shared server."""
    return Points(tmp_path_factory.mktemp("faults") / "points")


@pytest.fixture(scope="session")
def _shared_server(tmp_path_factory: pytest.TempPathFactory, shared_points: Points) -> Iterator[Server]:
    with Server.factory(tmp_path_factory.mktemp("faults-server")) as start:
        yield start(config=GRAPHS, workers=SHARED_WORKERS, env=SHORT | shared_points.environment)


@pytest.fixture
def shared(_shared_server: Server, shared_points: Points) -> Iterator[Server]:
    """One server for all tests that kill its parts and not itself; whole again before each of them."""
    shared_points.clear()
    settled(_shared_server, SHARED_WORKERS)
    yield _shared_server
    shared_points.clear()


@pytest.fixture
def history(tmp_path: Path, request: pytest.FixtureRequest) -> History:
    """A recorder with this session's seed."""
    return History(tmp_path / "history.jsonl", request.config.getoption("--seed"))
