"""Graphs as their workers described them."""

import time
from typing import Any

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.store import sql
from ..jsonx import parse

FRESH = 1.0
"""Seconds that a definition is remembered: another process may have changed it."""


async def graph_definition(core: Core, tenant_id: str, graph_id: str) -> dict[str, Any]:
    """The whole definition of a graph, remembered for FRESH seconds. Raises NotFound."""
    cached = core.memory.get(("graph", tenant_id, graph_id))
    if cached is not None and cached[0] > time.monotonic():
        return cached[1]  # type: ignore[no-any-return]
    row = await core.db.fetchone(sql("graphs", "one"), (tenant_id, graph_id))
    if row is None:
        raise NotFound("graph", graph_id)
    unchanged = cached is not None and cached[2] == row["version"]
    definition = cached[1] if cached is not None and unchanged else parse(row["definition"])
    core.memory[("graph", tenant_id, graph_id)] = (time.monotonic() + FRESH, definition, row["version"])
    return definition  # type: ignore[no-any-return]


async def graph_info(core: Core, tenant_id: str, graph_id: str) -> dict[str, Any]:
    """What the read model must know of a graph: channels, order, defaults, subgraphs. {} for a broken graph."""
    return (await graph_definition(core, tenant_id, graph_id)).get("info", {})  # type: ignore[no-any-return]


async def list_graphs(core: Core, principal: Principal) -> list[dict[str, Any]]:
    """Every graph with its source hash, what is broken in it, and how many workers serve it now."""
    rows = await core.db.fetch(sql("graphs", "listing"), (principal.tenant_id,))
    counts = await core.db.fetch(sql("workers", "graph_workers"), (principal.tenant_id,))
    serving = {row["graph_id"]: row["workers"] for row in counts}
    return [
        {
            "graph_id": row["graph_id"],
            "source_hash": row["source_hash"],
            "broken": row["error"],
            "workers": serving.get(row["graph_id"], 0),
            "updated_at": row["updated_at"],
        }
        for row in rows
    ]


async def graph_ids(core: Core, principal: Principal) -> list[str]:
    """The graphs that import, by name."""
    rows = await core.db.fetch(sql("graphs", "listing"), (principal.tenant_id,))
    return [row["graph_id"] for row in rows if row["error"] is None]
