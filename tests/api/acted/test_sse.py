"""Streams: every frame once and in order, whatever happens to connections, messages and processes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from duragraph_ext.core.commands.workers import release_runs
from duragraph_ext.embedded import read_facts
from tests.support.acting import GRAPH, ActingWorker
from tests.support.events import Frame, listening
from tests.support.server import Server
from tests.support.waiting import soon

BODY = {"assistant_id": GRAPH, "input": {}}


async def new_thread(http: httpx.AsyncClient) -> str:
    return str((await http.post("/threads", json={})).json()["thread_id"])


async def new_run(http: httpx.AsyncClient, **body: Any) -> tuple[str, str]:
    """A background run; its path and id."""
    thread = await new_thread(http)
    run = (await http.post(f"/threads/{thread}/runs", json=BODY | body)).json()
    return f"/threads/{thread}/runs/{run['run_id']}", run["run_id"]


def ids(frames: list[Frame]) -> list[str]:
    return [frame.id for frame in frames]


async def status_of(http: httpx.AsyncClient, path: str) -> str:
    return str((await http.get(path)).json()["status"])


async def status_is(http: httpx.AsyncClient, path: str, expected: str) -> bool:
    return await status_of(http, path) == expected


async def test_frames_come_as_they_are_made_and_the_close_is_the_end(
    http: httpx.AsyncClient, worker: ActingWorker
) -> None:
    thread = await new_thread(http)
    async with listening(http, "POST", f"/threads/{thread}/runs/stream", json=BODY) as stream:
        location = stream.response.headers["location"]
        base = stream.response.headers["content-location"]
        assert location == f"{base}/stream"
        assert base.startswith(f"/threads/{thread}/runs/")
        assert stream.response.headers["cache-control"] == "no-store"
        assert stream.response.headers["x-accel-buffering"] == "no"
        run = await worker.take(base.rpartition("/")[2])
        await run.frames(("metadata", {"run_id": str(run.claim.run_id), "attempt": 1}))
        assert await stream.next() == Frame("1-1", "metadata", {"run_id": str(run.claim.run_id), "attempt": 1})
        await run.frames(("values", {"a": 1}), ("values", {"a": "ä\n"}))
        assert await stream.take(2) == [Frame("1-2", "values", {"a": 1}), Frame("1-3", "values", {"a": "ä\n"})]
        await run.finish({"a": 2})
        assert await stream.rest() == []


async def test_a_stateless_run_is_named_without_its_thread(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    async with listening(http, "POST", "/runs/stream", json=BODY) as stream:
        base = stream.response.headers["content-location"]
        assert base.startswith("/runs/")
        run = await worker.take(base[6:])
        await run.frames(("values", {}))
        await run.finish({})
        assert ids(await stream.rest()) == ["1-1"]
    async with listening(http, "GET", f"{base}/stream", after="-1") as again:
        assert ids(await again.rest()) == ["1-1"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (None, []),
        ("", []),
        ("-1", ["1-1", "1-2", "1-3", "1-4"]),
        ("0", ["1-1", "1-2", "1-3", "1-4"]),
        ("1-1", ["1-2", "1-3", "1-4"]),
        ("1-2", ["1-3", "1-4"]),
        ("1-3", ["1-4"]),
        ("1-4", []),
        ("1-9", []),
        ("7-1", []),
        ("garbage", []),
        ("1-x", []),
        ("1795387031603-0", []),
    ],
)
async def test_an_ended_run_replays_what_comes_after_the_id(
    http: httpx.AsyncClient, worker: ActingWorker, after: str | None, expected: list[str]
) -> None:
    path, run_id = await new_run(http, stream_resumable=True)
    run = await worker.take(run_id)
    await run.frames(("metadata", {}), ("values", {"n": 1}), ("values", {"n": 2}))
    await run.frames(("values", {"n": 3}))
    await run.finish({})
    async with listening(http, "GET", f"{path}/stream", after=after) as stream:
        assert ids(await stream.rest()) == expected


async def test_a_join_in_the_middle_replays_and_goes_on(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    path, run_id = await new_run(http, stream_resumable=True)
    run = await worker.take(run_id)
    await run.frames(("metadata", {}), ("values", {"n": 1}), ("values", {"n": 2}))
    async with (
        listening(http, "GET", f"{path}/stream", after="1-1") as after_one,
        listening(http, "GET", f"{path}/stream", after="-1") as from_start,
        listening(http, "GET", f"{path}/stream") as from_now,
    ):
        assert ids(await after_one.take(2)) == ["1-2", "1-3"]
        assert ids(await from_start.take(3)) == ["1-1", "1-2", "1-3"]
        await run.frames(("values", {"n": 3}))
        await run.frames(("values", {"n": 4}), ("values", {"n": 5}))
        await run.finish({})
        for stream in (after_one, from_start, from_now):
            assert ids(await stream.rest()) == ["1-4", "1-5", "1-6"]


async def test_what_was_lost_on_the_way_is_filled_and_what_came_twice_is_not_sent_twice(
    http: httpx.AsyncClient, worker: ActingWorker
) -> None:
    async with listening(http, "POST", "/runs/stream", json=BODY) as stream:
        run = await worker.take(stream.response.headers["content-location"][6:])
        await run.frames(("metadata", {}))
        await run.frames(("values", {"n": 1}), ("values", {"n": 2}), live=False)
        await run.frames(("values", {"n": 3}))
        assert ids(await stream.take(4)) == ["1-1", "1-2", "1-3", "1-4"]
        run.written = 2
        await run.frames(("values", {"n": 2}), ("values", {"n": 3}), ("values", {"n": 4}), stored=False)
        await run.frames(("values", {"n": 5}), live=False)
        await run.finish({}, end=False)
        assert [frame.data for frame in await stream.rest()] == [{"n": 4}, {"n": 5}]


async def test_a_second_attempt_goes_on_with_a_new_epoch(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    async with listening(http, "POST", "/runs/stream", json=BODY) as stream:
        base = stream.response.headers["content-location"]
        first = await worker.take(base[6:])
        await first.frames(("metadata", {"attempt": 1}), ("values", {"n": 1}))
        await first.frames(("values", {"n": 2}), live=False)
        await release_runs(worker.core, worker.worker_id)
        second = await worker.take(base[6:])
        await second.frames(("metadata", {"attempt": 2}))
        await second.frames(("values", {"n": 1}))
        await second.finish({})
        again = second.claim.epoch
        expected = ["1-1", "1-2", "1-3", f"{again}-1", f"{again}-2"]
        assert ids(await stream.rest()) == expected
    for after in range(len(expected)):
        async with listening(http, "GET", f"{base}/stream", after=expected[after]) as stream:
            assert ids(await stream.rest()) == expected[after + 1 :]


async def test_joining_a_run_that_nobody_streams_asks_its_worker_for_frames(
    http: httpx.AsyncClient, worker: ActingWorker
) -> None:
    path, run_id = await new_run(http)
    run = await worker.take(run_id)
    async with listening(http, "GET", f"{path}/stream") as stream:
        await worker.until_attached(run_id)
        await run.frames(("values", {"n": 1}))
        await run.finish({})
        assert ids(await stream.rest()) == ["1-1"]


async def test_joining_a_run_before_it_starts_asks_the_worker_that_claims_it(
    http: httpx.AsyncClient, worker: ActingWorker
) -> None:
    path, run_id = await new_run(http)
    async with listening(http, "GET", f"{path}/stream") as stream:
        run = await worker.take(run_id)
        await worker.until_attached(run_id)
        await run.frames(("metadata", {}))
        await run.finish({})
        assert ids(await stream.rest()) == ["1-1"]


async def test_a_join_may_choose_among_the_modes(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    path, run_id = await new_run(http, stream_mode=["values", "updates", "messages-tuple"], stream_resumable=True)
    run = await worker.take(run_id)
    names = ["metadata", "updates", "values", "messages", "updates|inner:1", "values|inner:1", "error"]
    await run.frames(*((name, {}) for name in names))
    await run.finish({})
    chosen = {
        "updates": ["updates", "updates|inner:1", "error"],
        "messages-tuple": ["messages", "error"],
        "values": ["values", "values|inner:1", "error"],
    }
    for mode, expected in chosen.items():
        query = f"?stream_mode={mode}"
        async with listening(http, "GET", f"{path}/stream{query}", after="-1") as stream:
            assert [frame.event for frame in await stream.rest()] == expected


@pytest.mark.parametrize("how", ["cancel", "fail", "delete"])
async def test_a_stream_ends_with_its_run_whoever_ends_it(
    http: httpx.AsyncClient, worker: ActingWorker, how: str
) -> None:
    thread = await new_thread(http)
    async with listening(http, "POST", f"/threads/{thread}/runs/stream", json=BODY) as stream:
        base = stream.response.headers["content-location"]
        run = await worker.take(base.rpartition("/")[2])
        await run.frames(("metadata", {}))
        assert ids(await stream.take(1)) == ["1-1"]
        if how == "cancel":
            assert (await http.post(f"{base}/cancel")).status_code == 202
        elif how == "delete":
            assert (await http.delete(f"/threads/{thread}")).status_code == 204
        else:
            await run.frames(("error", {"error": "E", "message": "m"}), live=False)
            await run.finish(status="error", error={"error": "E", "message": "m"}, end=False)
        assert [frame.event for frame in await stream.rest()] == (["error"] if how == "fail" else [])


async def test_silence_is_broken_by_heartbeats(http: httpx.AsyncClient, worker: ActingWorker) -> None:
    async with listening(http, "POST", "/runs/stream", json=BODY) as stream:
        run = await worker.take(stream.response.headers["content-location"][6:])
        waiting = asyncio.create_task(stream.next())
        await soon(lambda: stream.comments >= 2)
        await run.frames(("values", {}))
        frame = await waiting
        assert frame is not None
        await run.finish({})


async def refilled(http: httpx.AsyncClient) -> float:
    text = (await http.get("/metrics")).text
    return float(re.findall(r"^duragraph_streams_refilled_total (\S+)", text, re.MULTILINE)[0])


@pytest.mark.parametrize("kind", ["stream", "wait"])
async def test_a_client_that_goes_may_take_its_run_along(
    http: httpx.AsyncClient, worker: ActingWorker, kind: str
) -> None:
    for choice, expected in (("cancel", "interrupted"), ("continue", "running")):
        thread = await new_thread(http)
        path = f"/threads/{thread}/runs/{kind}"
        async with http.stream("POST", path, json=BODY | {"on_disconnect": choice}) as response:
            base = response.headers["content-location"]
            run = await worker.take(base.rpartition("/")[2])

        await soon(partial(status_is, http, base, expected))
        assert await status_of(http, base) == expected
        if choice == "continue":
            await run.finish({})


async def test_joining_what_is_not_there_is_one_error(http: httpx.AsyncClient) -> None:
    thread = await new_thread(http)
    for path in (f"/threads/{thread}/runs/{uuid4()}/stream", f"/runs/{uuid4()}/stream"):
        async with listening(http, "GET", path) as stream:
            assert [(frame.event, frame.data) for frame in await stream.rest()] == [
                ("error", {"error": "HTTPException", "message": "404: Run not found"})
            ]


async def test_messages_that_die_with_nats_come_from_postgres(
    server: Server, http: httpx.AsyncClient, worker: ActingWorker
) -> None:
    facts = read_facts(server.data_dir)
    assert facts is not None
    async with listening(http, "POST", "/runs/stream", json=BODY) as stream:
        run = await worker.take(stream.response.headers["content-location"][6:])
        await run.frames(("metadata", {}))
        assert ids(await stream.take(1)) == ["1-1"]
        os.kill(facts.nats_pid, signal.SIGKILL)
        await run.frames(("values", {"n": 1}), ("values", {"n": 2}), live=False)
        assert ids(await stream.take(2)) == ["1-2", "1-3"]
        await run.finish({}, end=False)
        assert ids(await stream.rest()) == []


async def test_a_killed_server_loses_no_frame(duragraph_server: Callable[..., Server]) -> None:
    first = duragraph_server(workers=0)
    async with (
        ActingWorker.of(first.data_dir) as worker,
        httpx.AsyncClient(headers=first.headers, timeout=20) as http,
    ):
        async with listening(http, "POST", f"{first.api_url}/runs/stream", json=BODY) as stream:
            base = stream.response.headers["content-location"]
            run = await worker.take(base[6:])
            await run.frames(("metadata", {}), ("values", {"n": 1}))
            assert ids(await stream.take(2)) == ["1-1", "1-2"]
            second = duragraph_server(workers=0, data_dir=first.data_dir)
            first.kill()
            with pytest.raises(httpx.RemoteProtocolError):
                await stream.next()
        await run.frames(("values", {"n": 2}))
        async with listening(http, "GET", f"{second.api_url}{base}/stream", after="1-2") as stream:
            await run.frames(("values", {"n": 3}))
            await run.finish({})
            assert ids(await stream.rest()) == ["1-3", "1-4"]
