"""A Core on a database of its own, a graph defined in it, and a worker with a lease."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.workers import GraphDefinition, Worker, define_graph, register_worker
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.eventstore.replay import differences
from duragraph_ext.embedded import Services
from tests.support.waiting import soon


@pytest.fixture
async def core(fresh_database: str, data_plane: Services) -> AsyncIterator[Core]:
    facts = data_plane.facts
    opened = await Core.open(CoreConfig(fresh_database, facts.nats_url, facts.nats_token_file, name="test"))
    await define_graph(opened, LOCAL, GraphDefinition("g", "hash", {"info": {}}))
    yield opened
    await opened.close()


@pytest.fixture
async def worker_id(core: Core) -> UUID:
    worker = Worker(uuid4(), "w", "host", 1, None, None, ["g"], 16, 30)
    await register_worker(core, worker)
    return worker.worker_id


@pytest.fixture(autouse=True)
async def _log_agrees(core: Core) -> AsyncIterator[None]:
    """After every test the log, replayed, gives exactly the projections."""
    yield
    waiting = "SELECT 1 FROM threads WHERE active_run_id IS NULL AND queued > 0"

    async def promoted() -> bool:
        return not await core.db.fetch(waiting)

    await soon(promoted)
    assert await differences(core.db) == []
