"""How long a run stands still after `kill -9` of its worker, and what the whole installation weighs when idle.

    python -m tests.bench.resume [--rounds 5]

Starts `jupyter duragraph serve` with the default lease on an empty data directory: once with one worker, for the
memory, and once with two, for the resume.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.support.server import Server
from tests.support.waiting import eventually

GRAPHS = Path(__file__).parent / "graphs" / "langgraph.json"
LONG = 3.0
"""Seconds of the node in whose middle the worker is killed."""


def pss_mb(server: Server) -> dict[str, float]:
    """Proportional set size by kind of process, in MB."""
    out: dict[str, float] = {}
    for process in server.processes():
        name = kind_of(process)
        out[name] = round(out.get(name, 0) + process.memory_full_info().pss / 2**20, 1)
    return {**dict(sorted(out.items())), "total": round(sum(out.values()), 1)}


def kind_of(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    for word, name in (
        ("keeper.py", "keeper"), ("duragraph_kernel", "worker"), ("duragraph_ext.embedded", "supervisor"),
        ("nats-server", "nats"), ("postgres", "postgres"),
    ):  # fmt: skip
        if word in line:
            return name
    return "server"


def resume_seconds(server: Server) -> float:
    """From the kill to the moment another worker has claimed the run."""
    with server.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "sleep", "input": {"seconds": LONG}}
        run = client.post(f"/threads/{thread}/runs", json=body).json()["run_id"]

        def worker() -> Any:
            return next((w for w in client.get("/workers").json() if run in w["runs"]), None)

        busy = eventually(worker, 20, "a worker with the run")
        at = time.perf_counter()
        os.kill(busy["pid"], signal.SIGKILL)
        eventually(lambda: (w := worker()) and w["worker_id"] != busy["worker_id"], 60, "another worker")
        seconds = time.perf_counter() - at
        client.get(f"/threads/{thread}/runs/{run}/join")
        eventually(lambda: len(client.get("/workers").json()) == 2, 60, "two workers again")
        return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, Server.factory(Path(folder)) as start:
        server = start(config=GRAPHS, workers=1)
        time.sleep(10)  # what was needed to start is given back
        figures["idle_pss_mb"] = pss_mb(server)
        server.stop()
    with tempfile.TemporaryDirectory() as folder, Server.factory(Path(folder)) as start:
        server = start(config=GRAPHS, workers=2)
        times = [resume_seconds(server) for _ in range(rounds)]
        figures["resume_s"] = {
            "median": round(statistics.median(times), 2), "max": round(max(times), 2), "rounds": rounds,
        }  # fmt: skip
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
