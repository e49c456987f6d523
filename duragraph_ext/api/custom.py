"""The project's own routes, answered by its app in the project host."""

from __future__ import annotations

import json
from typing import Any

import httpx
from tornado.httputil import HTTPHeaders

from duragraph_ext.auth import by_jupyter_token
from duragraph_ext.core.domain.errors import Unavailable

from .attending import AttendingHandler
from .cors import allow_origin
from .operation import ANYBODY, Operation
from .project import without_jupyter_cookies

HOP_BY_HOP = {
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
INTERNAL = ("x-duragraph-root", "x-duragraph-user")
"""Headers that only we may send to the host."""
_CREDENTIALS = ("authorization", "x-api-key", "cookie")
GUARDED = Operation("A route of the project's own", auth=ANYBODY)
OPEN = Operation("A route of the project's own", auth=ANYBODY, open=True)


class CustomRoute(AttendingHandler):
    """Passes a request on, and the answer back as it comes.

    Open only where langgraph.json says so: `enable_custom_route_auth` false, or absent with auth of the project's.
    """

    route = "custom"

    def initialize(self) -> None:
        super().initialize()
        project = self.api.project
        assert project is not None
        guarded = project.http.enable_custom_route_auth
        if guarded is None:
            guarded = project.auth is None
        self.verbs = {(self.request.method or "").lower(): GUARDED if guarded else OPEN}  # type: ignore[misc]

    async def forward(self, **path: str) -> None:
        """Ask the app, and answer what it answers."""
        self.raise_refusal()
        project = self.api.project
        assert project is not None
        if project.host is None:
            raise Unavailable("the server is starting: try again")
        target = f"/app{self.api_path}" + (f"?{self.request.query}" if self.request.query else "")
        async with project.host.forward(self.request.method or "GET", target, self._asked(), self.body) as response:
            self._take_head(response)
            if self.request.method == "HEAD" or response.status_code in (204, 304):
                self.finish()
                return
            try:
                async for chunk in response.aiter_raw():
                    self.write(chunk)
                    await self.flush_in_time()
            except httpx.HTTPError as error:  # the answer broke off: it must not look whole
                if not self._headers_written:
                    raise Unavailable("the project's own code is not running: try again") from error
                self.hang_up()
                return
            self.finish()

    get = post = put = patch = delete = head = forward

    def options(self, *args: Any, **path: str) -> Any:
        """The app's own answer, but for a browser's preflight, which the server answers for all routes."""
        if "Access-Control-Request-Method" in self.request.headers:
            return super().options(*args, **path)
        return self.forward()

    def _asked(self) -> list[tuple[bytes, bytes]]:
        """The request's headers for the app, without what proves to Jupyter who somebody is."""
        dropped = HOP_BY_HOP.union(INTERNAL, _CREDENTIALS if self._is_holder() else ())
        root = self.request.path[: len(self.request.path) - len(self.api_path)]
        headers = [(name, value) for name, value in without_jupyter_cookies(self) if name.lower() not in dropped]
        headers.append(("x-duragraph-root", root))
        if self.identity is not None:
            caller = self.identity.caller
            user = caller.user if caller is not None else {"identity": self.principal.user_id, **_HOLDER}
            handle = caller.handle if caller is not None else ""
            headers.append(("x-duragraph-user", json.dumps({"handle": handle, "user": user})))
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def _is_holder(self) -> bool:
        if self.identity is not None:
            return self.identity.caller is None
        return by_jupyter_token(self.request.headers, self.identity_provider) is not None

    def _take_head(self, response: httpx.Response) -> None:
        """The app's status and headers in place of ours; only the request's id stays."""
        self._headers = HTTPHeaders()
        self.set_header("X-Request-Id", self.request_id)
        for name, value in response.headers.multi_items():
            if name.lower() not in HOP_BY_HOP:
                self.add_header(name, value)
        if "Access-Control-Allow-Origin" not in self._headers:
            varies = self._headers.get("Vary")
            allow_origin(self)
            if varies is not None:
                self.set_header("Vary", f"{varies}, Origin")
        self.set_status(response.status_code, response.reason_phrase or None)
        length = response.headers.get("content-length")
        if length is not None:
            self.set_header("Content-Length", length)


_HOLDER = {"is_authenticated": True, "display_name": "jupyter", "permissions": []}
