"""Removing crons: alone, or with the thread or assistant that they need."""

from uuid import UUID

from ..domain.principal import Principal
from ..eventstore.store import append, sql
from .transactions import Transaction

CRONS_CHANNEL = "duragraph_cron"
"""LISTEN here to hear that a cron has changed."""


async def delete_crons_of_thread(tx: Transaction, principal: Principal, thread_id: UUID) -> None:
    """Delete the crons of a thread that goes; the caller has locked it."""
    cursor = await tx.connection.execute(sql("crons", "of_thread"), (thread_id, principal.tenant_id, principal.user_id))
    for row in await cursor.fetchall():
        await remove_cron(tx, principal, row["cron_id"], row["version"])


async def delete_crons_of_assistant(tx: Transaction, principal: Principal, assistant_id: UUID) -> None:
    """Delete the crons of an assistant that goes."""
    cursor = await tx.connection.execute(sql("crons", "of_assistant"), (assistant_id, principal.tenant_id))
    for row in await cursor.fetchall():
        await remove_cron(tx, Principal(row["tenant_id"], row["owner"]), row["cron_id"], row["version"])


async def remove_cron(tx: Transaction, principal: Principal, cron_id: UUID, version: int) -> None:
    """Delete a cron that the caller has locked at `version`."""
    appended = await append(tx.connection, principal, "cron", cron_id, version, [("cron.deleted", {})])
    tx.outbox.extend(appended.outbox)
    await tx.connection.execute(sql("crons", "remove"), (appended.at, appended.version, cron_id))
    await tx.connection.execute(sql("crons", "notify"), (CRONS_CHANNEL,))
