"""A server without workers, whose one worker the tests play themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.acting import ActingWorker
from tests.support.server import Server


@pytest.fixture(scope="session")
def server(acted_server: Server) -> Server:
    return acted_server


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=20) as client:
        yield client


@pytest.fixture
def worker(acting: ActingWorker) -> ActingWorker:
    return acting
