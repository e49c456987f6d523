"""What MCP's answers look like.

The types take a quarter of a second to import, so this module is imported by the first who speaks MCP.
"""

from __future__ import annotations

from typing import Any

import mcp_types as types
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_HANDSHAKE_VERSION

from duragraph_ext.core import jsonx
from duragraph_ext.models import JsonObject

from .mcp_tools import AssistantTool
from .run_shapes import DISTRIBUTION_VERSION

MODERN_FIELDS = {"result_type", "ttl_ms", "cache_scope"}
"""Fields of later revisions than the ones that are negotiated by `initialize`."""


def greeting(asked: Any) -> JsonObject:
    """The answer to `initialize`: the revision that was asked for, else the latest that knows this way to begin."""
    return _as_json(
        types.InitializeResult(
            protocol_version=asked if asked in HANDSHAKE_PROTOCOL_VERSIONS else LATEST_HANDSHAKE_VERSION,
            capabilities=types.ServerCapabilities(tools=types.ToolsCapability(list_changed=False)),
            server_info=types.Implementation(name="DuraGraph", version=DISTRIBUTION_VERSION),
        )
    )


def described(tool: AssistantTool) -> JsonObject:
    """A tool as `tools/list` shows it."""
    return _as_json(
        types.Tool(
            name=tool.name,
            title=tool.title,
            description=tool.description or f"Tool based on the {tool.title} assistant",
            input_schema=tool.input_schema,
            annotations=types.ToolAnnotations(read_only_hint=False, open_world_hint=True),
        )
    )


def output(body: bytes) -> JsonObject:
    """The values of a run as a result: as text for the model, and as they are for programs."""
    values = jsonx.parse(body)
    content: list[types.ContentBlock] = [types.TextContent(text=body.decode())]
    structured = values if isinstance(values, dict) else None
    shown = _as_json(types.CallToolResult(content=content, structured_content=structured))
    return {name: value for name, value in shown.items() if name != "isError"}


def failed(error: Any) -> JsonObject:
    """A run that failed as a result: the model may correct itself."""
    said = jsonx.parse(jsonx.dumps(error)) or {}
    text = ": ".join(str(said[name]) for name in ("error", "message") if said.get(name)) or "The run failed"
    return _as_json(types.CallToolResult(content=[types.TextContent(text=text)], is_error=True))


def _as_json(model: types.Tool | types.Result) -> JsonObject:
    """A model as it travels."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=MODERN_FIELDS)
