"""Writing to the store: putting, deleting and expiring items."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...telemetry import metrics
from ..context import Core
from ..domain.errors import Fenced
from ..domain.items import Fence, checked_key, joined, joined_for_item
from ..domain.principal import Principal
from ..embedding import literal, texts_of
from ..eventstore.arrays import Float, Int, Text, Uuid
from ..eventstore.batch import Batch
from ..eventstore.raw import fetch_prepared
from ..eventstore.statements import statement

EXPIRE_BATCH = 1000


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """An item to be, or one to go when `json` is None.

    `value` is what `json` says; `index` is False (not embedded), the paths to embed, or None for the settings'
    fields; `ttl` in minutes, None for ever.
    """

    namespace: Sequence[str]
    key: str
    value: Any = None
    json: str | None = None
    index: Sequence[str] | bool | None = None
    ttl: float | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    principal: Principal
    namespace: str
    key: str
    json: str | None
    ttl: float | None
    vectors: Sequence[str]
    embedded_by: str
    fence: Fence | None


async def write_items(
    core: Core, principal: Principal, writes: Sequence[ItemWrite], fence: Fence | None = None
) -> None:
    """Put and delete items; each lands whole. Raises Invalid, and Fenced when the fence's attempt lost its run."""
    names = [_names(write) for write in writes]
    vectors = await _vectors(core, writes)
    embedded_by = core.embedder.settings.embedded_by if core.embedder is not None else ""
    rows = [
        _Row(principal, *name, write.json, write.ttl, found, embedded_by, fence)
        for write, name, found in zip(writes, names, vectors, strict=True)
    ]
    stands = await asyncio.gather(*map(_batch(core), rows))
    if not all(stands):
        assert fence is not None
        raise Fenced(str(fence.run_id))
    deleted = sum(row.json is None for row in rows)
    metrics.store_operations.labels("put").inc(len(rows) - deleted)
    metrics.store_operations.labels("delete").inc(deleted)


async def expire_items(core: Core) -> int:
    """Delete some of the items that have outlived their time; how many."""
    expired = await core.db.execute(statement("items", "expire"), (EXPIRE_BATCH,))
    metrics.store_expired.inc(expired)
    return expired


def _names(write: ItemWrite) -> tuple[str, str]:
    namespace = joined(write.namespace) if write.json is None else joined_for_item(write.namespace)
    return namespace, checked_key(write.key)


async def _vectors(core: Core, writes: Sequence[ItemWrite]) -> list[Sequence[str]]:
    """Per write the vectors of its texts, embedded together."""
    embedder = core.embedder
    if embedder is None:
        return [()] * len(writes)
    settings = embedder.settings
    texts = [texts_of(write.value, write.index, settings) if write.json is not None else [] for write in writes]
    flat = [text for own in texts for text in own]
    made = iter(await embedder.documents(flat) if flat else ())
    return [[literal(next(made)) for _ in own] for own in texts]


def _batch(core: Core) -> Batch[_Row, bool]:
    if "write_items" not in core.batches:

        async def work(rows: list[_Row]) -> Sequence[bool]:
            parts = [(n, part, row, vector) for n, row in enumerate(rows) for part, vector in enumerate(row.vectors)]
            columns = (
                Int(range(len(rows))),
                Text([row.principal.tenant_id for row in rows]),
                Text([row.principal.user_id for row in rows]),
                Text([row.namespace for row in rows]),
                Text([row.key for row in rows]),
                Text([row.json for row in rows]),
                Float([row.ttl for row in rows]),
                Int([len(row.vectors) for row in rows]),
                Uuid([row.fence.run_id if row.fence else None for row in rows]),
                Int([row.fence.epoch if row.fence else None for row in rows]),
                Int([n for n, _, _, _ in parts]),
                Int([part for _, part, _, _ in parts]),
                Text([row.embedded_by for _, _, row, _ in parts]),
                Text([vector for _, _, _, vector in parts]),
            )
            async with core.hot.connection() as connection:
                answers = await fetch_prepared(connection, statement("items", "put"), columns)
            stands = {answer["n"] for answer in answers}
            return [n in stands for n in range(len(rows))]

        core.batches["write_items"] = Batch(
            "write_items", work, key=lambda row: (row.principal, row.namespace, row.key)
        )
    return core.batches["write_items"]
