"""The store: items that outlive threads, by name, by filter and by meaning."""

from __future__ import annotations

from duragraph_ext.core.commands.items import ItemWrite, write_items
from duragraph_ext.core.domain.items import joined_for_item, split
from duragraph_ext.core.domain.values import stored_json
from duragraph_ext.core.queries import items
from duragraph_ext.models import (
    Item,
    ItemDelete,
    ItemPut,
    ItemQuery,
    ItemSearch,
    ItemsFound,
    NamespaceSearch,
    NamespacesFound,
)

from .base import PlatformHandler
from .operation import operation

DEFAULT_LIMIT = 10


class Items(PlatformHandler):
    """/store/items"""

    @operation("Get an item; null if there is none", auth="store.get", query=ItemQuery, answer=Item | None)
    async def get(self, query: ItemQuery) -> None:
        found = await items.get_item(
            self.core, self.principal, split(query.namespace), query.key, refresh_ttl=query.refresh_ttl
        )
        self.answer(found)

    @operation("Put an item", auth="store.put", body=ItemPut, medium="none", status=204)
    async def put(self, body: ItemPut) -> None:
        joined_for_item(body.namespace)
        ttl = body.ttl if "ttl" in body.model_fields_set else self.core.config.store.default_ttl
        write = ItemWrite(body.namespace, body.key, body.value, stored_json(body.value, "value"), body.index, ttl)
        await write_items(self.core, self.principal, [write])
        self.nothing()

    @operation(
        "Delete an item; one that is not there is deleted too",
        auth="store.delete",
        body=ItemDelete,
        medium="none",
        status=204,
    )
    async def delete(self, body: ItemDelete) -> None:
        await write_items(self.core, self.principal, [ItemWrite(body.namespace, body.key)])
        self.nothing()


class ItemsSearch(PlatformHandler):
    """POST /store/items/search"""

    @operation(
        "Search items, the latest or the nearest in meaning first",
        auth="store.search",
        body=ItemSearch,
        answer=ItemsFound,
        reads=True,
        errors=(503,),
    )
    async def post(self, body: ItemSearch) -> None:
        wanted = items.ItemSearch(
            prefix=body.namespace_prefix or (),
            filter=body.filter,
            query=body.query,
            limit=body.limit or DEFAULT_LIMIT,
            offset=body.offset,
            refresh_ttl=body.refresh_ttl,
        )
        self.answer({"items": await items.search_items(self.core, self.principal, wanted)})


class Namespaces(PlatformHandler):
    """POST /store/namespaces"""

    @operation(
        "List namespaces", auth="store.list_namespaces", body=NamespaceSearch, answer=NamespacesFound, reads=True
    )
    async def post(self, body: NamespaceSearch) -> None:
        wanted = items.NamespaceSearch(
            prefixes=[body.prefix] if body.prefix else (),
            suffixes=[body.suffix] if body.suffix else (),
            max_depth=body.max_depth,
            limit=body.limit,
            offset=body.offset,
        )
        self.answer({"namespaces": await items.list_namespaces(self.core, self.principal, wanted)})
