"""Idempotency keys: a repeat of a request finds what the first one made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import Conflict
from ..domain.principal import Principal
from ..eventstore.store import sql


@dataclass(frozen=True, slots=True)
class Key:
    """A key as a client sent it: on which route (`scope`), and with which body."""

    scope: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a key stands for; `fresh` when it was ours to take."""

    ids: Sequence[UUID]
    since: datetime
    fresh: bool


async def take_key(
    connection: AsyncConnection[DictRow], principal: Principal, key: Key, ids: Sequence[UUID]
) -> Taken:  # fmt: skip
    """Let a key name `ids`, or find what it names. Raises Conflict when it was used with another body."""
    identity = _identity(principal, key)
    cursor = await connection.execute(sql("keys", "take"), (*identity, key.body_hash, list(ids)))
    row = await cursor.fetchone()
    if row is not None:
        return Taken(ids, row["created_at"], True)
    row = await (await connection.execute(sql("keys", "read"), identity)).fetchone()
    if row is None or row["body_hash"] != key.body_hash:
        raise Conflict("this Idempotency-Key was used with another body")
    return Taken(row["ids"], row["created_at"], False)


async def is_taken(core: Core, principal: Principal, key: Key) -> bool:
    """Whether a key stands for something, with whatever body."""
    return await core.db.fetchone(sql("keys", "read"), _identity(principal, key)) is not None


async def reserve(core: Core, principal: Principal, key: Key, id: UUID) -> Taken:
    """Let a key name the id of something about to be made, so that whoever comes back makes or finds it.

    Raises Conflict.
    """
    async with core.db.connection() as connection:
        return await take_key(connection, principal, key, [id])


def _identity(principal: Principal, key: Key) -> tuple[str, str, str, str]:
    return principal.tenant_id, principal.user_id, key.scope, key.key
