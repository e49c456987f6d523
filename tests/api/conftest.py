"""What tests of the API talk to: two servers under a base URL, behind a balancer, that serve the project in graphs/.

Set API_URL (and API_KEY) to put the same questions to another server, e.g. to the reference.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient
from wire.address import Api

from tests.support.acting import ActingWorker
from tests.support.balancer import Balancer
from tests.support.server import Server

BASE_URL = "/user/x/"
"""As JupyterHub would have it."""
GRAPHS = Path(__file__).parent / "graphs"


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two servers that share a data plane, with a worker each."""
    with Server.factory(tmp_path_factory.mktemp("api")) as start:
        yield [start(config=GRAPHS / "langgraph.json", base_url=BASE_URL) for _ in range(2)]


@pytest.fixture(scope="session")
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    """Their API; connections go to them in turn."""
    if url := os.environ.get("API_URL"):
        yield Api(url, os.environ.get("API_KEY", "none"))
        return
    pair: list[Server] = request.getfixturevalue("pair")
    with Balancer.over([server.port for server in pair]) as balancer:
        yield Api(f"http://127.0.0.1:{balancer.port}{BASE_URL}duragraph/api/v1", pair[0].token)


@pytest.fixture(scope="session")
def one_api(request: pytest.FixtureRequest) -> Api:
    """The API of one of them: a change of an assistant may take a second to reach the other."""
    if os.environ.get("API_URL"):
        api: Api = request.getfixturevalue("api")
        return api
    server: Server = request.getfixturevalue("pair")[0]
    return Api(server.api_url, server.token)


@pytest.fixture(scope="session")
def auth_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the same graphs with auth and routes of the project's own: graphs/langgraph.auth.json."""
    folder = tmp_path_factory.mktemp("auth")
    with Server.factory(folder) as start:
        yield start(config=GRAPHS / "langgraph.auth.json", env={"HOUSE_LOG": str(folder / "house.log")})


@pytest.fixture(scope="session")
def auth_api(auth_server: Server) -> Api:
    """Its API, without a key: the programs show their own."""
    return Api(auth_server.api_url, "")


@pytest.fixture(scope="session")
def acted_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without workers, for tests that play the worker themselves; it gives signs of life often."""
    with Server.factory(tmp_path_factory.mktemp("acted")) as start:
        yield start(workers=0, env={"DURAGRAPH_KEEPALIVE_SECONDS": "0.2"})


@pytest.fixture
async def acting(acted_server: Server) -> AsyncIterator[ActingWorker]:
    """A worker of that server that does what the test says."""
    async with ActingWorker.of(acted_server.data_dir) as worker:
        yield worker


@pytest.fixture
async def client(api: Api) -> AsyncIterator[LangGraphClient]:
    """LangGraph's own asynchronous client."""
    async with get_client(url=api.url, api_key=api.key) as client:
        yield client


@pytest.fixture
def sync_client(api: Api) -> Iterator[SyncLangGraphClient]:
    """LangGraph's own synchronous client."""
    with get_sync_client(url=api.url, api_key=api.key) as client:
        yield client


@pytest.fixture
def http(api: Api) -> Iterator[httpx.Client]:
    """A plain client of the API."""
    with httpx.Client(base_url=api.url, headers={"x-api-key": api.key}, timeout=30.0) as client:
        yield client
