"""The project's `Auth` object: asked who somebody is, and whether they may."""

import asyncio
import inspect
import logging
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from langgraph_sdk import Auth
from langgraph_sdk.auth.exceptions import HTTPException as AuthException
from langgraph_sdk.auth.types import AuthContext
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ..user import ProxyUser

log = logging.getLogger(__name__)
PARAMETERS = ("request", "path", "method", "path_params", "query_params", "headers", "authorization")
REMEMBERED = 10_000
"""Users kept as the handler made them, the latest ones."""
IDS = ("thread_id", "assistant_id", "run_id", "cron_id")
Answer = dict[str, Any]


class Gate:
    """Answers the server's questions with the project's handlers. Raises TypeError for what is no usable `Auth`."""

    def __init__(self, auth: Any) -> None:
        if not isinstance(auth, Auth):
            raise TypeError(f"a langgraph_sdk.Auth is expected, not {type(auth).__name__}")
        handler = auth._authenticate_handler
        if handler is None:
            raise TypeError("the Auth object has no @authenticate handler")
        self._auth = auth
        self._authenticate: Callable[..., Any] = handler
        self.parameters = _parameters(handler)
        self._users: OrderedDict[str, ProxyUser] = OrderedDict()

    def user(self, handle: str) -> ProxyUser | None:
        """A user by the handle that `authenticate` gave."""
        return self._users.get(handle)

    async def authenticate(self, asked: Mapping[str, Any]) -> Answer:
        """Who asks: {"user", "handle"}, or {"refused"}."""
        values = _values(asked)
        arguments = {name: values[name] for name in self.parameters}
        try:
            if inspect.iscoroutinefunction(self._authenticate):
                given = await self._authenticate(**arguments)
            else:
                given = await asyncio.to_thread(self._authenticate, **arguments)
        except Exception as error:
            return _refused(error, "@auth.authenticate")
        try:
            user = ProxyUser.of(given)
        except TypeError as error:
            log.error("@auth.authenticate returned %s: %s", type(given).__name__, error)
            return {"refused": {"status": 400, "detail": f"@auth.authenticate: {error}", "headers": {}}}
        handle = uuid.uuid4().hex
        self._users[handle] = user
        if len(self._users) > REMEMBERED:
            self._users.popitem(last=False)
        return {"user": user.dict(), "handle": handle}

    async def authorize(self, asked: Mapping[str, Any]) -> Answer:
        """Whether a user may: {"value", "filter"}, {"refused"}, or {"unknown"} for a handle of an earlier life.

        Instead of a handle there may be a user, whom nobody authenticated: a cron has its owner's name alone.
        """
        user = ProxyUser.of(asked["user"]) if "user" in asked else self._users.get(asked["handle"])
        if user is None:
            return {"unknown": True}
        resource, action = asked["resource"], asked["action"]
        handler = self._handler(resource, action)
        if handler is None:
            return {"value": asked["value"], "filter": None}
        value = {name: _typed(name, item) for name, item in asked["value"].items()}
        context = AuthContext(permissions=user.permissions, user=user, resource=resource, action=action)
        try:
            result = await handler(ctx=context, value=value)
        except Exception as error:
            return _refused(error, f"@auth.on.{resource}.{action}")
        if result is None or result is True:
            return {"value": value, "filter": None}
        if result is False:
            return {"refused": {"status": 403, "detail": "Forbidden", "headers": {}}}
        if isinstance(result, Mapping):
            return {"value": value, "filter": dict(result)}
        detail = (
            f"Auth handler returned invalid result. Expected filter dict, None, or boolean. Got {type(result)} instead."
        )
        return {"refused": {"status": 500, "detail": detail, "headers": {}}}

    def _handler(self, resource: str, action: str) -> Callable[..., Any] | None:
        """The most specific handler, if there is one."""
        for key in ((resource, action), (resource, "*"), ("*", action)):
            if handlers := self._auth._handlers.get(key):
                return handlers[-1]
        return self._auth._global_handlers[-1] if self._auth._global_handlers else None


def _parameters(handler: Callable[..., Any]) -> list[str]:
    """The names of what the handler wants to know. Raises TypeError for what we cannot tell it."""
    wanted = []
    for name, parameter in inspect.signature(handler).parameters.items():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        if name in PARAMETERS:
            wanted.append(name)
        elif parameter.default is parameter.empty:
            raise TypeError(f'the @authenticate handler wants "{name}"; it may ask for {", ".join(PARAMETERS)}')
    return wanted


def _values(asked: Mapping[str, Any]) -> dict[str, Any]:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in asked["headers"]]
    scope = {
        "type": "http",
        "method": asked["method"],
        "path": asked["path"],
        "raw_path": quote(asked["path"]).encode(),
        "query_string": asked["query"].encode("latin-1"),
        "headers": headers,
        "path_params": asked["path_params"],
        "scheme": "http",
        "root_path": "",
    }
    request = Request(scope)
    return {
        "request": request,
        "path": asked["path"],
        "method": asked["method"],
        "path_params": asked["path_params"],
        "query_params": request.query_params,
        "headers": dict(headers),
        "authorization": request.headers.get("authorization"),
    }


def _typed(name: str, value: Any) -> Any:
    """Ids as the UUIDs that handlers know them as."""
    if name in IDS and isinstance(value, str):
        try:
            return uuid.UUID(value)
        except ValueError:
            return value
    return tuple(value) if name == "namespace" and isinstance(value, list) else value


def _refused(error: Exception, where: str) -> Answer:
    if isinstance(error, AuthException | HTTPException):
        return {
            "refused": {
                "status": error.status_code,
                "detail": error.detail,
                "headers": dict(error.headers or {}),
            }
        }
    log.error("%s failed", where, exc_info=error)
    return {"refused": {"status": 500, "detail": "Internal Server Error", "headers": {}}}
