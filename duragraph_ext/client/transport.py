"""HTTP to one server: deadlines, retries while it restarts, errors with names, streams that resume."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from duragraph_ext.client.discovery import Endpoint, is_local
from duragraph_ext.client.errors import ApiError, Conflict, NotFound, Refused, Unreachable
from duragraph_ext.client.sse import SseDecoder, StreamPart
from duragraph_ext.client.wire import encode

REQUEST_SECONDS = 15.0
RETRY_SECONDS = 20.0
"""How long a request that may be repeated waits for a server that restarts."""
SILENCE_SECONDS = 30.0
"""A stream that says nothing for so long, not even a heartbeat, is taken for broken."""
HELD_SECONDS = 5.0
"""A request that lasted longer had a server to talk to; only its end counts as the loss of it."""
BUSY = frozenset({502, 503, 504})

Params = Mapping[str, Any]


class _Patience:
    """How long to go on trying: `seconds` from when the server stopped answering."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tried = self._lost = time.monotonic()
        self._pause = 0.1

    def begin(self) -> None:
        self._tried = time.monotonic()

    def allows_another(self) -> bool:
        now = time.monotonic()
        if now - self._tried > HELD_SECONDS:
            self._lost, self._pause = now, 0.1
        return now + self._pause <= self._lost + self._seconds

    async def rest(self) -> None:
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, 2.0)


class Transport:
    """Requests to the API at `endpoint`; belongs to the loop that first uses it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        headers = {"x-api-key": endpoint.token} if endpoint.token else {}
        self._http = httpx.AsyncClient(
            base_url=f"{endpoint.url.rstrip('/')}/",
            headers=headers,
            timeout=httpx.Timeout(REQUEST_SECONDS, read=SILENCE_SECONDS),
            limits=httpx.Limits(max_connections=None),
            trust_env=not is_local(endpoint.url),
        )
        self.clock_offset = 0.0
        """Seconds that the server's clock is ahead of ours; 0 when they agree within two seconds."""

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(self, path: str, params: Params | None = None, *, seconds: float = RETRY_SECONDS) -> Any:
        """GET, repeated for `seconds` while the server does not answer."""
        return await self.request("GET", path, params=params, seconds=seconds)

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        params: Params | None = None,
        key: str | None = None,
        seconds: float = 0.0,
    ) -> Any:
        """POST; repeated for `seconds`, which is safe with an idempotency `key` or a read-only route."""
        headers = {"Idempotency-Key": key} if key else {}
        return await self.request("POST", path, body=body, params=params, headers=headers, seconds=seconds)

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 0.0,
    ) -> Any:
        """Send one request and read its JSON; raises ApiError as the server answers, or Unreachable."""
        content = None if body is None else encode(body)
        sent = {**(headers or {}), **({"Content-Type": "application/json"} if content is not None else {})}
        patience = _Patience(seconds)
        while True:
            patience.begin()
            try:
                answer = await self._http.request(
                    method, path.lstrip("/"), content=content, params=_clean(params), headers=sent
                )
            except httpx.TransportError as error:
                if not patience.allows_another():
                    raise self._unreachable(error) from error
            else:
                if answer.status_code not in BUSY or not patience.allows_another():
                    self._set_clock(answer)
                    raise_for(answer.status_code, answer.content)
                    return answer.json() if answer.content.strip() else None
            await patience.rest()

    async def stream(
        self, path: str, params: Params | None = None, *, last_id: str | None = None
    ) -> AsyncGenerator[StreamPart, None]:
        """Yield the events of one connection till the server closes it; raises Unreachable when it breaks."""
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
        decoder = SseDecoder()
        try:
            async with self._http.stream("GET", path.lstrip("/"), params=_clean(params), headers=headers) as answer:
                self._set_clock(answer)
                if answer.status_code >= 400:
                    raise_for(answer.status_code, await answer.aread())
                async for chunk in answer.aiter_bytes():
                    for part in decoder.feed(chunk):
                        yield part
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    async def follow(
        self,
        path: str,
        params: Params | None = None,
        *,
        last_id: str | None = None,
        is_over: Callable[[], bool],
        on_connection: Callable[[bool], None] = lambda connected: None,
    ) -> AsyncGenerator[StreamPart, None]:
        """Yield the events of a stream across as many connections as it takes, each once.

        Ends when a connection closes and `is_over()`; tells `on_connection` when it loses and regains the
        server. Raises ApiError when the server refuses.
        """
        pause = 0.1
        while True:
            try:
                async with aclosing(self.stream(path, params, last_id=last_id)) as parts:
                    async for part in parts:
                        pause = 0.1
                        on_connection(True)
                        last_id = part.id or last_id
                        yield part
            except Unreachable:
                on_connection(False)
            except ApiError as error:
                if error.status not in BUSY:
                    raise
                on_connection(False)
            if is_over():
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(f"{self.endpoint.url} does not answer: {str(error) or type(error).__name__}")

    def _set_clock(self, answer: httpx.Response) -> None:
        stamp = answer.headers.get("date")
        if not stamp:
            return
        try:
            offset = (parsedate_to_datetime(stamp) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return
        self.clock_offset = offset if abs(offset) > 2 else 0.0


def raise_for(status: int, content: bytes) -> None:
    """Raise the error of an HTTP status of 400 and more, with what the server said."""
    if status < 400:
        return
    detail = _detail(content) or httpx.codes.get_reason_phrase(status)
    kinds: dict[int, type[ApiError]] = {401: Refused, 403: Refused, 404: NotFound, 409: Conflict}
    raise kinds.get(status, ApiError)(status, detail)


def _detail(content: bytes) -> str:
    try:
        body = httpx.Response(200, content=content).json()
    except ValueError:
        return content[:200].decode("utf-8", "replace")
    detail = body.get("detail", body) if isinstance(body, dict) else body
    if isinstance(detail, list):
        return "; ".join(_field_error(item) for item in detail)
    return detail if isinstance(detail, str) else str(detail)


def _field_error(item: Any) -> str:
    if not isinstance(item, dict) or "msg" not in item:
        return str(item)
    place = ".".join(str(part) for part in item.get("loc", ()) if part != "body")
    return f"{place}: {item['msg']}" if place else str(item["msg"])


def _clean(params: Params | None) -> dict[str, Any]:
    return {key: value for key, value in (params or {}).items() if value is not None}
