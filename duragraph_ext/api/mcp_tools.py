"""Assistants as MCP tools: their names and the schemas of their arguments."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

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

    @property
    def input_schema(self) -> JsonObject:
        """The schema of the arguments of a call."""
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
