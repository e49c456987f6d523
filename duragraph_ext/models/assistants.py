"""Assistants: configured instances of a graph."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from .base import MAX_INT, Answer, Body, Config, JsonObject, Limit, Offset, Query, SortOrder, Uuid

AssistantField = Literal[
    "assistant_id",
    "graph_id",
    "name",
    "description",
    "config",
    "context",
    "created_at",
    "updated_at",
    "metadata",
    "version",
]


class AssistantCreate(Body):
    graph_id: str
    assistant_id: Uuid | None = None
    config: Config = Field(default_factory=Config)
    context: JsonObject = Field(default_factory=dict)
    metadata: JsonObject = Field(default_factory=dict)
    if_exists: Literal["raise", "do_nothing"] = "raise"
    name: str = "Untitled"
    description: str | None = None


class AssistantPatch(Body):
    """Only what is given changes; every patch makes a version."""

    graph_id: str | None = None
    config: Config | None = None
    context: JsonObject | None = None
    metadata: JsonObject | None = None
    name: str | None = None
    description: str | None = None


class AssistantDelete(Query):
    delete_threads: bool = False


class AssistantCount(Body):
    metadata: JsonObject = Field(default_factory=dict)
    graph_id: str | None = None
    name: str | None = None


class AssistantSearch(AssistantCount):
    limit: Limit = 10
    offset: Offset = 0
    sort_by: Literal["assistant_id", "created_at", "updated_at", "name", "graph_id"] = "created_at"
    sort_order: SortOrder = "desc"
    select: list[AssistantField] | None = None


class AssistantVersions(Body):
    metadata: JsonObject = Field(default_factory=dict)
    limit: Limit = 10
    offset: Offset = 0


class VersionChange(Body):
    version: Annotated[int, Field(le=MAX_INT)] | None = None


class GraphQuery(Query):
    xray: str = "false"


class SubgraphsQuery(Query):
    recurse: bool = False


class Assistant(Answer):
    assistant_id: UUID
    graph_id: str
    config: JsonObject
    context: JsonObject
    metadata: JsonObject
    name: str
    description: str | None
    version: int
    created_at: datetime
    updated_at: datetime | None = None


class GraphSchemas(Answer):
    """JSON schemas of a graph; null where a graph has none."""

    graph_id: str
    input_schema: JsonObject | None
    output_schema: JsonObject | None
    state_schema: JsonObject | None
    config_schema: JsonObject | None
    context_schema: JsonObject | None
