"""F30: a backlog drains whole, in order per thread, while the API answers. BACKLOG=10000 gives the full size."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.faults.harness.invariants import replay_differences
from tests.faults.harness.pids import dsn_of
from tests.support.server import Server
from tests.support.waiting import soon

LOAD = Path(__file__).parent / "graphs" / "load.json"
RUNS = int(os.environ.get("BACKLOG", "300"))
THREADS = 20


@pytest.mark.faults
async def test_a_backlog_drains_in_order(duragraph_server: Callable[..., Server]) -> None:
    server = duragraph_server(config=LOAD)
    async with httpx.AsyncClient(
        base_url=server.api_url, headers=server.headers, timeout=60, limits=httpx.Limits(max_connections=32)
    ) as http:
        threads = [(await http.post("/threads", json={})).json()["thread_id"] for _ in range(THREADS)]

        async def fill(thread: str) -> list[str]:
            made = []
            for _ in range(RUNS // THREADS):
                answer = await http.post(f"/threads/{thread}/runs", json={"assistant_id": "noop", "input": {}})
                assert answer.status_code == 200, answer.text
                made.append(answer.json()["run_id"])
            return made

        made = dict(zip(threads, await asyncio.gather(*map(fill, threads)), strict=True))

        async def drained() -> bool:
            queue = (await http.get("/queue")).json()
            return queue["pending"] == 0 and queue["running"] == 0

        await soon(drained, 60 + RUNS / 20)
        for thread, wanted in made.items():
            ended: list[dict[str, str]] = []
            while len(ended) < len(wanted):
                page = await http.get(f"/threads/{thread}/runs", params={"limit": 100, "offset": len(ended)})
                ended += page.json()
            assert {run["status"] for run in ended} == {"success"}
            assert sorted(wanted) == sorted(run["run_id"] for run in ended)
            events = await http.get(f"/runs/{wanted[-1]}/events")
            assert [e["event_type"] for e in events.json()][-1] == "run.completed"
    assert await asyncio.to_thread(replay_differences, dsn_of(server)) == []
