"""Assistants, and what can be known of their graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tornado.web import HTTPError

from duragraph_ext.core.commands.assistants import (
    AssistantChanges,
    NewAssistant,
    create_assistant,
    delete_assistant,
    set_latest,
    update_assistant,
)
from duragraph_ext.core.commands.threads import delete_thread
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.queries.assistants import (
    AssistantFilter,
    as_uuid,
    assistant_definition,
    assistant_versions,
    count_assistants,
    get_assistant,
    graph_ids,
    search_assistants,
)
from duragraph_ext.core.queries.threads import ThreadFilter, search_threads
from duragraph_ext.models import (
    Assistant,
    AssistantCount,
    AssistantCreate,
    AssistantDelete,
    AssistantPatch,
    AssistantSearch,
    AssistantVersions,
    GraphQuery,
    GraphSchemas,
    JsonObject,
    SubgraphsQuery,
    VersionChange,
)

from .base import PlatformHandler
from .operation import operation
from .reserving import make_once
from .run_requests import check_configurable
from .validation import Unprocessable

NOT_FOUND = "Assistant {assistant_id} not found"
SCHEMAS = ("input_schema", "output_schema", "state_schema", "config_schema", "context_schema")


def mirrored(config: JsonObject, context: JsonObject) -> tuple[JsonObject, JsonObject]:
    """Configurable and context as one: either is given, both are stored. Raises HTTPError 400 for both."""
    configurable = config.get("configurable") or {}
    check_configurable(configurable, context)
    if context:
        return {**config, "configurable": context}, context
    return config, configurable


class _AssistantHandler(PlatformHandler):
    async def check_graph(self, graph_id: str | None) -> None:
        """Raises 404, naming the graphs there are."""
        if graph_id is None:
            return
        known = await graph_ids(self.core, self.principal)
        if graph_id not in known:
            raise HTTPError(404, f"Graph {graph_id!r} not found. Expected one of: {sorted(known)}")

    async def definition(self, name: str) -> tuple[str, dict[str, Any]]:
        """The graph id and definition behind an id or graph name. Raises 404, or 422 for a name of nothing."""
        try:
            return await assistant_definition(self.core, self.principal, name)
        except NotFound:
            if as_uuid(name) is None:
                raise Unprocessable("Invalid assistant ID: must be a UUID") from None
            raise HTTPError(404, "Not Found") from None


class Assistants(_AssistantHandler):
    """POST /assistants"""

    @operation(
        "Create an assistant",
        auth="assistants.create",
        body=AssistantCreate,
        creates=True,
        answer=Assistant,
        errors=(400, 404, 409),
    )
    async def post(self, body: AssistantCreate) -> None:
        config, context = mirrored(dict(body.config), body.context)
        await self.check_graph(body.graph_id)

        async def make(assistant_id: UUID | None) -> Mapping[str, Any]:
            new = NewAssistant(
                graph_id=body.graph_id,
                assistant_id=assistant_id,
                name=body.name,
                description=body.description,
                config=config,
                context=context,
                metadata=body.metadata,
                if_exists=body.if_exists,
            )
            return await create_assistant(self.core, self.principal, new)

        async def find(assistant_id: UUID) -> Mapping[str, Any]:
            return await get_assistant(self.core, self.principal, assistant_id)

        self.answer(await make_once(self, "assistants", body, body.assistant_id, make, find))


class AssistantsSearch(_AssistantHandler):
    """POST /assistants/search"""

    @operation(
        "Search assistants",
        auth="assistants.search",
        body=AssistantSearch,
        answer=list[Assistant],
        errors=(404,),
        reads=True,
    )
    async def post(self, body: AssistantSearch) -> None:
        await self.check_graph(body.graph_id)
        wanted = AssistantFilter(
            metadata=body.metadata,
            graph_id=body.graph_id,
            name=body.name,
            limit=body.limit + 1,
            offset=body.offset,
            sort_by=body.sort_by,
            sort_order=body.sort_order,
            access=self.access_to("assistants"),
        )
        rows = await search_assistants(self.core, self.principal, wanted)
        self.mark_page(len(rows), body.limit, body.offset)
        page = rows[: body.limit]
        self.answer([{name: row[name] for name in body.select} for row in page] if body.select else page)


class AssistantsCount(_AssistantHandler):
    """POST /assistants/count"""

    @operation("Count assistants", auth="assistants.search", body=AssistantCount, answer=int, errors=(404,), reads=True)
    async def post(self, body: AssistantCount) -> None:
        await self.check_graph(body.graph_id)
        wanted = AssistantFilter(
            metadata=body.metadata, graph_id=body.graph_id, name=body.name, access=self.access_to("assistants")
        )
        self.answer(await count_assistants(self.core, self.principal, wanted))


class AssistantById(_AssistantHandler):
    """/assistants/{assistant_id}"""

    @operation("Get an assistant", auth="assistants.read", answer=Assistant, errors=(404,), missing="Not Found")
    async def get(self, assistant_id: UUID) -> None:
        self.answer(await get_assistant(self.core, self.principal, assistant_id))

    @operation(
        "Change an assistant: makes its next version",
        auth="assistants.update",
        body=AssistantPatch,
        answer=Assistant,
        errors=(400, 404),
        missing=NOT_FOUND,
    )
    async def patch(self, assistant_id: UUID, body: AssistantPatch) -> None:
        await self.check_graph(body.graph_id)
        config, context = None if body.config is None else dict(body.config), body.context
        if config is not None or context is not None:
            config, context = mirrored(config or {}, context or {})
        changes = AssistantChanges(
            graph_id=body.graph_id,
            name=body.name,
            description=body.description,
            config=config,
            context=context,
            metadata=body.metadata,
        )
        self.answer(await update_assistant(self.core, self.principal, assistant_id, changes))

    @operation(
        "Delete an assistant",
        auth="assistants.delete",
        query=AssistantDelete,
        medium="none",
        status=204,
        errors=(404,),
        missing="Assistant with ID {assistant_id} not found",
    )
    async def delete(self, assistant_id: UUID, query: AssistantDelete) -> None:
        await delete_assistant(self.core, self.principal, assistant_id)
        metadata = {"assistant_id": str(assistant_id)}
        if query.delete_threads:
            await self.ask_for("threads.delete", {"thread_id": None, "metadata": metadata})
        while query.delete_threads:
            wanted = ThreadFilter(metadata=metadata, limit=100, access=self.access_to("threads"))
            threads = await search_threads(self.core, self.principal, wanted)
            for thread in threads:
                await delete_thread(self.core, self.principal, thread["thread_id"])
            if not threads:
                break
        self.nothing()


class AssistantVersionsById(_AssistantHandler):
    """POST /assistants/{assistant_id}/versions"""

    @operation(
        "List an assistant's versions, newest first",
        auth="assistants.read",
        body=AssistantVersions,
        answer=list[JsonObject],
        errors=(404,),
        reads=True,
        missing=NOT_FOUND,
    )
    async def post(self, assistant_id: UUID, body: AssistantVersions) -> None:
        self.answer(
            await assistant_versions(self.core, self.principal, assistant_id, body.metadata, body.limit, body.offset)
        )


class AssistantLatest(_AssistantHandler):
    """POST /assistants/{assistant_id}/latest"""

    @operation(
        "Make a version the current one",
        auth="assistants.update",
        hidden=NOT_FOUND,
        body=VersionChange,
        answer=Assistant,
        errors=(404,),
    )
    async def post(self, assistant_id: UUID, body: VersionChange) -> None:
        try:
            await get_assistant(self.core, self.principal, assistant_id)
            if body.version is None:
                raise NotFound("version", None)
            self.answer(await set_latest(self.core, self.principal, assistant_id, body.version))
        except NotFound as error:
            if error.kind == "version":
                text = f"Version {body.version} not found for assistant {assistant_id}"
            else:
                text = NOT_FOUND.format(assistant_id=assistant_id)
            raise HTTPError(404, text) from None


class AssistantGraph(_AssistantHandler):
    """GET /assistants/{assistant_id}/graph"""

    @operation(
        "Get the nodes and edges of an assistant's graph; `xray` expands subgraphs",
        auth="assistants.read",
        hidden="Not Found",
        query=GraphQuery,
        answer=JsonObject,
        errors=(404,),
        by_name=True,
    )
    async def get(self, assistant_id: str, query: GraphQuery) -> None:
        depth = _xray(query.xray)
        _, definition = await self.definition(assistant_id)
        drawings = definition.get("graph") or {}
        if not drawings:
            raise HTTPError(409, "This graph could not be loaded: see GET /graphs")
        deepest = max(int(level) for level in drawings)
        self.answer(drawings[str(min(depth, deepest))])


class AssistantSchemas(_AssistantHandler):
    """GET /assistants/{assistant_id}/schemas"""

    @operation(
        "Get the JSON schemas of an assistant's graph",
        auth="assistants.read",
        hidden="Not Found",
        answer=GraphSchemas,
        errors=(404,),
    )
    async def get(self, assistant_id: UUID) -> None:
        graph_id, definition = await self.definition(str(assistant_id))
        schemas = definition.get("schemas") or {}
        self.answer({"graph_id": graph_id, **{name: schemas.get(name) for name in SCHEMAS}})


class AssistantSubgraphs(_AssistantHandler):
    """GET /assistants/{assistant_id}/subgraphs"""

    @operation(
        "Get the schemas of the subgraphs, by namespace",
        auth="assistants.read",
        hidden="Not Found",
        query=SubgraphsQuery,
        answer=JsonObject,
        errors=(404,),
    )
    async def get(self, assistant_id: UUID, query: SubgraphsQuery) -> None:
        _, definition = await self.definition(str(assistant_id))
        subgraphs = definition.get("subgraphs") or {}
        self.answer({name: value for name, value in subgraphs.items() if query.recurse or "|" not in name})


class AssistantSubgraph(_AssistantHandler):
    """GET /assistants/{assistant_id}/subgraphs/{namespace}"""

    @operation(
        "Get the schemas of the subgraphs below a namespace",
        auth="assistants.read",
        hidden="Not Found",
        query=SubgraphsQuery,
        answer=JsonObject,
        errors=(404,),
    )
    async def get(self, assistant_id: UUID, namespace: str, query: SubgraphsQuery) -> None:
        _, definition = await self.definition(str(assistant_id))
        subgraphs = definition.get("subgraphs") or {}
        below = f"{namespace}|"
        self.answer(
            {
                name: value
                for name, value in subgraphs.items()
                if name == namespace or (query.recurse and name.startswith(below))
            }
        )


def _xray(text: str) -> int:
    if text.lower() in ("true", "false"):
        return 100 if text.lower() == "true" else 0
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise Unprocessable("Invalid xray value")
