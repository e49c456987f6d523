"""Pruning threads: away with them, or with all of their history that the latest state does not need."""

from collections.abc import Iterable
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..domain.pruning import LATEST, Keep, Link, needed
from ..eventstore.arrays import Text
from ..eventstore.store import append, sql
from .expiry import Strategy, Ttl
from .threads import delete_thread
from .transactions import Transaction

DEADLINE = 60.0
"""Seconds that pruning one thread may take: some are long."""


async def prune_threads(core: Core, principal: Principal, thread_ids: Iterable[UUID], strategy: Strategy) -> int:
    """Prune threads, and tell how many were: unknown ones are left out, as are, by `keep_latest`, those with runs."""
    pruned = 0
    for thread_id in dict.fromkeys(thread_ids):
        if strategy == "keep_latest":
            pruned += await keep_latest(core, principal, thread_id)
            continue
        try:
            await delete_thread(core, principal, thread_id)
        except NotFound:
            continue
        pruned += 1
    return pruned


async def keep_latest(core: Core, principal: Principal, thread_id: UUID) -> bool:
    """Drop what the latest state of a thread does not need; False for an unknown thread or one with runs."""
    async with Transaction(core, DEADLINE) as tx:
        owner = (thread_id, principal.tenant_id, principal.user_id)
        row = await (await tx.connection.execute(sql("pruning", "lock"), owner)).fetchone()
        if row is None or row["active_run_id"] is not None or row["queued"]:
            return False
        await shorten_history(tx.connection, thread_id, LATEST)
        renewal = await (await tx.connection.execute(sql("pruning", "renewal"), (thread_id,))).fetchone()
        minutes = renewal["minutes"] if renewal else None
        expires_at = Ttl(minutes).from_now() if minutes is not None else None
        appended = await append(
            tx.connection, principal, "thread", thread_id, row["version"],
            [("thread.pruned", {"expires_at": expires_at})],
        )  # fmt: skip
        tx.outbox.extend(appended.outbox)
        await tx.connection.execute(sql("pruning", "note"), (expires_at, appended.version, appended.at, thread_id))
        return True


async def shorten_history(connection: AsyncConnection[DictRow], thread_id: UUID, keep: Keep) -> int:
    """Drop the checkpoints of a locked thread that nothing kept needs; how many."""
    thread = str(thread_id)
    links = await (await connection.execute(sql("pruning", "links"), (thread,))).fetchall()
    kept = sorted(needed([Link(**link) for link in links], keep))
    if len(kept) < len(links):
        columns = (Text([ns for ns, _ in kept]), Text([checkpoint_id for _, checkpoint_id in kept]))
        await connection.execute(sql("pruning", "drop_checkpoints"), (*columns, *[thread] * 4))
        await connection.execute(sql("pruning", "drop_values"), [thread] * 3)
    return len(links) - len(kept)
