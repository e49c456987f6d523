"""The server itself."""

from __future__ import annotations

from .base import Answer, JsonObject, Query


class OkQuery(Query):
    check_db: bool = False


class Ok(Answer):
    ok: bool


class ServerInfo(Answer):
    """Versions and what this server can do; the keys are LangGraph's, `duragraph` is ours."""

    version: str
    langgraph_py_version: str
    flags: JsonObject
    host: JsonObject
    duragraph: JsonObject


class ErrorDetail(Answer):
    """Every error: what was wrong; a 500 carries the id to look for in the log instead."""

    detail: str
    request_id: str | None = None
