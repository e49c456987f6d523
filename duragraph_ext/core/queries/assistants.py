"""Assistants, read."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.store import sql
from ..ids import graph_assistant_id
from ..jsonx import parse, text
from ..messaging.asking import ask
from .graphs import FRESH, graph_definition, graph_ids

SORT_KEYS = ("assistant_id", "created_at", "updated_at", "name", "graph_id")


@dataclass(frozen=True, slots=True)
class AssistantFilter:
    """A search; `sort_by` is one of SORT_KEYS, `access` what the metadata of visible assistants contains."""

    metadata: dict[str, Any] = field(default_factory=dict)
    graph_id: str | None = None
    name: str | None = None
    limit: int = 10
    offset: int = 0
    sort_by: str = "created_at"
    sort_order: str = "desc"
    access: dict[str, Any] = field(default_factory=dict)


def as_uuid(value: str) -> UUID | None:
    """A UUID in its usual spelling, or None."""
    try:
        return UUID(value)
    except ValueError:
        return None


async def resolve_assistant(core: Core, principal: Principal, name: str) -> DictRow:
    """The assistant that a run names, by id or graph; remembered for FRESH seconds. Raises NotFound.

    The kind of the error is `assistant` for an unknown id, `graph` for an unknown name.
    """
    key = ("assistant", principal.tenant_id, principal.user_id, name)
    cached = core.memory.get(key)
    if cached is not None and cached[0] > time.monotonic():
        return cached[1]  # type: ignore[no-any-return]
    assistant_id = as_uuid(name)
    row = await _one(core, principal, assistant_id or graph_assistant_id(name))
    if row is None:
        raise NotFound("assistant" if assistant_id else "graph", name)
    core.memory[key] = (time.monotonic() + FRESH, row)
    return row


def forget_assistants(core: Core) -> None:
    """Drop what this process remembers of assistants: one has changed."""
    for key in [key for key in core.memory if key[0] == "assistant"]:
        del core.memory[key]


async def _one(core: Core, principal: Principal, assistant_id: UUID) -> DictRow | None:
    return await core.db.fetchone(sql("assistants", "one"), (assistant_id, principal.tenant_id, principal.user_id))


async def get_assistant(core: Core, principal: Principal, assistant_id: UUID) -> DictRow:
    """One assistant. Raises NotFound."""
    row = await _one(core, principal, assistant_id)
    if row is None:
        raise NotFound("assistant", assistant_id)
    return row


def _parameters(principal: Principal, wanted: AssistantFilter) -> dict[str, Any]:
    return {
        "tenant": principal.tenant_id, "owner": principal.user_id, "metadata": text(wanted.metadata),
        "graph_id": wanted.graph_id, "name": wanted.name, "access": text(wanted.access),
        "limit": wanted.limit, "offset": wanted.offset,
    }  # fmt: skip


async def search_assistants(core: Core, principal: Principal, wanted: AssistantFilter) -> list[DictRow]:
    """Assistants that match, sorted."""
    if wanted.sort_by not in SORT_KEYS or wanted.sort_order not in ("asc", "desc"):
        raise ValueError(f"cannot sort by {wanted.sort_by} {wanted.sort_order}")
    statement = sql("assistants", "filtered").replace("{order}", f"{wanted.sort_by} {wanted.sort_order}")
    return await core.db.fetch(statement, _parameters(principal, wanted))


async def count_assistants(core: Core, principal: Principal, wanted: AssistantFilter) -> int:
    """How many assistants match."""
    row = await core.db.fetchone(sql("assistants", "counted"), _parameters(principal, wanted))
    return int(row["n"]) if row else 0


async def assistant_versions(
    core: Core, principal: Principal, assistant_id: UUID, metadata: dict[str, Any], limit: int, offset: int
) -> list[DictRow]:
    """An assistant's versions, newest first. Raises NotFound."""
    await get_assistant(core, principal, assistant_id)
    return await core.db.fetch(
        sql("assistants", "versions"), (assistant_id, principal.tenant_id, text(metadata), limit, offset)
    )


async def assistant_definition(core: Core, principal: Principal, name: str) -> tuple[str, dict[str, Any]]:
    """The graph id and definition behind an assistant id or graph name.

    That of a graph which its configuration makes is asked of a worker when the assistant has a configuration.
    Raises NotFound, and what `ask` raises.
    """
    assistant = await resolve_assistant(core, principal, name)
    graph_id = assistant["graph_id"]
    definition = await graph_definition(core, principal.tenant_id, graph_id)
    config = parse(assistant["config"])
    if definition.get("made_by_factory") and config.get("configurable"):
        return graph_id, await ask(core, principal.tenant_id, graph_id, "describe", {"config": config})
    return graph_id, definition


__all__ = [
    "AssistantFilter", "as_uuid", "assistant_definition", "assistant_versions", "count_assistants",
    "forget_assistants", "get_assistant", "graph_ids", "resolve_assistant", "search_assistants",
]  # fmt: skip
