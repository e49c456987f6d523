"""The host's ASGI application: the server's questions below /-/, the project's own routes below /app."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from ..user import ProxyUser
from .gate import Gate

log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ROOT, USER = b"x-duragraph-root", b"x-duragraph-user"
"""Headers between the server and us: where the routes are mounted, and who asks."""


class Service:
    """Answers over the socket. Either part may be missing; raises TypeError for an app that is no Starlette."""

    def __init__(self, gate: Gate | None, app: Any) -> None:
        if app is not None and not isinstance(app, Starlette):
            raise TypeError(f"http.app: a Starlette or FastAPI application is expected, not {type(app).__name__}")
        self._gate = gate
        self._app: Starlette | None = app
        if app is not None and app.user_middleware:
            log.warning("http.app: its middleware wraps its own routes only, not the server's")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["path"].startswith("/app/") and self._app is not None:
            self._enter(scope)
            await self._app(scope, receive, send)
        else:
            await self._answer(Request(scope, receive))(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is not None:
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def _enter(self, scope: Scope) -> None:
        """Make the request look as if it had come to the application itself."""
        headers = dict(scope["headers"])
        root = headers.get(ROOT, b"").decode("latin-1")
        scope["root_path"] = root
        scope["path"] = root + scope["path"].removeprefix("/app")
        scope["raw_path"] = root.encode() + scope["raw_path"].removeprefix(b"/app")
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in (ROOT, USER)]
        if USER in headers:
            asked = orjson.loads(headers[USER])
            known = self._gate.user(asked["handle"]) if self._gate is not None else None
            user = known or ProxyUser(asked["user"])
            scope["user"], scope["auth"] = user, AuthCredentials(user.permissions)

    def _answer(self, request: Request) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            response = await self._respond(request)
            await response(scope, receive, send)

        return respond

    async def _respond(self, request: Request) -> Response:
        path = request.url.path
        if path == "/-/facts":
            return _json({"parameters": self._gate.parameters if self._gate else None, "routes": self._routes()})
        if self._gate is not None and path == "/-/authenticate":
            return _json(await self._gate.authenticate(orjson.loads(await request.body())))
        if self._gate is not None and path == "/-/authorize":
            return _json(await self._gate.authorize(orjson.loads(await request.body())))
        return Response(status_code=404)

    def _routes(self) -> list[dict[str, Any]]:
        """What the application answers: patterns of paths, and their methods (None for all)."""
        found: list[dict[str, Any]] = []
        for route in self._app.routes if self._app is not None else []:
            if isinstance(route, Route):
                methods = sorted(route.methods) if route.methods is not None else None
                found.append({"pattern": route.path_regex.pattern, "methods": methods})
            elif isinstance(route, Mount):
                found.append({"pattern": route.path_regex.pattern, "methods": None})
            else:
                log.warning("http.app: %s is not served, only HTTP routes are", route)
        return found


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value, default=str), media_type="application/json")
