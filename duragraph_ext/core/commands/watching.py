"""Following threads: what workers must know of it."""

from uuid import UUID

from ..context import Core
from ..domain.principal import Principal
from ..eventstore.store import sql


async def watch_thread(core: Core, principal: Principal, thread_id: UUID, seconds: float) -> None:
    """Have workers make frames of every run of a thread that they claim within `seconds`."""
    await core.db.execute(sql("watching", "watch"), (seconds, thread_id, principal.tenant_id, principal.user_id))
