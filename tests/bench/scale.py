"""What a large installation asks of us: a search among many threads, a long history, many readers of one run.

    python -m tests.bench.scale [--threads 100000] [--steps 1000] [--readers 1000]

Starts `jupyter duragraph serve` on an empty data directory; the readers are of this process, on the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.client import Api
from tests.bench.figures import latency, sequential
from tests.faults.harness.pids import dsn_of
from tests.support.server import Server
from tests.support.waiting import soon

GRAPHS = Path(__file__).parents[1] / "faults" / "graphs" / "load.json"
CAP = 600.0
WRITERS = 16
GROUP = 1000
"""One of so many threads is of the group that is searched for."""
TICKS, PAUSE = 100, 0.1
"""Frames that each reader gets, and the seconds between them."""
SEARCHES = 200


async def search(api: Api, threads: int) -> dict[str, Any]:
    """Fill the store, then search by a key of the metadata."""
    left = iter(range(threads))

    async def write() -> None:
        for number in left:
            await api.thread({"number": number, "group": f"g{number % GROUP}"})

    began = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(WRITERS)))
    filled = time.perf_counter() - began

    async def found(wanted: dict[str, Any], number: int) -> None:
        rows = await api.call("POST", "/threads/search", {"metadata": wanted, "limit": 10})
        assert len(rows) == number, rows

    in_group = min(10, threads // GROUP)
    return {
        "threads": threads,
        "filled_per_s": round(threads / filled),
        "by_group": await sequential(SEARCHES, 60, lambda i: found({"group": f"g{i % GROUP}"}, in_group)),
        "by_number": await sequential(SEARCHES, 60, lambda i: found({"number": abs(i) * 7}, 1)),
    }


async def history(api: Api, steps: int) -> dict[str, Any]:
    """The first page of a thread with a checkpoint a step."""
    thread = await api.thread()
    asked = {"n": 0, "until": steps}
    await api.wait("steps", asked, thread, config={"recursion_limit": steps + 5})

    async def page(_: int) -> None:
        assert len(await api.call("POST", f"/threads/{thread}/history", {"limit": 10})) == 10

    return {"checkpoints": steps + 2, "first_page_of_10": await sequential(100, 60, page)}


async def readers(api: Api, count: int, go: Path, dsn: str) -> dict[str, Any]:
    """How late each reader of one run gets each frame, and how many connections the server holds meanwhile."""
    thread = await api.thread()
    body = {
        "assistant_id": "ticks",
        "input": {"go": str(go), "count": TICKS, "pause": PAUSE},
        "stream_mode": ["custom"],
    }
    run = (await api.call("POST", f"/threads/{thread}/runs", {**body, "stream_resumable": True}))["run_id"]
    joined, late = 0, []

    async def read() -> list[int]:
        nonlocal joined
        ticks: list[int] = []
        url = f"{api.url}/threads/{thread}/runs/{run}/stream"
        async with api.http.get(url, headers={"Last-Event-ID": "-1"}) as answer:
            joined += 1
            async for line in answer.content:
                if line.startswith(b'data: {"tick"'):
                    frame = json.loads(line[6:])
                    late.append(time.time() - frame["at"])
                    ticks.append(frame["tick"])
        return ticks

    reading = [asyncio.create_task(read()) for _ in range(count)]
    await soon(lambda: joined == count, CAP, "all readers to join")
    held = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'duragraph server%'"
    with psycopg.connect(dsn, autocommit=True) as connection:
        (connections,) = connection.execute(held).fetchone() or (0,)
    go.touch()
    gaps = [ticks for ticks in await asyncio.gather(*reading) if ticks != list(range(TICKS))]
    return {"readers": count, "with_a_gap": len(gaps), "late": latency(late), "connections": connections}


async def measure(server: Server, given: argparse.Namespace, folder: Path) -> None:
    """Print each figure as soon as it is there."""
    async with Api(server.api_url, server.headers, CAP) as api:
        print("history", json.dumps(await history(api, given.steps)), flush=True)
        print("readers", json.dumps(await readers(api, given.readers, folder / "go", dsn_of(server))), flush=True)
        print("search", json.dumps(await search(api, given.threads)), flush=True)


def main() -> None:
    """Start a server and measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("threads", 100_000), ("steps", 1000), ("readers", 1000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the readers' sockets, here and in the server
    with tempfile.TemporaryDirectory() as name, Server.factory(Path(name)) as start:
        asyncio.run(measure(start(config=GRAPHS, workers=1), given, Path(name)))


if __name__ == "__main__":
    main()
