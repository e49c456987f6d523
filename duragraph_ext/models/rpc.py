"""JSON-RPC, as MCP and A2A speak it."""

from __future__ import annotations

from typing import Literal

from .base import Answer, Body, JsonObject, Query


class RpcRequest(Body):
    """A request; without an id, a notification."""

    jsonrpc: Literal["2.0"]
    method: str
    id: str | int | None = None
    params: JsonObject | None = None


class RpcError(Answer):
    code: int
    message: str


class RpcAnswer(Answer):
    """Exactly one of result and error."""

    jsonrpc: Literal["2.0"]
    id: str | int | None
    result: JsonObject | None = None
    error: RpcError | None = None


class RpcRefusal(Answer):
    """What is answered to what is no request at all."""

    error: str | RpcError


class AgentCardQuery(Query):
    assistant_id: str | None = None
