"""What pages of other origins may do: exactly what the project or Jupyter is configured to allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duragraph_ext.langgraph_json import CorsSection

    from .base import PlatformHandler

_EXPOSED = "Location, Content-Location, X-Pagination-Total, X-Pagination-Next, X-Request-Id, Mcp-Session-Id"
_ALLOWED = (
    "Accept, Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Api-Key, X-Xsrftoken, "
    "Mcp-Session-Id, Mcp-Protocol-Version, LangGraph-A2A-History-Scope, A2A-Version"
)
_SIMPLE_HEADERS = ("Accept", "Accept-Language", "Content-Language", "Content-Type")


def allow_origin(handler: PlatformHandler) -> bool:
    """Set the headers that let the asking origin read the answer; whether it may."""
    origin = handler.get_origin()
    if not origin:
        return False
    cors = _of_project(handler)
    if cors is not None and cors.allows(origin):
        named = "*" if "*" in cors.allow_origins and not cors.allow_credentials else origin
        exposed, credentials = [_EXPOSED, *cors.expose_headers], cors.allow_credentials
    elif _allowed_by_jupyter(handler, origin):
        named = handler.allow_origin if handler.allow_origin in (origin, "*") else origin
        exposed, credentials = [_EXPOSED], handler.allow_credentials and handler.allow_origin != "*"
    else:
        return False
    handler.set_header("Access-Control-Allow-Origin", named)
    handler.set_header("Vary", "Origin")
    handler.set_header("Access-Control-Expose-Headers", ", ".join(exposed))
    if credentials:
        handler.set_header("Access-Control-Allow-Credentials", "true")
    return True


def answer_preflight(handler: PlatformHandler) -> None:
    """Tell a browser what an allowed origin may send; other origins get no permission."""
    if not allow_origin(handler):
        return
    cors = _of_project(handler)
    methods: list[str] = [verb.upper() for verb in handler.verbs]
    headers = _ALLOWED
    if cors is not None and cors.allow_methods is not None and "*" not in cors.allow_methods:
        methods = cors.allow_methods
    if cors is not None and cors.allow_headers is not None:
        asked = handler.request.headers.get("Access-Control-Request-Headers", "*")
        headers = asked if "*" in cors.allow_headers else ", ".join([*_SIMPLE_HEADERS, *cors.allow_headers])
    handler.set_header("Access-Control-Allow-Headers", headers)
    handler.set_header("Access-Control-Allow-Methods", ", ".join(methods))
    handler.set_header("Access-Control-Max-Age", str(cors.max_age) if cors is not None else "600")


def _of_project(handler: PlatformHandler) -> CorsSection | None:
    project = handler.api.project
    return project.http.cors if project is not None else None


def _allowed_by_jupyter(handler: PlatformHandler, origin: str) -> bool:
    pattern = handler.allow_origin_pat
    return handler.allow_origin in (origin, "*") or bool(pattern and re.fullmatch(pattern, origin))
