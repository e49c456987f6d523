"""The least a client of the API needs: aiohttp, no SDK, so that the client costs little."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from .figures import now


class Api:
    def __init__(self, url: str, headers: dict[str, str], cap: float) -> None:
        self.url, self.headers, self.cap = url.rstrip("/"), headers, cap

    async def __aenter__(self) -> Api:
        self.http = aiohttp.ClientSession(
            headers=self.headers,
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=2),
            timeout=aiohttp.ClientTimeout(total=self.cap),
        )
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.http.close()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        async with self.http.request(method, self.url + path, json=body) as r:
            raw = await r.read()
            if r.status >= 300:
                raise RuntimeError(f"{method} {path}: {r.status} {raw[:200]!r}")
            return json.loads(raw) if raw.strip() else None

    async def thread(self, metadata: dict[str, Any] | None = None) -> str:
        return (await self.call("POST", "/threads", {"metadata": metadata or {}}))["thread_id"]

    async def wait(self, graph: str, body: Any, thread: str | None = None, **extra: Any) -> Any:
        prefix = f"/threads/{thread}" if thread else ""
        payload = {"assistant_id": graph, "input": body, **extra}
        out = await self.call("POST", f"{prefix}/runs/wait", payload)
        if isinstance(out, dict) and "__error__" in out:
            raise RuntimeError(f"run failed: {str(out['__error__'])[:200]}")
        return out

    async def stream(self, graph: str, body: Any, mode: Any, thread: str | None = None) -> dict[str, Any]:
        """One SSE run: time of first byte, of every event, and of the end."""
        prefix = f"/threads/{thread}" if thread else ""
        payload = {"assistant_id": graph, "input": body, "stream_mode": mode}
        events: list[tuple[str, float]] = []
        size = 0
        tail = b""
        start = now()
        first = None
        async with self.http.post(f"{self.url}{prefix}/runs/stream", json=payload) as r:
            if r.status >= 300:
                raise RuntimeError(f"stream: {r.status} {(await r.read())[:200]!r}")
            async for chunk in r.content.iter_any():
                at = now()
                if first is None:
                    first = at
                size += len(chunk)
                lines = (tail + chunk).split(b"\n")
                tail = lines.pop()
                for line in lines:
                    if line.startswith(b"event:"):
                        events.append((line[6:].strip().decode(), at))
        end = now()
        names = [n for n, _ in events]
        if "error" in names:
            raise RuntimeError(f"stream carried an error event: {names}")
        return {"start": start, "first": first, "end": end, "events": events, "bytes": size}
