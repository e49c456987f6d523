#!/usr/bin/env python
"""Measure any server that speaks the LangGraph Platform API over HTTP.

    python -m tests.bench.bench --url http://127.0.0.1:2024 --json out.json
    python -m tests.bench.bench --url http://127.0.0.1:2024 --spawn "langgraph dev --port 2024 ..." --json out.json

The server must serve the graphs in ``graphs/bench_graphs.py`` (assistants
noop, chain10, tokens, sleep, bigstate, interrupt). Every stage is bounded by a
count and by a time, whichever comes first; a stage that fails is recorded as
``{"error": ...}`` and the rest goes on. Latencies are in milliseconds, rates
per second. Times inside a run (queue latency) compare the server's clock with
ours, so run both on one machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from typing import Any

import aiohttp

from .client import Api
from .figures import now
from .machine import Disk, Tree
from .stages import Bench


async def first_ok(api: Api, path: str, limit: float, proc: subprocess.Popen | None) -> float:
    t0 = now()
    while now() - t0 < limit:
        if proc and proc.poll() is not None:
            raise SystemExit(f"server exited with {proc.returncode}")
        try:
            async with api.http.get(api.url + path) as r:
                if r.status == 200:
                    return now() - t0
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.02)
    raise SystemExit(f"no 200 from {path} within {limit} s")


async def amain(args: argparse.Namespace) -> None:
    headers = dict(h.split("=", 1) for h in args.header)
    proc = None
    log = open(args.log, "ab") if args.log else subprocess.DEVNULL
    result: dict[str, Any] = {"label": args.label, "url": args.url, "at": time.strftime("%FT%TZ", time.gmtime())}
    result["host"] = {"cpus": os.cpu_count(), "load_before": os.getloadavg()[0], "python": sys.version.split()[0]}
    try:
        async with Api(args.url, headers, args.request_timeout) as api:
            if args.spawn:
                proc = subprocess.Popen(
                    shlex.split(args.spawn), cwd=args.cwd, stdout=log, stderr=log, start_new_session=True
                )
            ok = await first_ok(api, args.ok_path, args.start_timeout, proc)
            if proc:
                result["startup_s"] = round(ok, 3)
            tree = Tree(proc.pid if proc else args.pid)
            bench = Bench(api, args, tree, Tree(args.db_pid), Disk(args.pg_dsn, args.data_dir))
            result["results"] = await bench.run()
    finally:
        if proc:
            os.killpg(proc.pid, signal.SIGTERM)
            try:
                proc.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(proc.pid, signal.SIGKILL)
                proc.wait()
    result["host"]["load_after"] = os.getloadavg()[0]
    text = json.dumps(result, indent=1)
    if args.json:
        with open(args.json, "w") as f:
            f.write(text + "\n")
    else:
        print(text)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--url", required=True)
    p.add_argument("--label", default="server")
    p.add_argument("--header", action="append", default=[], metavar="NAME=VALUE")
    p.add_argument("--json", help="where to write the result (default: stdout)")
    p.add_argument("--spawn", help="command that starts the server; gives start-up time and process figures")
    p.add_argument("--cwd", help="working directory for --spawn")
    p.add_argument("--log", help="the spawned server's output")
    p.add_argument("--pid", type=int, help="process id of a server that already runs (memory, CPU)")
    p.add_argument("--db-pid", type=int, help="postmaster's process id (database CPU, memory)")
    p.add_argument("--pg-dsn", help="the server's database, to measure bytes and commits per run")
    p.add_argument("--data-dir", help="the server's data folder, where it has no database")
    p.add_argument("--ok-path", default="/ok")
    p.add_argument("--start-timeout", type=float, default=120)
    p.add_argument("--request-timeout", type=float, default=120)
    p.add_argument("--only", nargs="*", help="stage names")
    p.add_argument("--quick", action="store_true", help="a quarter of the counts and times")
    p.add_argument("-v", "--verbose", action="store_true")
    asyncio.run(amain(p.parse_args()))


if __name__ == "__main__":
    main()
