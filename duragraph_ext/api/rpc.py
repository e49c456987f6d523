"""JSON-RPC over HTTP, which MCP and A2A share: one request a POST, the answer as JSON or as a stream of events."""

from __future__ import annotations

from typing import Any

from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.errors import Conflict, Invalid, NotFound

from .frames import HEARTBEAT
from .sse import SseHandler
from .validation import Unprocessable

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
FORBIDDEN = (401, 403)
"""What HTTP says better than JSON-RPC."""
EVENTS = "text/event-stream"
JSON = "application/json"


class RpcFailure(Exception):
    """An error that the caller is told as JSON-RPC does."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class RpcHandler(SseHandler):
    """A handler of JSON-RPC requests. `rpc_id` is the id of the one being answered."""

    rpc_id: str | int | None = None
    streams = False
    """Whether the answer is a stream of events; it may be decided while a call takes its time."""

    def accepts(self, *media: str) -> bool:
        """Whether the client takes one of some media types."""
        accept = self.request.headers.get("Accept", "")
        return any(medium in accept for medium in media)

    def failure_of(self, error: Exception) -> RpcFailure | None:
        """What a caller did wrong, as JSON-RPC says it; None for what is not the caller's fault."""
        if isinstance(error, RpcFailure):
            return error
        if isinstance(error, Unprocessable | Invalid | NotFound | Conflict):
            return RpcFailure(INVALID_PARAMS, str(error))
        status, detail = self.describe(error, 500)
        if status in FORBIDDEN and not self.streams:
            return None
        return RpcFailure(INVALID_PARAMS, str(detail)) if 400 <= status < 500 else None

    async def begin_stream(self) -> None:
        """Answer with events from here on."""
        if not self.streams:
            self.streams = True
            await self.start_stream()

    async def keep_alive(self) -> None:
        """Give a sign of life: a comment, or white space before the JSON."""
        self.write(HEARTBEAT if self.streams else b"\n")
        await self.flush_in_time()

    async def send_message(self, message: dict[str, Any]) -> None:
        """Send one message of the stream; the connection stays open."""
        self.write(b"event: message\ndata: " + jsonx.dumps(message) + b"\n\n")
        await self.flush_in_time()

    def envelope(self, **content: Any) -> dict[str, Any]:
        """A JSON-RPC answer to the request."""
        return {"jsonrpc": "2.0", "id": self.rpc_id, **content}

    async def end_with(self, **content: Any) -> None:
        """Send the answer, `result` or `error`, in whichever form the client is being answered."""
        if self.streams:
            await self.send_message(self.envelope(**content))
            self.finish()
        else:
            self.answer(self.envelope(**content))

    async def fail(self, error: RpcFailure) -> None:
        """Send an error as the answer."""
        await self.end_with(error={"code": error.code, "message": error.message})
