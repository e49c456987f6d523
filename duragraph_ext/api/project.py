"""What the project's langgraph.json adds to the API: its auth, its routes, CORS, headers, and what it leaves out."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from duragraph_ext.auth import CustomAuth, Question
from duragraph_ext.langgraph_json import HttpSection, LanggraphJson
from duragraph_ext.models import JsonObject
from duragraph_ext.models.runs import Asker, RunCreate

from .access import Admission
from .operation import Operation
from .validation import Unprocessable

if TYPE_CHECKING:
    from duragraph_ext.projecthost import ProjectHost

    from .base import PlatformHandler

log = logging.getLogger(__name__)
OURS = ("/ok", "/metrics", "/docs", "/openapi.json")
"""Paths that the project's own routes do not take over, as on the reference."""
META = ("/info", "/metrics", "/docs", "/openapi.json")


class ProjectSide:
    """One a server that has a project file with more than graphs in it."""

    def __init__(self, sections: LanggraphJson, host: ProjectHost | None) -> None:
        self.http = sections.http or HttpSection()
        self.security = sections.auth.openapi if sections.auth is not None else None
        self.host = host
        self.auth = CustomAuth(host, sections.auth) if host is not None and sections.auth is not None else None
        routes = host.facts.routes if host is not None else []
        self._routes = [(re.compile(route["pattern"]), route["methods"]) for route in routes]

    # Routes

    def owns(self, method: str, path: str) -> bool:
        """Whether the project's app answers this request: its routes go before the server's."""
        if path in OURS:
            return False
        return any((methods is None or method in methods) and pattern.match(path) for pattern, methods in self._routes)

    def disables(self, path: str) -> bool:
        """Whether the project file leaves this route out."""
        http = self.http
        first, *rest = path[1:].split("/")
        if first == "threads":
            return http.disable_runs if rest[1:2] == ["runs"] else http.disable_threads
        return (
            (http.disable_assistants and first == "assistants")
            or (http.disable_runs and first == "runs")
            or (http.disable_store and first == "store")
            or (http.disable_mcp and first == "mcp")
            or (http.disable_a2a and first == "a2a")
            or (http.disable_meta and path in META)
        )

    # Auth

    def question(self, handler: PlatformHandler) -> Question:
        """The request as the project's authenticator sees it, with the path that LangGraph's server knows."""
        request = handler.request
        return Question(
            method=request.method or "GET",
            path=handler.api_path,
            query=request.query,
            headers=tuple(without_jupyter_cookies(handler)),
            path_params={},
        )

    async def prepare(self, handler: PlatformHandler, op: Operation, arguments: dict[str, Any]) -> None:
        """Apply the project to a request whose arguments are parsed. Raises what Admission raises."""
        body = arguments.get("body")
        caller = handler.caller
        if self.http.disable_webhooks and getattr(body, "webhook", None) is not None:
            raise Unprocessable("webhook: webhooks are disabled in langgraph.json")
        if caller is not None:
            assert self.auth is not None
            handler.granted = {}
            await Admission(handler, self.auth, caller, op).admit(arguments)
            body = arguments.get("body")
        rules = self.http.configurable_headers
        if rules is not None and isinstance(body, RunCreate):
            headers = rules.chosen(list(handler.request.headers.get_all()))
            known = body.asker or Asker()
            body.asked_by(Asker(known.user, headers, known.thread_metadata))

    async def ask_for(self, handler: PlatformHandler, grant: str, value: JsonObject) -> None:
        """Ask a handler of the project's auth, if this is a user of it; the filter is `access_to` from then on."""
        caller = handler.caller
        if caller is not None:
            assert self.auth is not None
            await Admission(handler, self.auth, caller, Operation("")).decide(grant, value)

    # Headers

    def log_headers(self, handler: PlatformHandler) -> None:
        """Write the chosen headers of a request to the log, for whoever asked for that."""
        rules = self.http.logging_headers
        if rules is not None:
            chosen = rules.chosen(list(handler.request.headers.get_all()))
            log.warning("%s %s: %s", handler.request.method, handler.request.path, chosen)


def without_jupyter_cookies(handler: PlatformHandler) -> list[tuple[str, str]]:
    """A request's headers for the project's code, without the cookies by which Jupyter knows the holder."""
    ours = {handler.identity_provider.get_cookie_name(handler), "_xsrf"}
    kept = []
    for name, value in handler.request.headers.get_all():
        if name.lower() == "cookie":
            parts = [part.strip() for part in value.split(";")]
            value = "; ".join(part for part in parts if part.partition("=")[0] not in ours)
            if not value:
                continue
        kept.append((name, value))
    return kept
