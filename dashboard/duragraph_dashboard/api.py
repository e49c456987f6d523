"""The dashboard's way to the API: one client per page, with the viewer's credential and nothing else."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
import orjson

from duragraph_dashboard.credentials import Credential
from duragraph_ext.client.sse import SseDecoder, StreamPart

DEADLINE = httpx.Timeout(15, connect=5)
SILENCE_SECONDS = 45.0


class ApiError(Exception):
    """The API refused or could not be reached. `status` is 0 when it could not be reached."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail

    @property
    def is_passing(self) -> bool:
        """Whether the same call may succeed in a while: the API is away, or one of its parts is."""
        return self.status in (0, 502, 503, 504)


@dataclass(frozen=True)
class ApiAddress:
    """Where the API is: its URL, the certificate to trust when it speaks TLS, and how long its streams may
    be silent, seconds."""

    url: str
    certificate: Path | None = None
    silence: float = SILENCE_SECONDS

    def tls(self) -> ssl.SSLContext | bool:
        """The TLS settings of a client; a given certificate is the only one trusted, whatever its name."""
        if not self.url.startswith("https:"):
            return False
        if self.certificate is None:
            return True
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context


class Api:
    """Calls of one viewer. Raises ApiError and nothing else."""

    def __init__(self, address: ApiAddress, credential: Credential) -> None:
        self._credential = credential
        self._stream_deadline = httpx.Timeout(15, connect=5, read=address.silence)
        self._http = httpx.AsyncClient(
            base_url=address.url.rstrip("/") + "/",
            verify=address.tls(),
            timeout=DEADLINE,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def get(self, path: str, **query: Any) -> Any:
        """GET a JSON answer; query values of None are left out."""
        return await self._call("GET", path, query, None)

    async def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """POST JSON and return the JSON answer, None when it is empty."""
        return await self._call("POST", path, query, body)

    @asynccontextmanager
    async def stream(self, path: str, **query: Any) -> AsyncIterator[AsyncIterator[StreamPart]]:
        """Open a server-sent event stream and yield its events."""
        headers = {**self._credential.headers(unsafe=False), "Accept": "text/event-stream"}
        try:
            async with self._http.stream(
                "GET", path.lstrip("/"), params=_present(query), headers=headers, timeout=self._stream_deadline
            ) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise _refusal(response)
                yield _parts(response)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _call(self, method: str, path: str, query: dict[str, Any], body: Any) -> Any:
        headers = self._credential.headers(unsafe=method != "GET")
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = orjson.dumps(body)
        try:
            response = await self._http.request(
                method, path.lstrip("/"), params=_present(query), headers=headers, content=content
            )
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        if not response.is_success:
            raise _refusal(response)
        if not response.content:
            return None
        try:
            return orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            raise ApiError(response.status_code, "The API answered with something that is not JSON") from error


async def _parts(response: httpx.Response) -> AsyncIterator[StreamPart]:
    decoder = SseDecoder()
    async for chunk in response.aiter_bytes():
        for part in decoder.feed(chunk):
            yield part


def _present(query: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in query.items() if value is not None}


def _unreachable(error: httpx.HTTPError) -> ApiError:
    reason = str(error) or type(error).__name__
    return ApiError(0, f"The API cannot be reached: {reason}")


def _refusal(response: httpx.Response) -> ApiError:
    if response.is_redirect or response.status_code == 401:
        return ApiError(401, "Jupyter does not know who you are")
    try:
        detail = orjson.loads(response.content)["detail"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        detail = response.reason_phrase or "no reason given"
    if not isinstance(detail, str):
        detail = orjson.dumps(detail).decode()
    return ApiError(response.status_code, detail)
