"""Appending messages to a thread: a change of its state, as if a run had been given them as input."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ..context import Core
from ..domain.errors import Invalid
from ..domain.principal import Principal
from ..jsonx import dumps, parse
from ..queries.graphs import graph_info
from ..queries.state import get_state
from ..queries.threads import get_thread_row
from .stateasking import update_state
from .threadstate import graph_of

CHANNEL = "messages"
INPUT = "__start__"
"""As whom LangGraph writes a run's input."""
Messages = list[dict[str, Any]]


async def append_messages(
    core: Core, principal: Principal, thread_id: UUID, messages: Sequence[Mapping[str, Any]]
) -> tuple[str, Messages]:
    """Append messages, each with an id of its own; the checkpoint and the messages as they are kept.

    If the latest state has them already, as after a repeated request, nothing is written. Raises as `update_state`,
    and Invalid for a thread whose graph keeps no messages.
    """
    graph_id = graph_of(await get_thread_row(core, principal, thread_id))
    keys = (await graph_info(core, principal.tenant_id, graph_id)).get("keys", [])
    if isinstance(keys, str) or CHANNEL not in keys:
        has = "has no fields" if isinstance(keys, str) else f"has {', '.join(sorted(keys))}"
        raise Invalid(CHANNEL, f"the graph {graph_id!r} keeps none: its state {has}")
    ids = [message["id"] for message in messages]
    kept = await _kept(core, principal, thread_id, ids)
    if kept is None:
        update = {"values": {CHANNEL: list(messages)}, "as_node": INPUT}
        await update_state(core, principal, thread_id, [[update]])
        kept = await _kept(core, principal, thread_id, ids)
    if kept is None:
        raise Invalid(CHANNEL, f"the graph {graph_id!r} did not keep them")
    return kept


async def _kept(core: Core, principal: Principal, thread_id: UUID, ids: Sequence[str]) -> tuple[str, Messages] | None:
    state = parse(dumps(await get_state(core, principal, thread_id)))
    values = state["values"]
    known = values.get(CHANNEL) if isinstance(values, dict) else None
    found = {each.get("id"): each for each in known or () if isinstance(each, dict)}
    if not all(id in found for id in ids):
        return None
    return state["checkpoint_id"] or state["checkpoint"]["checkpoint_id"], [found[id] for id in ids]
