"""When threads expire: their own time to live, and the project's default."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from ..context import Core
from ..domain.principal import Principal
from ..eventstore.store import append, sql
from .transactions import Transaction

Strategy = Literal["delete", "keep_latest"]


@dataclass(frozen=True, slots=True)
class Ttl:
    """`delete` removes the thread after so many minutes; `keep_latest` prunes it, again and again."""

    minutes: float
    strategy: Strategy = "delete"

    def from_now(self) -> datetime:
        """The moment at which it is over."""
        return datetime.now(UTC) + timedelta(minutes=self.minutes)


async def set_ttl_in(tx: Transaction, principal: Principal, thread_id: UUID, version: int, ttl: Ttl) -> None:
    """Set when a thread expires, counted from now; the caller has locked it at `version`."""
    expires_at = ttl.from_now()
    payload = {"strategy": ttl.strategy, "ttl_minutes": ttl.minutes, "expires_at": expires_at}
    appended = await append(tx.connection, principal, "thread", thread_id, version, [("thread.ttl_set", payload)])
    tx.outbox.extend(appended.outbox)
    await tx.connection.execute(
        sql("expiry", "set_ttl"),
        (ttl.strategy, ttl.minutes, expires_at, appended.version, appended.at, thread_id),
    )


async def set_default_ttl(core: Core, principal: Principal, ttl: Ttl | None) -> None:
    """Give threads that are created from now on this time to live, if they have none of their own; None ends it."""
    if ttl is None:
        await core.db.execute(sql("expiry", "drop_default"), (principal.tenant_id,))
        return
    await core.db.execute(
        sql("expiry", "set_default"), (principal.tenant_id, principal.user_id, ttl.strategy, ttl.minutes)
    )
