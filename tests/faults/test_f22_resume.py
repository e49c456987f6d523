"""F22: a client drops at any byte and comes back with any id, before, during and after the run, and after a restart."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import orjson
import pytest

from tests.faults.harness.pids import backends, facts_of, kill, stopped
from tests.support.acting import GRAPH, ActedRun, ActingWorker
from tests.support.events import listening
from tests.support.server import Server, free_port
from tests.support.waiting import soon

FRAMES = 40
LIVELY = {"DURAGRAPH_KEEPALIVE_SECONDS": "0.1"}
NOTHING = ("", "garbage", "1-", "-2", "0-0-0", "99999999999999999999-1")
"""Ids that say nothing: only what comes is sent."""
FUTURE = "900-900"
OUTAGE = 5.0
"""Seconds that Postgres says nothing: more than a statement may take."""


class Cut:
    """A client that reads up to a byte and goes; what it has is whole frames only."""

    def __init__(self, http: httpx.AsyncClient, path: str) -> None:
        self.http, self.path = http, path
        self.ids: list[str] = []
        self.data: list[Any] = []

    async def read(self, limit: int | None, after: str | None) -> bool:
        """Read `limit` bytes, or all; whether the stream ended."""
        headers = {} if after is None else {"Last-Event-ID": after}
        got = b""
        async with self.http.stream("GET", self.path, headers=headers) as answer:
            assert answer.status_code == 200
            async for chunk in answer.aiter_raw():
                got += chunk
                if limit is not None and len(got) >= limit:
                    got = got[:limit]
                    break
        for block in got.split(b"\n\n")[:-1]:
            if not block.startswith(b":"):
                fields = dict(line.split(b": ", 1) for line in block.split(b"\n"))
                self.ids.append(fields[b"id"].decode())
                self.data.append(orjson.loads(fields[b"data"]))
        return limit is None or len(got) < limit

    @property
    def last(self) -> str:
        return self.ids[-1] if self.ids else "-1"


@pytest.fixture
async def worker(server: Server) -> AsyncIterator[ActingWorker]:
    async with ActingWorker.of(server.data_dir) as worker:
        yield worker


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(duragraph_server: Callable[..., Server], port: int) -> Server:
    return duragraph_server(workers=0, port=port, env=LIVELY)


async def speak(run: ActedRun, count: int) -> None:
    for number in range(run.written, run.written + count):
        await run.frames(("custom", {"n": number, "text": "ä" * (number % 7)}))


async def new_run(http: httpx.AsyncClient) -> tuple[str, str]:
    thread = (await http.post("/threads", json={})).json()["thread_id"]
    body = {"assistant_id": GRAPH, "input": {}, "stream_resumable": True}
    run = (await http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
    return f"/threads/{thread}/runs/{run}/stream", run


async def test_any_cut_and_any_id(
    server: Server, worker: ActingWorker, duragraph_server: Callable[..., Server], port: int
) -> None:
    choose = random.Random(22)
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=30) as http:
        path, run_id = await new_run(http)
        client = Cut(http, path)
        reading = asyncio.create_task(client.read(1200, "-1"))  # before the run
        run = await worker.take(run_id)
        await speak(run, FRAMES)
        assert await reading is False
        for _ in range(20):  # while it works
            await client.read(choose.randrange(1, 200), client.last)
        foreign, _ = await new_run(http)
        for nothing in (*NOTHING, None):
            joined = Cut(http, path)
            reading = asyncio.create_task(joined.read(1, nothing))
            await speak(run, 1)
            while not reading.done():  # only what comes is sent, and it may come before the stream listens
                await speak(run, 1)
                await asyncio.wait((reading,), timeout=0.1)
            assert joined.data == []
        await run.finish()
        while not await client.read(choose.randrange(300, 900), client.last):  # after its end
            pass
        expected = list(range(run.written))
        assert [one["n"] for one in client.data] == expected
        assert len(set(client.ids)) == len(client.ids)
        await after_the_end(http, path, client)

    server.stop()
    again = duragraph_server(workers=0, port=port, env=LIVELY)
    async with httpx.AsyncClient(base_url=again.api_url, headers=again.headers, timeout=30) as http:
        await after_the_end(http, path, client)
        assert (await http.get(foreign.removesuffix("/stream"))).json()["status"] == "pending"


async def after_the_end(http: httpx.AsyncClient, path: str, whole: Cut) -> None:
    """Every id of a finished run gives exactly what is behind it, and the stream ends."""
    for start in ("-1", "0"):
        replay = Cut(http, path)
        assert await asyncio.wait_for(replay.read(None, start), 20)
        assert replay.ids == whole.ids
    for cut in range(0, len(whole.ids), 7):
        replay = Cut(http, path)
        assert await asyncio.wait_for(replay.read(None, whole.ids[cut]), 20)
        assert replay.data == whole.data[cut + 1 :]
    for nothing in (*NOTHING, FUTURE, None):
        replay = Cut(http, path)
        assert await asyncio.wait_for(replay.read(None, nothing), 20)
        assert replay.data == []


async def test_another_run_s_id_is_a_place_like_any_other(server: Server, worker: ActingWorker) -> None:
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=30) as http:
        path, run_id = await new_run(http)
        run = await worker.take(run_id)
        await speak(run, 3)
        await run.finish()
        async with listening(http, "GET", path, after="1-2") as stream:
            assert [frame.id for frame in await stream.rest()] == ["1-3"]


async def test_a_thread_s_stream_goes_on_where_it_was_left(
    server: Server, worker: ActingWorker, duragraph_server: Callable[..., Server], port: int
) -> None:
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=30) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        path = f"/threads/{thread}/stream"
        for _ in range(2):
            body = {"assistant_id": GRAPH, "input": {}, "stream_resumable": True}
            run_id = (await http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
            run = await worker.take(run_id)
            await speak(run, 5)
            await run.finish()
        async with listening(http, "GET", path, after="0") as stream:
            whole = await stream.take(12)
        assert [frame.data.get("status") for frame in whole].count("run_done") == 2
        assert [int(frame.id.partition("-")[0]) for frame in whole] == sorted(
            {int(frame.id.partition("-")[0]) for frame in whole}
        )
    server.stop()
    again = duragraph_server(workers=0, port=port, env=LIVELY)
    async with httpx.AsyncClient(base_url=again.api_url, headers=again.headers, timeout=30) as http:
        for cut in (0, 3, 5, 6, 9):
            async with listening(http, "GET", path, after=whole[cut].id) as stream:
                assert await stream.take(11 - cut) == whole[cut + 1 :]


async def test_a_thread_s_stream_waits_for_its_database(server: Server, worker: ActingWorker) -> None:
    """While NATS is away it looks for the next run by itself, and Postgres gives no answer."""
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=30) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        async with listening(http, "GET", f"/threads/{thread}/stream") as stream:
            facts = facts_of(server)
            with stopped([facts.postgres_pid, *backends(server, "%")]):
                kill(facts.nats_pid)
                until = time.monotonic() + OUTAGE
                await soon(lambda: time.monotonic() > until, 20)

            async def created() -> str | None:
                body = {"assistant_id": GRAPH, "input": {}, "stream_resumable": True}
                answer = await http.post(f"/threads/{thread}/runs", json=body)
                return str(answer.json()["run_id"]) if answer.status_code == 200 else None

            run = await worker.take(await soon(created, 20, "a run"))
            await speak(run, 3)
            await run.finish()
            frames = await asyncio.wait_for(stream.take(4), 20)
        assert [frame.data.get("n") for frame in frames] == [0, 1, 2, None]
