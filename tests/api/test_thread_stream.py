"""The stream of a thread: all its runs, one after another, those to come as well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.schema import StreamPart
from wire.address import Api

from tests.faults.harness.pids import dsn_of
from tests.support.acting import ActingWorker
from tests.support.events import Frame, Listening, listening
from tests.support.server import Server
from tests.support.waiting import soon

DEADLINE = 40.0


@pytest.fixture
async def talk(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=api.url, headers={"x-api-key": api.key}, timeout=DEADLINE) as talk:
        yield talk


async def new_thread(talk: httpx.AsyncClient) -> str:
    return str((await talk.post("/threads", json={})).json()["thread_id"])


async def until_done(stream: Listening, count: int = 1) -> list[Frame]:
    """The frames up to the end of a run, or of several."""
    found: list[Frame] = []
    async with asyncio.timeout(DEADLINE):
        while count:
            frame = await stream.next()
            assert frame is not None
            found.append(frame)
            count -= frame.event == "metadata" and frame.data.get("status") == "run_done"
    return found


def names(frames: list[Frame]) -> list[tuple[str, str | None]]:
    """The events, with the status of those that have one."""
    return [(frame.event, frame.data.get("status") if isinstance(frame.data, dict) else None) for frame in frames]


@pytest.mark.parametrize("query", [{}, {"stream_modes": "run_modes"}, {"stream_mode": ["run_modes", "lifecycle"]}])
async def test_runs_of_every_kind_appear(talk: httpx.AsyncClient, query: dict[str, Any]) -> None:
    thread = await new_thread(talk)
    path = f"/threads/{thread}/stream"
    async with listening(talk, "GET", path, params=query) as stream:
        body = {"assistant_id": "chain", "input": {"count": 0}, "stream_mode": ["values", "updates"]}
        first = (await talk.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
        frames = await until_done(stream)
        assert (frames[0].event, frames[0].data) == ("metadata", {"run_id": first, "attempt": 1})
        assert [frame.data["count"] for frame in frames if frame.event == "values"] == [0, 1, 2, 3]
        assert [next(iter(frame.data)) for frame in frames if frame.event == "updates"] == ["a", "b", "c"]
        assert frames[-1].data == {"status": "run_done", "run_id": first}
        await talk.post(f"/threads/{thread}/runs/wait", json={"assistant_id": "failing", "input": {"text": "no"}})
        failed = await until_done(stream)
        assert [frame.data for frame in failed if frame.event == "error"] == [{"error": "ValueError", "message": "no"}]
        assert len({frame.id for frame in frames + failed}) == len(frames) + len(failed)


async def test_each_mode_shows_its_own(talk: httpx.AsyncClient) -> None:
    """Also to those who come back behind any frame."""
    thread = await new_thread(talk)
    path, edited = f"/threads/{thread}/stream", {"values": {"count": 7}, "as_node": "a"}
    run, done = ("metadata", None), ("metadata", "run_done")
    written = ("state_update", None)
    wanted = {
        "lifecycle": [run, done, run, done],
        "state_update": [written, written],
        "lifecycle,state_update": [run, done, written, run, done, written],
    }
    async with AsyncExitStack() as stack:
        streams = {
            modes: await stack.enter_async_context(listening(talk, "GET", path, params={"stream_modes": modes}))
            for modes in wanted
        }
        for _ in range(2):
            await talk.post(f"/threads/{thread}/runs/wait", json={"assistant_id": "chain", "input": {"count": 0}})
            answer = (await talk.post(f"/threads/{thread}/state", json=edited)).json()
        async with asyncio.timeout(DEADLINE):
            seen = {modes: await stream.take(len(wanted[modes])) for modes, stream in streams.items()}
    assert {modes: names(frames) for modes, frames in seen.items()} == wanted
    last = seen["state_update"][-1].data
    assert last["thread_id"] == thread
    assert last["state"]["checkpoint_id"] == answer["checkpoint_id"]
    assert last["state"] == (await talk.get(f"/threads/{thread}/state")).json()
    whole = seen["lifecycle,state_update"]
    for cut, frame in enumerate(whole[:-1], 1):
        query = {"stream_modes": ["lifecycle", "state_update"]}
        async with listening(talk, "GET", path, after=frame.id, params=query) as stream, asyncio.timeout(DEADLINE):
            assert await stream.take(len(whole) - cut) == whole[cut:]


@pytest.mark.parametrize("query", [{"stream_modes": "x"}, {"stream_modes": "lifecycle,x"}, {"stream_mode": "[1]"}])
async def test_other_modes_are_refused(talk: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await talk.get(f"/threads/{uuid4()}/stream", params=query)
    assert answer.status_code == 422
    assert next(iter(query)) in answer.json()["detail"]


async def test_headers_come_once_the_beginning_is_settled(pair: list[Server]) -> None:
    """Whoever has them may start a run, and hears all of it."""
    async with httpx.AsyncClient(base_url=pair[0].api_url, headers=pair[0].headers, timeout=DEADLINE) as http:
        thread, opened = await new_thread(http), asyncio.Event()

        async def follow() -> None:
            async with listening(http, "GET", f"/threads/{thread}/stream"):
                opened.set()

        with psycopg.connect(dsn_of(pair[0])) as other, psycopg.connect(dsn_of(pair[0]), autocommit=True) as looking:
            other.execute("SELECT 1 FROM threads WHERE thread_id = %s FOR UPDATE", (thread,))
            following = asyncio.create_task(follow())
            waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
            await soon(lambda: looking.execute(waits).fetchone() is not None, DEADLINE)
            assert not opened.is_set()
            other.rollback()
        await asyncio.wait_for(following, DEADLINE)


async def test_a_stream_goes_on_behind_any_frame(talk: httpx.AsyncClient) -> None:
    thread = await new_thread(talk)
    path = f"/threads/{thread}/stream"
    body = {"assistant_id": "chain", "input": {"count": 0}, "stream_resumable": True}
    async with listening(talk, "GET", path) as stream:
        for _ in range(2):
            await talk.post(f"/threads/{thread}/runs/wait", json=body)
        whole = await until_done(stream, 2)
    async with listening(talk, "GET", path, after="0") as stream:
        assert await until_done(stream, 2) == whole
    for cut in range(0, len(whole) - 1, 3):
        async with listening(talk, "GET", path, after=whole[cut].id) as stream:
            assert await stream.take(len(whole) - cut - 1) == whole[cut + 1 :]


async def test_the_sdk_joins_a_thread(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    seen: list[StreamPart] = []

    async def follow() -> None:
        async for part in await client.threads.join_stream(thread, stream_mode=["run_modes"], last_event_id="0"):
            seen.append(part)
            if part.event == "metadata" and part.data.get("status") == "run_done":
                return

    following = asyncio.create_task(follow())
    await client.runs.create(thread, "chain", input={"count": 0}, stream_resumable=True)
    await asyncio.wait_for(following, DEADLINE)
    assert [part.data["count"] for part in seen if part.event == "values"][-1] == 3


@pytest.mark.parametrize("after", ["garbage", "-1", "1-", "99999999999999999999"])
async def test_an_id_that_is_none_is_refused(talk: httpx.AsyncClient, after: str) -> None:
    answer = await talk.get(f"/threads/{uuid4()}/stream", headers={"Last-Event-ID": after})
    assert answer.status_code == 422
    assert "Last-Event-ID" in answer.json()["detail"]


async def test_a_mode_that_is_none_is_refused(talk: httpx.AsyncClient) -> None:
    answer = await talk.get(f"/threads/{uuid4()}/stream", params={"stream_mode": "everything"})
    assert answer.status_code == 422


async def test_a_run_under_way_is_joined(acted_server: Server, acting: ActingWorker) -> None:
    async with httpx.AsyncClient(base_url=acted_server.api_url, headers=acted_server.headers, timeout=DEADLINE) as talk:
        thread = await new_thread(talk)
        body: dict[str, Any] = {"assistant_id": "acted", "input": {}}
        run_id = (await talk.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
        run = await acting.take(run_id)
        assert not run.claim.watched
        async with listening(talk, "GET", f"/threads/{thread}/stream") as stream:
            await acting.until_attached(run_id)
            await run.frames(("custom", "late"))
            await run.finish()
            assert [frame.data for frame in await until_done(stream)] == [
                "late",
                {"status": "run_done", "run_id": run_id},
            ]
            run_id = (await talk.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
            run = await acting.take(run_id)
            assert run.claim.watched  # its worker makes frames from the first step on
            await run.finish()
            await until_done(stream)
