"""Changing a thread's state through a worker, which alone has the graph that says what a change means."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import Conflict, NotFound
from ..domain.principal import Principal
from ..ids import uuid7
from ..messaging.asking import ask
from ..queries.graphs import graph_definition
from ..queries.threads import get_thread_row
from .threads import NewThread, update_thread
from .threadstate import graph_of

Updates = Sequence[Mapping[str, Any]]
"""Writes of one superstep: each {values | command, as_node}."""


async def update_state(
    core: Core,
    principal: Principal,
    thread_id: UUID,
    supersteps: Sequence[Updates],
    checkpoint: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write a thread's state as its nodes would, after its latest checkpoint or after `checkpoint`; the new one.

    Raises NotFound, Conflict while the thread has runs, GraphError for what the graph refuses, Invalid for values that
    cannot be stored, Unavailable without a worker.
    """
    graph_id = graph_of(await get_thread_row(core, principal, thread_id))
    await graph_definition(core, principal.tenant_id, graph_id)
    return await _ask(core, principal, graph_id, thread_id, supersteps, checkpoint=checkpoint)


async def create_with_state(core: Core, principal: Principal, new: NewThread, supersteps: Sequence[Updates]) -> DictRow:
    """Create a thread together with its first state: both or neither. Raises as `update_state`, and Conflict."""
    thread_id = new.thread_id or uuid7()
    row = {"thread_id": thread_id, "metadata": new.metadata, "graph_id": None}
    exists = False
    try:
        row = await get_thread_row(core, principal, thread_id)
        exists = True
    except NotFound:
        pass
    if exists and new.if_exists != "do_nothing":
        raise Conflict(f"Thread with ID {thread_id} already exists")
    graph_id = graph_of(row)
    await graph_definition(core, principal.tenant_id, graph_id)
    create = None if exists else {"metadata": new.metadata}
    await _ask(core, principal, graph_id, thread_id, supersteps, create=create)
    if new.ttl is not None and not exists:
        return await update_thread(core, principal, thread_id, {}, new.ttl)
    return await get_thread_row(core, principal, thread_id)


async def _ask(
    core: Core,
    principal: Principal,
    graph_id: str,
    thread_id: UUID,
    supersteps: Sequence[Updates],
    *,
    checkpoint: Mapping[str, Any] | None = None,
    create: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    body = {
        "owner": principal.user_id, "thread_id": thread_id, "supersteps": supersteps, "checkpoint": checkpoint,
        "create": create,
    }  # fmt: skip
    return await ask(core, principal.tenant_id, graph_id, "update_state", body)
