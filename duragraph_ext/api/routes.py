"""The route table, and the router that finds a handler by the path's segments rather than by trying patterns."""

from __future__ import annotations

from typing import Any

from tornado.escape import url_unescape
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import PathMatches, Router, Rule
from tornado.web import Application

from . import (
    a2a,
    assistants,
    bulk,
    crons,
    feed,
    mcp,
    messages,
    observing,
    remote,
    resuming,
    runs,
    states,
    store,
    streams,
    system,
    thread_stream,
    threads,
    waits,
)  # fmt: skip
from .base import NotFoundHandler, PlatformHandler
from .context import SETTING, ApiContext
from .custom import CustomRoute
from .mounting import PREFIX, api_path
from .protocol import commands as protocol_commands
from .protocol import sse as protocol_sse

ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("/ok", system.OkHandler),
    ("/info", system.InfoHandler),
    ("/metrics", system.MetricsHandler),
    ("/openapi.json", system.OpenApiHandler),
    ("/docs", system.DocsHandler),
    ("/assistants", assistants.Assistants),
    ("/assistants/search", assistants.AssistantsSearch),
    ("/assistants/count", assistants.AssistantsCount),
    ("/assistants/{assistant_id}", assistants.AssistantById),
    ("/assistants/{assistant_id}/versions", assistants.AssistantVersionsById),
    ("/assistants/{assistant_id}/latest", assistants.AssistantLatest),
    ("/assistants/{assistant_id}/graph", assistants.AssistantGraph),
    ("/assistants/{assistant_id}/schemas", assistants.AssistantSchemas),
    ("/assistants/{assistant_id}/subgraphs", assistants.AssistantSubgraphs),
    ("/assistants/{assistant_id}/subgraphs/{namespace}", assistants.AssistantSubgraph),
    ("/threads", threads.Threads),
    ("/threads/search", threads.ThreadsSearch),
    ("/threads/count", threads.ThreadsCount),
    ("/threads/prune", threads.ThreadsPrune),
    ("/threads/{thread_id}", threads.ThreadById),
    ("/threads/{thread_id}/copy", threads.ThreadCopy),
    ("/threads/{thread_id}/storage", threads.ThreadStorageById),
    ("/threads/{thread_id}/state", states.ThreadStateNow),
    ("/threads/{thread_id}/state/checkpoint", states.ThreadStateCheckpoint),
    ("/threads/{thread_id}/state/{checkpoint_id}", states.ThreadStateAt),
    ("/threads/{thread_id}/messages", messages.MessagesOfThread),
    ("/threads/{thread_id}/history", states.ThreadHistoryById),
    ("/threads/{thread_id}/stream", thread_stream.ThreadStream),
    ("/threads/{thread_id}/stream/events", protocol_sse.ThreadEvents),
    ("/threads/{thread_id}/commands", protocol_commands.ThreadCommands),
    ("/threads/{thread_id}/runs", runs.ThreadRuns),
    ("/threads/{thread_id}/runs/wait", waits.ThreadRunsWait),
    ("/threads/{thread_id}/runs/stream", streams.ThreadRunsStream),
    ("/threads/{thread_id}/runs/{run_id}", runs.ThreadRunById),
    ("/threads/{thread_id}/runs/{run_id}/join", waits.RunJoin),
    ("/threads/{thread_id}/runs/{run_id}/stream", streams.ThreadRunStream),
    ("/threads/{thread_id}/runs/{run_id}/cancel", runs.RunCancel),
    ("/threads/{thread_id}/runs/{run_id}/resume", resuming.RunResumption),
    ("/runs", runs.Runs),
    ("/runs/batch", bulk.RunsBatch),
    ("/runs/cancel", bulk.RunsCancel),
    ("/runs/wait", waits.RunsWait),
    ("/runs/stream", streams.RunsStream),
    ("/threads/{thread_id}/runs/crons", crons.ThreadCrons),
    ("/runs/crons", crons.Crons),
    ("/runs/crons/search", crons.CronsSearch),
    ("/runs/crons/count", crons.CronsCount),
    ("/runs/crons/{cron_id}", crons.CronById),
    ("/runs/{run_id}", runs.RunById),
    ("/runs/{run_id}/stream", streams.RunStream),
    ("/runs/{run_id}/events", observing.RunEvents),
    ("/runs/{run_id}/executions", observing.RunExecutions),
    ("/store/items", store.Items),
    ("/store/items/search", store.ItemsSearch),
    ("/store/namespaces", store.Namespaces),
    ("/stream", streams.Follow),
    ("/events/stream", feed.EventsStream),
    ("/interrupts", observing.Interrupts),
    ("/workers", observing.Workers),
    ("/workers/register", remote.WorkersRegister),
    ("/workers/graphs/{graph_id}", remote.WorkersOfGraph),
    ("/workers/{worker_id}", remote.WorkerById),
    ("/workers/{worker_id}/heartbeat", remote.WorkersHeartbeat),
    ("/workers/{worker_id}/poll", remote.WorkersPoll),
    ("/workers/{worker_id}/events", remote.WorkersEvents),
    ("/workers/{worker_id}/deregister", remote.WorkersDeregister),
    ("/workers/{worker_id}/kill", observing.WorkerKill),
    ("/queue", observing.Queue),
    ("/graphs", observing.Graphs),
    ("/mcp", mcp.Mcp),
    ("/a2a/{assistant_id}", a2a.A2A),
    ("/.well-known/agent-card.json", a2a.AgentCard),
]
"""Path template: handler. A literal segment goes before a parameter at the same place."""
SLASHED = ("/mcp",)
"""Paths that clients also know with a slash at the end."""


def _handlers() -> dict[str, type[PlatformHandler]]:
    """The table, each handler knowing its path."""
    return {path: _named(path, handler) for path, handler in ROUTES}


def _named(path: str, handler: type[PlatformHandler]) -> type[PlatformHandler]:
    handler.route = path
    return handler


class _Node:
    """A place in the tree of segments."""

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.parameter: tuple[str, _Node] | None = None
        self.handler: type[PlatformHandler] | None = None

    def add(self, segments: list[str], handler: type[PlatformHandler]) -> None:
        """Put a handler below this place."""
        if not segments:
            self.handler = handler
            return
        head, *rest = segments
        if head.startswith("{"):
            if self.parameter is None:
                self.parameter = (head[1:-1], _Node())
            self.parameter[1].add(rest, handler)
        else:
            self.literal.setdefault(head, _Node()).add(rest, handler)

    def find(self, segments: list[str]) -> tuple[type[PlatformHandler] | None, dict[str, bytes]]:
        """The handler for segments, with the path parameters."""
        node, parameters = self, {}
        for segment in segments:
            if segment in node.literal:
                node = node.literal[segment]
            elif node.parameter is not None and segment:
                name, node = node.parameter
                parameters[name] = url_unescape(segment, encoding=None, plus=False)
            else:
                return None, {}
        return node.handler, parameters


class ApiRouter(Router):
    """Everything below `<base_url>duragraph/api`, with `v1/` or without."""

    def __init__(self, application: Application, base_url: str) -> None:
        self._application = application
        self._base_url = base_url
        self._root = _Node()
        for path, handler in _handlers().items():
            self._root.add(path[1:].split("/"), handler)
            if path in SLASHED:
                self._root.add([*path[1:].split("/"), ""], handler)

    @property
    def _api(self) -> ApiContext:
        api: ApiContext = self._application.settings[SETTING]
        return api

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate:
        """The handler for a path; for every other path one that answers 404 to whoever may ask."""
        project = self._api.project
        path = api_path(self._base_url, request.path, project.http.mount_prefix if project is not None else None)
        handler, parameters = self._root.find(path[1:].split("/"))
        if handler is not None and request.headers.get("Upgrade", "").lower() == "websocket":
            handler = getattr(handler, "websocket", handler)
        if project is not None:
            if project.owns(request.method or "", path):
                handler, parameters = CustomRoute, {}
            elif project.disables(path):
                handler, parameters = NotFoundHandler, {}
        return self._application.get_handler_delegate(
            request, handler or NotFoundHandler, path_args=[], path_kwargs=parameters
        )


def mount(application: Application, base_url: str) -> None:
    """Put the API in front of all other routes: it is found without trying theirs."""
    pattern = f"{base_url}{PREFIX}(?:/.*)?$"
    rule = Rule(PathMatches(pattern), ApiRouter(application, base_url))
    application.default_router.rules.insert(0, rule)
