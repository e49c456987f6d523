"""F31: many readers of one run each get every frame once; none holds a database connection. READERS=1000 for all."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg

from tests.faults.harness.pids import dsn_of
from tests.support.events import listening
from tests.support.server import Server
from tests.support.waiting import soon

LOAD = Path(__file__).parent / "graphs" / "load.json"
READERS = int(os.environ.get("READERS", "150"))
TICKS = 25


async def test_every_reader_gets_every_frame_once(duragraph_server: Callable[..., Server], tmp_path: Path) -> None:
    server = duragraph_server(config=LOAD)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=server.api_url, headers=server.headers, timeout=120, limits=limits) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        body = {
            "assistant_id": "ticks",
            "input": {"go": str(tmp_path / "go"), "count": TICKS},
            "stream_mode": ["custom"],
            "stream_resumable": True,
        }
        run = (await http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
        joined = 0

        async def read() -> list[int]:
            nonlocal joined
            async with listening(http, "GET", f"/threads/{thread}/runs/{run}/stream", after="-1") as stream:
                joined += 1
                return [frame.data["tick"] for frame in await stream.rest() if frame.event == "custom"]

        readers = [asyncio.create_task(read()) for _ in range(READERS)]

        async def all_joined() -> bool:
            return joined == READERS

        await soon(all_joined, 60)
        with psycopg.connect(dsn_of(server), autocommit=True) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'duragraph server%'"
            ).fetchone()
            assert row is not None
            assert row[0] <= 14, "streams hold connections"
        (tmp_path / "go").touch()
        async with asyncio.timeout(120):
            for ticks in await asyncio.gather(*readers):
                assert ticks == list(range(TICKS))
