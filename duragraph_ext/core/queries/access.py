"""Whether a filter hides a thing: `access` is what the metadata of a visible one contains.

A thing that is not there is not hidden: whoever asks finds out the usual way.
"""

from typing import Any
from uuid import UUID

from ..context import Core
from ..domain.principal import Principal
from ..eventstore.store import sql
from ..jsonx import text


async def is_thread_hidden(core: Core, principal: Principal, thread_id: UUID, access: dict[str, Any]) -> bool:
    """Whether the thread is there and not to be seen."""
    return await _hidden(core, "thread_hidden", (text(access), thread_id, principal.tenant_id, principal.user_id))


async def is_run_hidden(core: Core, principal: Principal, run_id: UUID, access: dict[str, Any]) -> bool:
    """Whether the run is there and its thread not to be seen."""
    return await _hidden(core, "run_hidden", (text(access), run_id, principal.tenant_id, principal.user_id))


async def is_cron_hidden(core: Core, principal: Principal, cron_id: UUID, access: dict[str, Any]) -> bool:
    """Whether the cron is there and not to be seen."""
    return await _hidden(core, "cron_hidden", (text(access), cron_id, principal.tenant_id, principal.user_id))


async def is_assistant_hidden(
    core: Core, principal: Principal, assistant_id: UUID, access: dict[str, Any], *, unless_system: bool = False
) -> bool:
    """Whether the assistant is there and not to be seen; with `unless_system` a graph's own is always seen."""
    return await _hidden(
        core,
        "assistant_hidden",
        (text(access), unless_system, assistant_id, principal.tenant_id, principal.user_id),
    )


async def _hidden(core: Core, name: str, parameters: tuple[Any, ...]) -> bool:
    row = await core.db.fetchone(sql("access", name), parameters)
    return row is not None and bool(row["hidden"])
