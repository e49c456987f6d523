"""Fixtures for tests of the worker."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from duragraph_ext.embedded import Services
from tests.kernel.platform import Platform


@pytest.fixture
async def platform(data_plane: Services, fresh_database: str) -> AsyncIterator[Platform]:
    """Core and waiters on a fresh database; workers are the test's to start."""
    async with Platform.open(data_plane.facts, fresh_database) as platform:
        yield platform
