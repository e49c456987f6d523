"""What becomes of a webhook's delivery: tried again, sent, or given up; the log tells of the end."""

from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.principal import Principal
from ..eventstore.store import NO_STREAM, append, sql
from .transactions import Transaction


async def ripen_deliveries(core: Core) -> int:
    """Make those due whose run has ended; how many there were."""
    return await core.db.execute(sql("webhooks", "ripen"))


async def claim_deliveries(core: Core, limit: int, per_host: int, busy: list[str], lease: float) -> list[DictRow]:
    """Deliveries whose time has come; each counts as tried and is this caller's for `lease` seconds."""
    values = {"limit": limit, "per_host": per_host, "busy": busy, "lease": lease}
    async with core.db.connection() as connection:
        return await (await connection.execute(sql("webhooks", "claim"), values)).fetchall()


async def keep_body(core: Core, delivery: DictRow, body: bytes) -> None:
    """Keep the bytes of the first try for those after it."""
    await core.db.execute(sql("webhooks", "keep_body"), (body, *_identity(delivery)))


async def put_off(core: Core, delivery: DictRow, error: str, pause: float) -> None:
    """Say why a try failed; another follows after about `pause` seconds."""
    await core.db.execute(sql("webhooks", "put_off"), (error, pause, *_identity(delivery)))


async def mark_sent(core: Core, delivery: DictRow, status_code: int) -> None:
    """End a delivery that was accepted."""
    await _finish(core, delivery, "sent", None, "webhook.sent", {"status_code": status_code})


async def mark_dead(core: Core, delivery: DictRow, error: str) -> None:
    """Give a delivery up."""
    await _finish(core, delivery, "dead", error, "webhook.failed", {"error": error})


async def _finish(
    core: Core, delivery: DictRow, status: str, error: str | None, event: str, more: dict[str, Any]
) -> None:
    principal = Principal(delivery["tenant_id"], delivery["owner"])
    async with Transaction(core) as tx:
        cursor = await tx.connection.execute(sql("webhooks", "finish"), (status, error, *_identity(delivery)))
        if await cursor.fetchone() is None:
            return
        body = {
            "run_id": delivery["run_id"], "origin": delivery["host"], "attempts": delivery["attempts"], **more,
        }  # fmt: skip
        appended = await append(
            tx.connection, principal, "webhook", delivery["delivery_id"], NO_STREAM, [(event, body)]
        )
        tx.outbox.extend(appended.outbox)


def _identity(delivery: DictRow) -> tuple[UUID, str, str]:
    return delivery["delivery_id"], delivery["tenant_id"], delivery["owner"]
