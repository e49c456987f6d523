"""One server for all tests of the magics: it outlives what they do to its worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server

GRAPHS = Path(__file__).parents[1] / "api" / "graphs" / "langgraph.json"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the API's test graphs and one worker."""
    with Server.factory(tmp_path_factory.mktemp("magics")) as start:
        yield start(config=GRAPHS, workers=1)


@pytest.fixture(scope="package")
def environment(server: Server) -> dict[str, str]:
    """The environment of a kernel that finds the server."""
    return {
        **os.environ,
        "DURAGRAPH_URL": server.url,
        "DURAGRAPH_TOKEN": server.token,
        "DURAGRAPH_DATA_DIR": str(server.data_dir),
    }
