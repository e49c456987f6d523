"""A conversation with a server: the SDK and a plain HTTP client whose every exchange is kept."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from langgraph_sdk.client import LangGraphClient

DEADLINE = 60.0
KEPT_REQUEST_HEADERS = ("last-event-id", "prefer")
KEPT_HEADERS = (
    "allow",
    "cache-control",
    "content-location",
    "location",
    "x-pagination-next",
    "x-pagination-total",
)


@dataclass
class Exchange:
    """One request and what came back."""

    request: httpx.Request
    path: str
    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytearray = field(default_factory=bytearray)

    def as_json(self) -> dict[str, Any]:
        request: dict[str, Any] = {"method": self.request.method, "path": self.path}
        if query := list(self.request.url.params.multi_items()):
            request["query"] = [list(item) for item in query]
        if content := self.request.content:
            request["body"] = parse(content)
        for name in KEPT_REQUEST_HEADERS:
            if name in self.request.headers:
                request[name] = self.request.headers[name]
        kind = self.headers.get("content-type", "").partition(";")[0]
        response: dict[str, Any] = {"status": self.status, "content-type": kind}
        response["headers"] = {name: self.headers[name] for name in KEPT_HEADERS if name in self.headers}
        if kind == "text/event-stream":
            response["frames"] = frames(bytes(self.body))
        else:
            response["body"] = parse(bytes(self.body))
        return {"request": request, "response": response}


def parse(content: bytes) -> Any:
    """JSON as a value, anything else as text."""
    text = content.decode()
    try:
        return json.loads(text)
    except ValueError:
        return text


def frames(content: bytes) -> list[dict[str, Any]]:
    """The events of an SSE body; comments (heartbeats) are left out."""
    found = []
    for block in content.decode().replace("\r\n", "\n").split("\n\n"):
        lines = [line.partition(": ") for line in block.split("\n") if line and not line.startswith(":")]
        frame = {name: value for name, _, value in lines}
        if frame:
            found.append({**frame, "data": parse(frame.get("data", "").encode())})
    return found


class TeeStream(httpx.AsyncByteStream):
    """Hands the bytes of an answer on and keeps a copy."""

    def __init__(self, inner: httpx.AsyncByteStream, copy: bytearray) -> None:
        self.inner = inner
        self.copy = copy

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self.inner:
            self.copy.extend(chunk)
            yield chunk

    async def aclose(self) -> None:
        await self.inner.aclose()


class RecordingTransport(httpx.AsyncBaseTransport):
    """Keeps every exchange, in the order in which the requests were made."""

    def __init__(self, prefix: str, exchanges: list[Exchange]) -> None:
        self.inner = httpx.AsyncHTTPTransport()
        self.prefix = prefix
        self.exchanges = exchanges

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        exchange = Exchange(request, request.url.path.removeprefix(self.prefix))
        self.exchanges.append(exchange)
        response = await self.inner.handle_async_request(request)
        exchange.status, exchange.headers = response.status_code, response.headers
        assert isinstance(response.stream, httpx.AsyncByteStream)
        stream = TeeStream(response.stream, exchange.body)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream)

    async def aclose(self) -> None:
        await self.inner.aclose()


class Talk:
    """What a program works with: `sdk` and `ask` are recorded, `look` is not."""

    def __init__(self, url: str, api_key: str | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self.names: dict[str, str] = {}
        headers = {"accept-encoding": "identity", "connection": "close"}
        if api_key:
            headers["x-api-key"] = api_key
        prefix = httpx.URL(url).path.rstrip("/")
        self.http = httpx.AsyncClient(
            base_url=url,
            headers=headers,
            timeout=DEADLINE,
            transport=RecordingTransport(prefix, self.exchanges),
        )
        self.sdk = LangGraphClient(self.http)
        self.unseen = httpx.AsyncClient(base_url=url, headers=headers, timeout=DEADLINE)

    async def close(self) -> None:
        await self.http.aclose()
        await self.unseen.aclose()

    def new_id(self, name: str) -> str:
        """A fresh UUID that the record shows as `<name>`."""
        made = str(uuid.uuid4())
        self.names[made] = f"<{name}>"
        return made

    async def ask(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Send a request as it stands, whatever the answer; a recorded exchange."""
        if body is not None:
            options["json"] = body
        return await self.http.request(method, path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST as JSON; the parsed answer."""
        return parse((await self.ask("POST", path, {} if body is None else body, **options)).content)

    async def get(self, path: str, **options: Any) -> Any:
        return parse((await self.ask("GET", path, **options)).content)

    async def thread(self) -> str:
        """A new thread's id; not recorded."""
        answer = await self.unseen.post("/threads", json={})
        return str(answer.json()["thread_id"])

    async def look(self, path: str) -> Any:
        """GET without recording."""
        return (await self.unseen.get(path)).json()

    async def until(self, path: str, condition: Callable[[Any], Any]) -> Any:
        """Look at `path` until the condition holds for its answer; raises TimeoutError."""
        deadline = time.monotonic() + DEADLINE
        while not condition(answer := await self.look(path)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} still answers {answer}")
            await asyncio.sleep(0.02)
        return answer

    async def until_done(self, thread_id: str, headers: dict[str, str]) -> None:
        """Wait until the thread's runs have ended, as a user who sees it."""
        deadline = time.monotonic() + DEADLINE
        while (await self.unseen.get(f"/threads/{thread_id}", headers=headers)).json().get("status") == "busy":
            if time.monotonic() > deadline:
                raise TimeoutError(f"thread {thread_id} is still busy")
            await asyncio.sleep(0.02)

    async def until_paused_in(self, thread_id: str, node: str) -> None:
        """Wait until the thread's run is inside `node`."""
        await self.until(
            f"/threads/{thread_id}/state",
            lambda state: node in state["next"] and state["metadata"] and state["metadata"]["step"] >= 0,
        )
