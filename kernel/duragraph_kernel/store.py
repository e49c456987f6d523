"""LangGraph's BaseStore over the core's store: the run owner's items, and no write of a worker that lost the run.

Sync nodes wait in their own thread for the worker's loop; concurrent calls of all runs share statements.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import orjson
from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    TTLConfig,
    validate_op_namespace,
)

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.commands.items import ItemWrite, write_items
from duragraph_ext.core.domain.errors import Invalid
from duragraph_ext.core.domain.items import Fence
from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.core.domain.values import refuse_lossy
from duragraph_ext.core.queries import items

from .jsontext import Unstorable, dumps


class RunStore(BaseStore):
    """What `get_store()` gives in a node; light, one a run."""

    supports_ttl = True
    __slots__ = ("_core", "_fence", "_loop", "_principal", "ttl_config")

    def __init__(self, core: Core, principal: Principal, fence: Fence) -> None:
        self._core, self._principal, self._fence = core, principal, fence
        self._loop = asyncio.get_running_loop()
        settings = core.config.store
        self.ttl_config = TTLConfig(default_ttl=settings.default_ttl, refresh_on_read=settings.refresh_on_read)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Execute ops from a sync node. Raises InvalidStateError on the worker's own loop, where it could only wait."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self._loop:
            raise asyncio.InvalidStateError(
                "an async node must use the store's async methods: `await store.aget(…)`, not `store.get(…)`"
            )
        return asyncio.run_coroutine_threadsafe(self.abatch(ops), self._loop).result()

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Execute ops: reads see what stood before, of puts to one name the last counts."""
        ops = list(ops)
        for op in ops:
            validate_op_namespace(op)
        if asyncio.get_running_loop() is not self._loop:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self.abatch(ops), self._loop))
        puts = {(op.namespace, op.key): op for op in ops if isinstance(op, PutOp)}
        writes = [_write(op) for op in puts.values()]
        results = await asyncio.gather(*(self._read(op) for op in ops))
        if writes:
            await write_items(self._core, self._principal, writes, self._fence)
        return list(results)

    async def _read(self, op: Op) -> Result:
        core, principal, fence = self._core, self._principal, self._fence
        if isinstance(op, GetOp):
            found = await items.get_item(core, principal, op.namespace, op.key, refresh_ttl=op.refresh_ttl, fence=fence)
            return None if found is None else Item(**_parsed(found))
        if isinstance(op, SearchOp):
            wanted = items.ItemSearch(op.namespace_prefix, op.filter, op.query, op.limit, op.offset, op.refresh_ttl)
            rows = await items.search_items(core, principal, wanted, fence)
            return [SearchItem(**_parsed(row)) for row in rows]
        if isinstance(op, ListNamespacesOp):
            paths: dict[str, list[Sequence[str]]] = {"prefix": [], "suffix": []}
            for condition in op.match_conditions or ():
                paths[condition.match_type].append(cast(Sequence[str], condition.path))
            asked = items.NamespaceSearch(paths["prefix"], paths["suffix"], op.max_depth, op.limit, op.offset)
            return [tuple(labels) for labels in await items.list_namespaces(core, principal, asked)]
        return None


def _write(op: PutOp) -> ItemWrite:
    """A put or delete, its value as JSON. Raises Unstorable or Invalid for what cannot be kept."""
    if op.value is None:
        return ItemWrite(op.namespace, op.key)
    if not isinstance(op.value, Mapping):
        raise Invalid("value", f"must be a dict, not {type(op.value).__name__}")
    value = dict(op.value)
    try:
        json = dumps(value)
    except Unstorable as error:
        raise Unstorable(f"the item {op.key!r} cannot be stored: {error}") from None
    refuse_lossy(value, json, "value")
    return ItemWrite(op.namespace, op.key, orjson.loads(json), json, op.index, op.ttl)


def _parsed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "namespace": tuple(row["namespace"]), "value": jsonx.parse(row["value"])}
