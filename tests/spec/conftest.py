"""A core on a fresh database, for what only real parts can tell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.embedded import Services

OpenCore: TypeAlias = Callable[[], AbstractAsyncContextManager[Core]]


@pytest.fixture
def open_core(fresh_database: str, data_plane: Services) -> OpenCore:
    """Opens a core on this test's own database, inside the test's loop."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Core]:
        facts = data_plane.facts
        core = await Core.open(
            CoreConfig(fresh_database, facts.nats_url, str(facts.nats_token_file), name="spec", pool_size=2)
        )
        try:
            yield core
        finally:
            await core.close()

    return opened
