"""The dashboard's own web server: pages with the viewer's credential, one origin and a short memory."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlparse

import panel as pn
from bokeh.server.session import ServerSession
from bokeh.server.urls import per_app_patterns
from panel.io.server import DocHandler, WSHandler, get_server
from tornado.ioloop import IOLoop

from duragraph_dashboard.api import ApiAddress
from duragraph_dashboard.credentials import Credential, viewer
from duragraph_dashboard.pages import PAGES
from duragraph_dashboard.pages.base import Page

ASSETS = Path(__file__).parent / "assets"
SESSION_KEPT_MS = 4_000
SESSION_CHECK_MS = 2_000
KEEP_ALIVE_MS = 20_000
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "connect-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
)


class PageHandler(DocHandler):
    """Serves a page, made with the credential of who asks for it."""

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Serve the page, after taking a token out of its address: Jupyter has set its cookie by then."""
        if "token" in self.request.query_arguments and "X-Forwarded-Context" in self.request.headers:
            rest = [(k, v) for k, v in parse_qsl(self.request.query, keep_blank_values=True) if k != "token"]
            here = "./" + self.request.path.rpartition("/")[2]
            self.redirect(f"{here}?{urlencode(rest)}" if rest else here)
            return
        self.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        await super().get(*args, **kwargs)  # type: ignore[misc]

    async def get_session(self) -> ServerSession:  # type: ignore[override]
        """Make the session of this request."""
        viewer.set(Credential.of(self.request))
        session: ServerSession = await super().get_session()  # type: ignore[misc]
        return session


class SocketHandler(WSHandler):
    """The page's websocket, open to the page's own origin only."""

    def check_origin(self, origin: str) -> bool:
        """True when the page that opens the socket was served under the very host it now asks for."""
        host = self.request.headers.get("Host", "").lower()
        return bool(host) and urlparse(origin).netloc.lower() == host

    async def _async_open(self, token: str) -> None:
        viewer.set(Credential.of(self.request))
        await super()._async_open(token)


async def serve(port: int, address: ApiAddress, *, end_with_parent: bool = False) -> None:
    """Serve the dashboard on 127.0.0.1 until cancelled, or until the parent process is gone."""
    pn.config.reconnect = False
    pn.extension(notifications=False)
    per_app_patterns[:] = [(r"/ws", SocketHandler), (r"/?", PageHandler)]
    server = get_server(
        {path: _opener(page, address) for path, page in PAGES.items()},
        port=port,
        address="127.0.0.1",
        loop=IOLoop.current(),
        title="DuraGraph",
        location=False,
        static_dirs={"assets": str(ASSETS)},
        index=None,
        use_index=False,
        use_xheaders=False,
        sign_sessions=True,
        secret_key=secrets.token_bytes(32),
        include_headers=[],
        include_cookies=[],
        session_token_expiration=3600,
        unused_session_lifetime_milliseconds=SESSION_KEPT_MS,
        check_unused_sessions_milliseconds=SESSION_CHECK_MS,
        keep_alive_milliseconds=KEEP_ALIVE_MS,
    )
    server.start()
    try:
        await (parent_ends() if end_with_parent else asyncio.Event().wait())
    finally:
        server.stop()


def _opener(page: type[Page], address: ApiAddress) -> Callable[[], pn.Template]:
    def open_page() -> pn.Template:
        return page.build(address)

    return open_page


async def parent_ends() -> None:
    """Return when the process that started this one is gone."""
    parent = os.getppid()
    if not hasattr(os, "pidfd_open"):
        while os.getppid() == parent:  # noqa: ASYNC110
            await asyncio.sleep(1)  # Nothing wakes us on systems without pidfd.
        return
    gone = asyncio.Event()
    handle = os.pidfd_open(parent)
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
