"""Server-sent events: bytes in, events out. Lines end only at CR and LF, as the standard says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class StreamPart:
    """One event of a stream: its name, its data as a Python value, and its id if it has one."""

    event: str
    data: Any
    id: str | None = None


class SseDecoder:
    """Collects bytes until an event is whole. Comments (heartbeats) are dropped."""

    def __init__(self) -> None:
        self._buffer = b""
        self._event = ""
        self._data: list[str] = []
        self._id: str | None = None

    def feed(self, chunk: bytes) -> Iterator[StreamPart]:
        """Yield the events that this chunk completes."""
        self._buffer += chunk
        while match := _LINE_END.search(self._buffer):
            if match.group() == b"\r" and match.end() == len(self._buffer):
                return
            line, self._buffer = self._buffer[: match.start()], self._buffer[match.end() :]
            part = self._line(line.decode("utf-8", "replace"))
            if part is not None:
                yield part

    def _line(self, line: str) -> StreamPart | None:
        if not line:
            return self._finish()
        if line.startswith(":"):
            return None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _finish(self) -> StreamPart | None:
        part = None
        if self._event or self._data:
            text = "\n".join(self._data)
            part = StreamPart(self._event or "message", json.loads(text) if text else None, self._id)
        self._event, self._data, self._id = "", [], None
        return part
