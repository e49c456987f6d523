"""The relay backs off and gives up as `spec/outbox/outbox.yml` says, in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from duragraph_ext.core import Core
from duragraph_ext.core.eventstore.outbox import MAX_ATTEMPTS
from duragraph_ext.core.eventstore.store import sql
from duragraph_ext.core.ids import uuid7
from tests.spec.conftest import OpenCore
from tests.spec.documents import load

SPEC = load("outbox/outbox.yml")["relay"]["on_failure"]
INSERT = """
INSERT INTO outbox (id, subject, aggregate_type, payload, tenant_id, owner) VALUES (%s, 's', 'hint', '{}', 't', 'o')
"""
PAUSE = "SELECT attempts, extract(epoch FROM next_retry_at - now())::float8 AS pause FROM outbox"


@pytest.fixture
async def core(open_core: OpenCore) -> AsyncIterator[Core]:
    """A core with a database of its own."""
    async with open_core() as core:
        yield core


async def test_every_failure_waits_as_long_as_specified(core: Core) -> None:
    row = uuid7()
    await core.db.execute(INSERT, (row,))
    pauses = []
    for attempt in range(1, MAX_ATTEMPTS):
        async with core.db.transaction() as connection:  # now() stands still in it
            await connection.execute(sql("outbox", "defer"), ("down", [row]))
            found = await (await connection.execute(PAUSE)).fetchone()
        assert found is not None
        assert found["attempts"] == attempt
        pauses.append(round(found["pause"], 6))
    assert pauses == SPEC["backoff_seconds"]


async def test_a_row_is_buried_after_the_last_attempt(core: Core) -> None:
    row = uuid7()
    await core.db.execute(INSERT, (row,))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await core.outbox.defer([row], f"failure {attempt}")
        assert await core.outbox.backlog() == ((1, 0) if attempt < MAX_ATTEMPTS else (0, 1))
    dead = await core.db.fetchone("SELECT id, last_error, attempts FROM outbox_dead")
    assert dead == {"id": row, "last_error": f"failure {MAX_ATTEMPTS}", "attempts": MAX_ATTEMPTS}
