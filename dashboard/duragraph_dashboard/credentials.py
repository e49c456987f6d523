"""The viewer's own Jupyter credential: taken from the request that opened the page, handed on to the API."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from tornado.httputil import HTTPServerRequest

_TOKEN = re.compile(r"^(?:token|bearer)\s+\S", re.IGNORECASE)


@dataclass(frozen=True)
class Credential:
    """What the viewer's browser showed to Jupyter. Never printed, never sent to the page."""

    host: str = ""
    cookie: str = field(default="", repr=False)
    authorization: str = field(default="", repr=False)

    @classmethod
    def of(cls, request: HTTPServerRequest) -> Credential:
        """Read the credential of a request that arrived through Jupyter's proxy."""
        authorization = request.headers.get("Authorization", "")
        if not _TOKEN.match(authorization):
            token = request.query_arguments.get("token", [b""])[-1].decode("latin-1")
            authorization = f"token {token}" if token else ""
        return cls(
            host=request.headers.get("Host", ""),
            cookie="; ".join(request.headers.get_list("Cookie")),
            authorization=authorization,
        )

    def headers(self, *, unsafe: bool) -> dict[str, str]:
        """The headers of an API call; `unsafe` for verbs that change something.

        `Host` goes along because Jupyter names its login cookie after it. Jupyter's XSRF check wants the
        cookie and the header to agree; the page's own Origin check is what keeps other sites out.
        """
        headers = {"Host": self.host} if self.host else {}
        if self.authorization:
            headers["Authorization"] = self.authorization
        cookie = self.cookie
        if unsafe and not self.authorization:
            xsrf = _cookie(cookie, "_xsrf")
            if not xsrf:
                xsrf = secrets.token_hex(16)
                cookie = f"{cookie}; _xsrf={xsrf}" if cookie else f"_xsrf={xsrf}"
            headers["X-XSRFToken"] = xsrf
        if cookie:
            headers["Cookie"] = cookie
        return headers


viewer: ContextVar[Credential] = ContextVar("viewer")
"""The credential of the request that a page is being made for."""


def _cookie(header: str, name: str) -> str:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel is not None else ""
