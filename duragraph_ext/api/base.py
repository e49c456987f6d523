"""The base of all handlers: who may ask, how much they may send, and what an error looks like."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, cast
from uuid import uuid4

from jupyter_core.utils import ensure_async
from jupyter_server._tz import utcnow
from jupyter_server.base.handlers import JupyterHandler
from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from duragraph_ext.auth import (
    Access,
    Caller,
    Identity,
    Refused,
    authenticate,
    by_jupyter_token,
    may_be_holder,
    of_caller,
    present_key,
)
from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.telemetry import metrics

from .context import SETTING, ApiContext
from .cors import allow_origin, answer_preflight
from .describing import described
from .mounting import api_path
from .operation import Operation, operation_of

log = logging.getLogger(__name__)
RESOURCE = "duragraph"
SMALL_BODY = 64 << 10
BODY_SECONDS = 60.0
"""A body that takes longer is not waited for."""
Verb = Callable[..., Awaitable[None] | None]
VERBS = ("get", "post", "put", "patch", "delete")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@stream_request_body
class PlatformHandler(JupyterHandler):
    """A handler whose credentials may be a program's, whose body is bounded and whose errors are JSON."""

    auth_resource = RESOURCE
    route: ClassVar[str]
    """The path template, for metrics and OpenAPI; the route table sets it."""
    verbs: ClassVar[Mapping[str, Operation]] = {}
    identity: Identity | None = None
    refusal: Exception | None = None
    granted: dict[str, Access] | None = None
    """What the project's auth lets a caller see, by resource; None without it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.verbs = {verb: op for verb in VERBS if (op := operation_of(cls, verb)) is not None}

    def initialize(self) -> None:
        self._chunks: list[bytes] = []
        self._received = 0
        asked = self.request.headers.get("X-Request-Id", "")
        self.request_id = asked if _REQUEST_ID.fullmatch(asked) else uuid4().hex
        self.set_header("X-Request-Id", self.request_id)

    # What handlers use

    @property
    def api(self) -> ApiContext:
        """The API's share of the process."""
        return cast(ApiContext, self.settings[SETTING])

    @property
    def core(self) -> Core:
        """The open core. Raises Unavailable while the server starts."""
        return self.api.core

    @property
    def principal(self) -> Principal:
        """Who asks."""
        assert self.identity is not None
        return self.identity.principal

    @property
    def caller(self) -> Caller | None:
        """The user of the project's own auth who asks; None for Jupyter's holder."""
        return self.identity.caller if self.identity is not None else None

    @property
    def api_path(self) -> str:
        """The path as clients of LangGraph's own server know it."""
        project = self.api.project
        return api_path(self.base_url, self.request.path, project.http.mount_prefix if project is not None else None)

    def access_to(self, resource: str) -> Access:
        """What the metadata of a search's rows must contain; {} without the project's own auth."""
        return (self.granted or {}).get(resource, {})

    @property
    def idempotency_key(self) -> str | None:
        """The key under which a repeat of this request gives the same run."""
        return self.request.headers.get("Idempotency-Key")

    @property
    def body(self) -> bytes:
        """The request's body."""
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)

    def answer(self, value: Any, status: int = 200) -> None:
        """Send rows, models or plain values as JSON."""
        self.set_status(status)
        self.finish(jsonx.dumps(value))

    def nothing(self) -> None:
        """Send 204."""
        self.set_status(204)
        self.clear_header("Content-Type")
        self.finish()

    def mark_page(self, found: int, limit: int, offset: int) -> None:
        """Set the headers of a page whose rows were asked for with one more than `limit`.

        The total is the reference's: it only tells whether there is more.
        """
        self.set_header("X-Pagination-Total", str(offset + found))
        if found > limit:
            self.set_header("X-Pagination-Next", str(offset + limit))

    # Before the method: credentials, body

    def prepare(self) -> Awaitable[None] | None:  # type: ignore[override]
        try:
            if not self.check_host():
                raise HTTPError(403, "This host name is not served here")
            op = self.verbs.get((self.request.method or "").lower())
            if self.request.method == "OPTIONS" or (op is not None and op.open):
                return None
            self._check_length()
            headers = self.request.headers
            self.identity = by_jupyter_token(headers, self.identity_provider)
        except Exception as error:
            self._refuse(error)
            return None
        if self.identity is None:
            return self._identify(op)
        self.current_user = self._jupyter_current_user = self.identity.user
        self._token_authenticated = True
        return self._authorize(op)

    async def _identify(self, op: Operation | None) -> None:
        try:
            self.identity = await self._who()
            if self.identity is None:
                raise HTTPError(401, "Missing or invalid credentials")
            if self.identity.by_cookie and self.request.method not in ("GET", "HEAD"):
                self.require_xsrf()
        except Exception as error:
            self._refuse(error)
            return
        later = self._authorize(op)
        if later is not None:
            await later

    async def _who(self) -> Identity | None:
        project = self.api.project
        auth = project.auth if project is not None else None
        if project is None or auth is None:
            present_key(self.request.headers)
            return await authenticate(self)
        if may_be_holder(self.request.headers, self.identity_provider):
            identity = await authenticate(self)
            if identity is not None:
                return identity
        return of_caller(await auth.authenticate(project.question(self)))

    def _authorize(self, op: Operation | None) -> Awaitable[None] | None:
        assert self.identity is not None
        reads = self.request.method in ("GET", "HEAD") or (op is not None and op.reads)
        action = "read" if reads else "write"
        allowed = self.authorizer.is_authorized(self, self.identity.user, action, RESOURCE)
        if allowed is True:
            self._admit()
            return None
        return self._await_authorizer(allowed, action)

    async def _await_authorizer(self, allowed: Awaitable[bool] | bool, action: str) -> None:
        if await ensure_async(allowed):
            self._admit()
        else:
            self._refuse(HTTPError(403, f"You are not allowed to {action} here"))

    def _admit(self) -> None:
        allow_origin(self)
        if self.request.method not in ("GET", "HEAD"):
            self.settings["api_last_activity"] = utcnow()

    def require_xsrf(self) -> None:
        """A cookie alone proves no intention. Raises 403 without the XSRF token or from another origin."""
        if self.settings.get("disable_check_xsrf", False):
            return
        if not self.check_origin():
            raise HTTPError(403, "Cross-origin requests need a token")
        RequestHandler.check_xsrf_cookie(self)

    def require_intention(self) -> None:
        """Raise 403 when a GET that has an effect comes with no more than a cookie."""
        if self.identity is not None and self.identity.by_cookie:
            self.require_xsrf()

    def check_xsrf_cookie(self) -> None:
        """Tornado asks before it is known who asks; `require_xsrf` is asked after."""

    def set_secure_cookie(self, name: str, value: str | bytes, *args: Any, **kwargs: Any) -> None:
        """Jupyter gives a login cookie to every token; programs get none, only pages log in."""

    def _check_length(self) -> None:
        length = self.request.headers.get("Content-Length", "")
        if not (length.isdecimal() and int(length) < SMALL_BODY):  # a timer costs more than a small body
            self._limit_time()
        if length.isdecimal() and int(length) > self.api.body_limit:
            raise HTTPError(413, f"The body is larger than {self.api.body_limit} bytes")

    def _limit_time(self) -> None:
        if isinstance(self.request.connection, HTTP1Connection):
            self.request.connection.set_body_timeout(BODY_SECONDS)

    def _refuse(self, error: Exception) -> None:
        """Answer with an error, but not while the client is still talking: it would miss the answer."""
        announced = self.request.headers.get("Content-Length", "0")
        waits = self.request.headers.get("Expect", "").lower() == "100-continue"
        if waits or (self.identity is None and announced.isdecimal() and int(announced) > self.api.body_limit):
            raise error
        self._limit_time()
        self.refusal = error

    def raise_refusal(self) -> None:
        """Raise what was found wrong before the body came."""
        if self.refusal is not None:
            raise self.refusal

    def data_received(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self.api.body_limit and self.refusal is None:
            self._chunks.clear()
            self.refusal = HTTPError(413, f"The body is larger than {self.api.body_limit} bytes")
        if self.refusal is None:
            self._chunks.append(chunk)

    def _no_such_verb(self, *args: Any, **path: str) -> None:
        self.raise_refusal()
        self.set_header("Allow", ", ".join(verb.upper() for verb in self.verbs))
        raise HTTPError(405, "Method Not Allowed")

    get: Verb = _no_such_verb
    post: Verb = _no_such_verb
    put: Verb = _no_such_verb
    patch: Verb = _no_such_verb
    delete: Verb = _no_such_verb
    head: Verb = _no_such_verb

    def options(self, *args: Any, **path: str) -> None:
        """Answer a browser's preflight."""
        self.raise_refusal()
        answer_preflight(self)
        self.nothing()

    async def consent(self, op: Operation, arguments: dict[str, Any]) -> None:
        """Apply the project to what a request turns out to do, as if it had come on that operation's own route.

        `arguments` are as the project leaves them. Raises what ProjectSide.prepare raises.
        """
        if self.api.project is not None:
            await self.api.project.prepare(self, op, arguments)

    async def ask_for(self, grant: str, value: dict[str, Any]) -> None:
        """Ask the project's auth for `resource.action` beside what the operation declares. Raises Refused."""
        if self.api.project is not None:
            await self.api.project.ask_for(self, grant, value)

    async def say_hidden(self, kind: str) -> None:
        """Answer that a thing is not there."""
        raise HTTPError(404, f"{kind.capitalize()} not found")

    # After the method: headers, errors, metrics

    def set_default_headers(self) -> None:
        self.set_header("Content-Type", "application/json")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        for name, value in self.settings.get("headers", {}).items():
            self.set_header(name, value)

    def compute_etag(self) -> None:
        """Answers change; hashing them all helps nobody."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        status, detail = self.describe(error, status_code)
        self.set_status(status)
        self.set_header("X-Request-Id", self.request_id)
        allow_origin(self)
        if status == 401:
            self.set_header("WWW-Authenticate", 'Bearer realm="duragraph"')
        if status == 405:
            self.set_header("Allow", ", ".join(verb.upper() for verb in self.verbs))
        if status in (429, 503):
            self.set_header("Retry-After", "1")
        for name, value in error.headers.items() if isinstance(error, Refused) else ():
            self.set_header(name, value)
        body = {"detail": detail}
        if status == 500:
            body["request_id"] = self.request_id
        self.finish(jsonx.dumps(body))

    def describe(self, error: BaseException | None, status: int) -> tuple[int, Any]:
        """Status and detail of an error, as this operation says it."""
        if isinstance(error, NotFound) and (missing := self._missing()):
            return 404, missing
        return described(error, status, self._reason)

    def _missing(self) -> str | None:
        op = self.verbs.get((self.request.method or "").lower())
        return op.missing.format(**self.path_kwargs) if op and op.missing else None

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        if isinstance(value, StreamClosedError) or self.describe(value, 500)[0] != 500:
            return
        log.error(
            "%s %s failed, request %s",
            self.request.method,
            self.request.path,
            self.request_id,
            exc_info=value,
        )

    def _log(self) -> None:
        """Keep Jupyter's access log for what went wrong; count everything."""
        status = self.get_status()
        route, verb = getattr(self, "route", "unknown"), self.request.method or ""
        metrics.http_requests.labels(verb, route, str(status)).inc()
        op = self.verbs.get(verb.lower())
        if op is None or op.medium != "sse":
            metrics.http_duration.labels(verb, route).observe(self.request.request_time())
        if (status >= 400 and not (op is not None and op.open)) or self._is_verbose():
            super()._log()
            if self.api.project is not None:
                self.api.project.log_headers(self)

    def _is_verbose(self) -> bool:
        # Jupyter's logger itself lets everything through: its handlers hold back
        return self.serverapp is not None and int(str(self.serverapp.log_level)) <= logging.DEBUG


class NotFoundHandler(PlatformHandler):
    """Every path that is nothing."""

    route = "unknown"

    def _nothing_here(self, *args: Any, **path: str) -> None:
        self.raise_refusal()
        raise HTTPError(404, "Not Found")

    get = post = put = patch = delete = head = _nothing_here
