"""F21: a client that takes a kilobyte a second loses its connection, nobody else notices, and it can come back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.support.acting import GRAPH, ActingWorker
from tests.support.events import listening
from tests.support.server import Server
from tests.support.waiting import soon

FAST = 8
FRAMES, FRAME_BYTES = 240, 64_000
"""15 MB: more than the kernel takes off a server's hands, and the buffer of a reader."""


@pytest.fixture
def server(duragraph_server) -> Server:  # type: ignore[no-untyped-def]
    return duragraph_server(workers=0)


@pytest.fixture
async def worker(server: Server) -> AsyncIterator[ActingWorker]:
    async with ActingWorker.of(server.data_dir) as worker:
        yield worker


class SlowReader:
    """A connection of which next to nothing is read."""

    def __init__(self, server: Server, path: str) -> None:
        parts = urlsplit(server.api_url + path)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        assert parts.hostname is not None
        assert parts.port is not None
        self.socket.connect((parts.hostname, parts.port))
        headers = "".join(f"{name}: {value}\r\n" for name, value in server.headers.items())
        self.socket.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}\r\n".encode())

    async def crawl(self) -> None:
        """Read a kilobyte a second until the other side ends it."""
        self.socket.setblocking(False)
        loop = asyncio.get_running_loop()
        while await loop.sock_recv(self.socket, 1024):  # noqa: ASYNC110 - its slowness is the test
            await asyncio.sleep(1)


async def test_a_slow_reader_is_let_go_and_the_others_see_everything(server: Server, worker: ActingWorker) -> None:
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=60) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        body = {"assistant_id": GRAPH, "input": {}, "stream_resumable": True}
        run_id = (await http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
        path = f"/threads/{thread}/runs/{run_id}/stream"
        run = await worker.take(run_id)
        slow = SlowReader(server, path)
        crawling = asyncio.create_task(slow.crawl())

        seen: dict[int, list[int]] = {}

        async def follow(name: int) -> None:
            async with listening(http, "GET", path) as stream:
                seen[name] = []
                while (frame := await stream.next()) is not None:
                    seen[name].append(frame.data["n"])

        fast = [asyncio.create_task(follow(name)) for name in range(FAST)]
        await soon(lambda: len(seen) == FAST, 30)
        before = rss(server)
        for number in range(FRAMES):
            await run.frames(("custom", {"n": number, "fill": "x" * FRAME_BYTES}))
            await soon(lambda: min(map(len, seen.values())) > number - 10, 30)  # noqa: B023
        dropped = await soon(lambda: counted(http), 20, "the slow reader to be let go")
        assert dropped == 1
        assert rss(server) - before < 64 << 20
        await run.finish()
        await asyncio.wait_for(asyncio.gather(*fast), 60)
        assert all(numbers == list(range(FRAMES)) for numbers in seen.values())
        crawling.cancel()
        slow.socket.close()
        async with listening(http, "GET", path, after="-1") as stream:  # and comes back
            assert [frame.data["n"] for frame in await stream.rest()] == list(range(FRAMES))


async def counted(http: httpx.AsyncClient) -> int:
    """How many streams the server has let go."""
    for line in (await http.get("/metrics")).text.splitlines():
        if line.startswith("duragraph_streams_dropped_total"):
            return int(float(line.split()[-1]))
    return 0


def rss(server: Server) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)
