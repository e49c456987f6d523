"""A server that webhooks are sent to; it answers by the path and keeps what came."""

from __future__ import annotations

import contextlib
import http.server
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Hooks:
    """`/ok` is accepted, `/fail/N` fails N times first, `/slow`, `/redirect`, `/flood` do what they say."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.calls: list[Call] = []
        self.sent = 0
        hooks = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hooks.answer(self)

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        call = Call(request.path, {name.lower(): value for name, value in request.headers.items()}, body)
        self.calls.append(call)
        _, kind, *more = request.path.split("/")
        if kind == "slow":
            self._stopped.wait(30)
        if kind == "flood":
            self._flood(request)
            return
        fails = kind == "fail" and len(self.of(request.path)) <= int(more[0])
        request.send_response(302 if kind == "redirect" else 503 if fails else 200)
        if kind == "redirect":
            request.send_header("location", f"{self.url}/redirected")
        request.send_header("content-length", "2")
        request.end_headers()
        with contextlib.suppress(OSError):
            request.wfile.write(b"ok")

    def _flood(self, request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("content-length", str(64 << 20))
        request.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(1024):
                request.wfile.write(b"x" * (64 << 10))
                self.sent += 64 << 10
                time.sleep(0)

    def __enter__(self) -> Hooks:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def hooks(tls: ssl.SSLContext | None = None) -> Iterator[Hooks]:
    """A server for the length of a test."""
    with Hooks(tls) as server:
        yield server
