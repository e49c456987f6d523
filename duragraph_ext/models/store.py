"""The store: what is remembered across threads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from .base import MAX_INT, Answer, Body, JsonObject, Offset, Query

Labels = list[str]
"""A namespace: a path of labels."""
Page = Annotated[int, Field(ge=0, le=MAX_INT)]
Minutes = Annotated[float, Field(gt=0, le=MAX_INT)]


def _index(value: Any) -> Any:
    if value in (None, []) or value is False:
        return value
    if isinstance(value, list) and all(isinstance(path, str) and path for path in value):
        return value
    raise ValueError("must be false, a list of paths or null")


Index = Annotated[bool | list[str] | None, BeforeValidator(_index)]


class ItemPut(Body):
    """`index`: false embeds nothing, a list names the paths to embed, null takes the store's fields.

    Without `ttl` an item lives as long as the store says, with null for ever.
    """

    namespace: Labels
    key: str
    value: JsonObject
    index: Index = None
    ttl: Minutes | None = None


class ItemDelete(Body):
    namespace: Labels = Field(default_factory=list)
    key: str


class ItemQuery(Query):
    """`namespace` is joined by dots."""

    namespace: str
    key: str
    refresh_ttl: bool | None = None


class ItemSearch(Body):
    namespace_prefix: Labels | None = None
    filter: JsonObject | None = None
    limit: Page = 10
    offset: Offset = 0
    query: str | None = None
    refresh_ttl: bool | None = None


class NamespaceSearch(Body):
    prefix: Labels = Field(default_factory=list)
    suffix: Labels = Field(default_factory=list)
    max_depth: Annotated[int, Field(ge=1, le=MAX_INT)] = MAX_INT
    limit: Page = 100
    offset: Offset = 0


class Item(Answer):
    """One thing remembered."""

    namespace: list[str]
    key: str
    value: JsonObject
    created_at: datetime
    updated_at: datetime


class ItemFound(Item):
    """`score` tells how near in meaning to the query it is, at most 1; null without one."""

    score: float | None


class ItemsFound(Answer):
    items: list[ItemFound]


class NamespacesFound(Answer):
    namespaces: list[list[str]]
