"""Assistants as MCP tools: names, schemas, and what a run's end is as a result."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import mcp_types as types

from duragraph_ext.auth import Access
from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.queries.assistants import AssistantFilter, search_assistants
from duragraph_ext.core.queries.graphs import FRESH, graph_definition
from duragraph_ext.models import JsonObject

if TYPE_CHECKING:
    from duragraph_ext.core import Core
    from duragraph_ext.core.domain.principal import Principal

NAME_LENGTH = 64
"""What model providers take as the name of a tool; MCP itself allows more."""
PAGE = 1000
WRAPPED = "input"
"""The argument that stands for the input of a graph whose input is no object."""
MODERN_FIELDS = {"result_type", "ttl_ms", "cache_scope"}
"""Fields of later revisions than the ones that are negotiated by `initialize`."""
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_REFERENCE = re.compile(r"#/\$defs/([^\"/]+)")


@dataclass(frozen=True, slots=True)
class AssistantTool:
    """An assistant under the name of its tool."""

    name: str
    assistant_id: UUID
    title: str
    description: str | None
    schema: JsonObject
    """The graph's own input schema."""

    @property
    def wraps(self) -> bool:
        """Whether the graph's input is one argument rather than all of them."""
        return bool(self.schema.get("type", "object") != "object")

    def input_of(self, arguments: JsonObject) -> Any:
        """The graph's input, from the arguments of a call."""
        return arguments.get(WRAPPED) if self.wraps else arguments

    def described(self) -> JsonObject:
        """The tool as `tools/list` shows it."""
        tool = types.Tool(
            name=self.name,
            title=self.title,
            description=self.description or f"Tool based on the {self.title} assistant",
            input_schema=self._input_schema(),
            annotations=types.ToolAnnotations(read_only_hint=False, open_world_hint=True),
        )
        return as_json(tool)

    def _input_schema(self) -> JsonObject:
        if self.wraps:
            inner = {name: value for name, value in self.schema.items() if name != "$defs"}
            outer = {"type": "object", "properties": {WRAPPED: inner}, "required": [WRAPPED]}
            return {**outer, "$defs": self.schema["$defs"]} if "$defs" in self.schema else outer
        schema = {"type": "object", **self.schema}
        if "messages" in schema.get("properties", {}):
            schema["properties"] = {**schema["properties"], "messages": SAID}
            schema["required"] = sorted({*schema.get("required", ()), "messages"})
        return _without_unused(schema)


SAID = {"type": "string", "title": "Messages", "description": "The user message to send to the agent."}
"""What a model is asked for in place of LangChain's messages, whose schema is longer than most prompts."""


async def assistant_tools(
    core: Core, principal: Principal, access: Access, *, anew: bool = False
) -> dict[str, AssistantTool]:
    """Every assistant whose graph loads and whose metadata contains `access`, oldest first, by a name of its own.

    Those of whoever sees all are remembered for FRESH seconds unless wanted `anew`: another server may have made one.
    """
    key = ("assistant", principal.tenant_id, principal.user_id)
    remembered = core.memory.get(key)
    if not anew and not access and remembered is not None and remembered[0] > time.monotonic():
        return remembered[1]  # type: ignore[no-any-return]
    tools: dict[str, AssistantTool] = {}
    offset = 0
    while True:
        wanted = AssistantFilter(limit=PAGE, offset=offset, sort_by="created_at", sort_order="asc", access=access)
        rows = await search_assistants(core, principal, wanted)
        for row in rows:
            schema = await _input_schema(core, principal, row["graph_id"])
            if schema is not None:
                name = _free_name(row["name"] or row["graph_id"], row["assistant_id"], tools)
                tools[name] = AssistantTool(name, row["assistant_id"], row["name"], row["description"], schema)
        if len(rows) < PAGE:
            break
        offset += PAGE
    if not access:
        core.memory[key] = (time.monotonic() + FRESH, tools)
    return tools


async def _input_schema(core: Core, principal: Principal, graph_id: str) -> JsonObject | None:
    """The input schema of a graph; None for one that does not load."""
    try:
        definition = await graph_definition(core, principal.tenant_id, graph_id)
    except NotFound:
        return None
    schemas = definition.get("schemas")
    return None if schemas is None else schemas.get("input_schema") or {"type": "object"}


def _free_name(name: str, assistant_id: UUID, taken: dict[str, AssistantTool]) -> str:
    """A name that models can say: the assistant's own if nobody has it, else with a part of its id."""
    plain = _UNFIT.sub("_", name).strip("_")[:NAME_LENGTH] or "assistant"
    if plain not in taken:
        return plain
    short = f"{plain[: NAME_LENGTH - 9]}-{assistant_id.hex[:8]}"
    return short if short not in taken else f"{plain[: NAME_LENGTH - 33]}-{assistant_id.hex}"


def _without_unused(schema: JsonObject) -> JsonObject:
    """A schema without the definitions that nothing in it names any more."""
    definitions = schema.get("$defs", {})
    body = {name: value for name, value in schema.items() if name != "$defs"}
    used: set[str] = set()
    new = set(_REFERENCE.findall(jsonx.text(body)))
    while new:
        used |= new
        new = {found for name in new for found in _REFERENCE.findall(jsonx.text(definitions.get(name)))} - used
    kept = {name: definition for name, definition in definitions.items() if name in used}
    return {**body, "$defs": kept} if kept else body


def output(body: bytes) -> JsonObject:
    """The values of a run as a result: as text for the model, and as they are for programs."""
    values = jsonx.parse(body)
    content: list[types.ContentBlock] = [types.TextContent(text=body.decode())]
    structured = values if isinstance(values, dict) else None
    shown = as_json(types.CallToolResult(content=content, structured_content=structured))
    return {name: value for name, value in shown.items() if name != "isError"}


def failed(error: Any) -> JsonObject:
    """A run that failed as a result: the model may correct itself."""
    said = jsonx.parse(jsonx.dumps(error)) or {}
    text = ": ".join(str(said[name]) for name in ("error", "message") if said.get(name)) or "The run failed"
    return as_json(types.CallToolResult(content=[types.TextContent(text=text)], is_error=True))


def as_json(model: types.Tool | types.Result) -> JsonObject:
    """A model as it travels."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=MODERN_FIELDS)
