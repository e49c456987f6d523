"""Server-sent events over tornado: headers at once, bounded writes, a clean end."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from duragraph_ext.core import jsonx
from duragraph_ext.telemetry import metrics

from .attending import AttendingHandler


class SseHandler(AttendingHandler):
    """A handler that answers with a stream of events."""

    async def start_stream(self) -> None:
        """Send the headers, so that the client knows its run and where to resume. Raises TooMany."""
        self.count_in()
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("X-Accel-Buffering", "no")
        await self.flush_in_time()

    async def say_hidden(self, kind: str) -> None:
        """End a stream at once with the error of a thread that is not there."""
        await self.start_stream()
        error = {"error": "HTTPException", "message": f"404: {kind.capitalize()} not found"}
        self.finish(b"event: error\ndata: " + jsonx.dumps(error) + b"\n\n")

    async def pump(self, kind: str, chunks: AsyncGenerator[bytes, None]) -> None:
        """Send chunks as they come until they end or the client goes."""
        sent = metrics.streams_sent.labels(kind)
        with metrics.streams_open.labels(kind).track_inprogress():
            async with aclosing(chunks):
                async for chunk in chunks:
                    if self.gone:
                        return
                    self.write(chunk)
                    await self.flush_in_time()
                    sent.inc(len(chunk))
