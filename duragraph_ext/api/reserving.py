"""Idempotency for what is made by id: a key reserves the id, and whoever comes back makes the thing or finds it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from duragraph_ext.core.commands.idempotency import Key, reserve
from duragraph_ext.core.domain.errors import Conflict
from duragraph_ext.core.ids import uuid7

from .base import PlatformHandler
from .run_requests import key_of

Row = Mapping[str, Any]


def scoped_key(handler: PlatformHandler, scope: str, body: BaseModel) -> Key | None:
    """The request's Idempotency-Key, which is its caller's alone; None without one."""
    caller = handler.caller
    return key_of(f"{scope} of {caller.identity}" if caller else scope, handler.idempotency_key, body)


async def make_once(
    handler: PlatformHandler, scope: str, body: BaseModel, id: UUID | None,
    make: Callable[[UUID | None], Awaitable[Row]], find: Callable[[UUID], Awaitable[Row]],
) -> Row:  # fmt: skip
    """Make a thing; with an Idempotency-Key a repeat gets the one of the first request. Raises Conflict."""
    key = scoped_key(handler, scope, body)
    if key is None:
        return await make(id)
    taken = await reserve(handler.core, handler.principal, key, id or uuid7())
    try:
        return await make(taken.ids[0])
    except Conflict:
        found = await find(taken.ids[0])
        if found["created_at"] < taken.since:  # it was there before anybody used this key
            raise
        return found
