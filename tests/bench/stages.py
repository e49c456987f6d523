"""The stages of the benchmark; one that fails is recorded and the rest goes on."""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import statistics
import sys
import time
import uuid
from typing import Any

import psutil

from .client import Api
from .figures import closed_loop, fan_out, latency, now, sequential, timed
from .machine import Disk, Tree


class Bench:
    def __init__(self, api: Api, args: argparse.Namespace, tree: Tree, db: Tree, disk: Disk) -> None:
        self.api, self.args, self.tree, self.db, self.disk = api, args, tree, db, disk
        self.out: dict[str, Any] = {}
        self.tag = uuid.uuid4().hex[:12]

    async def run(self) -> dict[str, Any]:
        stages = [m for m in dir(self) if m.startswith("stage_")]
        for name in sorted(stages, key=lambda m: getattr(type(self), m).__code__.co_firstlineno):
            short = name.removeprefix("stage_")
            if self.args.only and short not in self.args.only:
                continue
            t = now()
            me = psutil.Process().cpu_times()
            try:
                self.out[short] = await getattr(self, name)()
            except Exception as e:
                self.out[short] = {"error": f"{type(e).__name__}: {e}"[:300]}
            spent = psutil.Process().cpu_times()
            wall = now() - t
            client = (spent.user + spent.system - me.user - me.system) / wall
            self.out.setdefault("_stages", {})[short] = {"wall_s": round(wall, 2), "client_cpu": round(client, 2)}
            if self.args.verbose:
                print(f"{short:22s} {wall:6.1f}s {json.dumps(self.out[short])[:220]}", file=sys.stderr, flush=True)
        return self.out

    @property
    def q(self) -> float:
        return 0.25 if self.args.quick else 1.0

    async def stage_memory_idle(self) -> Any:
        await asyncio.sleep(1)
        return self.tree.memory()

    async def stage_http_floor(self) -> Any:
        """The cheapest route: what HTTP itself costs on this server."""
        return {
            "seq": await sequential(int(300 * self.q), 4, lambda _: self.api.call("GET", self.args.ok_path)),
            "c8": await closed_loop(8, 3 * self.q, lambda _: self.api.call("GET", self.args.ok_path)),
        }

    async def stage_wait_seq(self) -> Any:
        out: dict[str, Any] = {}
        for graph, expect in (("noop", 1), ("chain10", 10)):

            async def stateless(_: int) -> None:
                got = await self.api.wait(graph, {"x": 0})
                assert got["x"] == expect, got

            async def fresh(_: int) -> None:
                got = await self.api.wait(graph, {"x": 0}, await self.api.thread())
                assert got["x"] == expect, got

            own = await self.api.thread()

            async def again(_: int) -> None:
                got = await self.api.wait(graph, {"x": 0}, own)
                assert got["x"] == expect, got

            n, cap = int(150 * self.q), 4 * self.q
            out[graph] = {
                "stateless": await sequential(n, cap, stateless),
                "new_thread": await sequential(n, cap, fresh),
                "same_thread": await sequential(n, cap, again),
            }
        return out

    async def stage_throughput(self) -> Any:
        out: dict[str, Any] = {}
        for graph in ("noop", "chain10"):
            for c in (1, 8, 32):
                threads = [await self.api.thread() for _ in range(c)]
                await asyncio.gather(*(self.api.wait(graph, {"x": 0}, t) for t in threads))
                cpu, db, disk = self.tree.cpu(), self.db.cpu(), self.disk.read()
                r = await closed_loop(
                    c, (4 if graph == "noop" else 5) * self.q, lambda i: self.api.wait(graph, {"x": 0}, threads[i])
                )
                n = r["n"]
                if self.tree.root:
                    r["server_cpu_ms_per_run"] = round((self.tree.cpu() - cpu) * 1e3 / n, 2)
                if self.db.root:
                    r["db_cpu_ms_per_run"] = round((self.db.cpu() - db) * 1e3 / n, 2)
                after = self.disk.read()
                for key in disk:
                    r[f"{key}_per_run"] = round((after[key] - disk[key]) / n, 1)
                out[f"{graph}_c{c}"] = r
        return out

    async def stage_throughput_stream(self) -> Any:
        """Runs per second when clients use /runs/stream: free of a server's /runs/wait polling."""
        out: dict[str, Any] = {}
        for c in (1, 8, 32):
            threads = [await self.api.thread() for _ in range(c)]
            await asyncio.gather(*(self.api.stream("noop", {"x": 0}, ["values"], t) for t in threads))
            cpu, db = self.tree.cpu(), self.db.cpu()
            r = await closed_loop(c, 4 * self.q, lambda i: self.api.stream("noop", {"x": 0}, ["values"], threads[i]))
            if self.tree.root:
                r["server_cpu_ms_per_run"] = round((self.tree.cpu() - cpu) * 1e3 / r["n"], 2)
            if self.db.root:
                r["db_cpu_ms_per_run"] = round((self.db.cpu() - db) * 1e3 / r["n"], 2)
            out[f"noop_c{c}"] = r
        return out

    async def stage_stream_first(self) -> Any:
        out: dict[str, Any] = {}
        for name, threaded in (("stateless", False), ("thread", True)):
            own = await self.api.thread() if threaded else None
            rows = []
            deadline = now() + 6 * self.q
            for i in range(int(100 * self.q) + 3):
                r = await self.api.stream("noop", {"x": 0}, ["values"], own)
                if i >= 3:
                    rows.append(r)
                if now() > deadline and len(rows) >= 3:
                    break
            values = [[at for ev, at in r["events"] if ev == "values"] for r in rows]
            out[name] = {
                "first_byte": latency([r["first"] - r["start"] for r in rows]),
                "first_values": latency([v[0] - r["start"] for r, v in zip(rows, values, strict=False) if v]),
                "last_values": latency([v[-1] - r["start"] for r, v in zip(rows, values, strict=False) if v]),
                "end": latency([r["end"] - r["start"] for r in rows]),
                "events": [n for n, _ in rows[-1]["events"]],
            }
        return out

    async def stage_tokens(self) -> Any:
        body = {"messages": [{"role": "user", "content": "go"}]}
        out: dict[str, Any] = {}
        for c in (1, 10):
            rates, firsts, counts, sizes, ends = [], [], [], [], []
            cpu = self.tree.cpu()
            rounds = max(1, int((8 if c == 1 else 4) * self.q))
            for k in range(rounds + 1):
                threads = [await self.api.thread() for _ in range(c)]
                rows = await asyncio.gather(*(self.api.stream("tokens", body, ["messages-tuple"], t) for t in threads))
                if k == 0:
                    cpu = self.tree.cpu()
                    continue
                tok = [[at for ev, at in r["events"] if ev.startswith("messages")] for r in rows]
                total = sum(len(t) for t in tok)
                rates.append(total / (max(t[-1] for t in tok) - min(r["start"] for r in rows)))
                firsts += [t[0] - r["start"] for t, r in zip(tok, rows, strict=False)]
                ends += [r["end"] - r["start"] for r in rows]
                counts += [len(t) for t in tok]
                sizes += [r["bytes"] / len(t) for t, r in zip(tok, rows, strict=False)]
            out[f"c{c}"] = {
                "events_per_s": round(statistics.median(rates), 1),
                "first_token": latency(firsts),
                "end": latency(ends),
                "events_per_stream": statistics.median(counts),
                "bytes_per_event": round(statistics.median(sizes)),
                "server_cpu_ms_per_stream": round((self.tree.cpu() - cpu) * 1e3 / (c * rounds), 1),
            }
        return out

    async def stage_queue(self) -> Any:
        """Background runs: how long until the node starts, and what 100 at once take."""

        async def finish(thread: str, run: str) -> dict[str, Any]:
            await self.api.call("GET", f"/threads/{thread}/runs/{run}/join")
            return (await self.api.call("GET", f"/threads/{thread}/state"))["values"]

        body = {"assistant_id": "sleep", "input": {"seconds": 0.0}}
        start, ack, seen = [], [], []
        deadline = now() + 8 * self.q
        for _ in range(int(30 * self.q)):
            t = await self.api.thread()
            sent = time.time()
            run = await self.api.call("POST", f"/threads/{t}/runs", body)
            ack.append(time.time() - sent)
            await self.api.call("GET", f"/threads/{t}/runs/{run['run_id']}/join")
            joined = time.time()
            v = (await self.api.call("GET", f"/threads/{t}/state"))["values"]
            start.append(v["started_at"] - sent)
            seen.append(joined - v["ended_at"])
            if now() > deadline:
                break
        out: dict[str, Any] = {
            "one_at_a_time": {"post_ack": latency(ack), "post_to_start": latency(start), "end_to_join": latency(seen)}
        }

        # Drain: empty background runs, so that only the engine's own cost is left.
        n = int(300 * self.q)
        threads = await fan_out(list(range(n)), 8, lambda _: self.api.thread())
        cpu, db = self.tree.cpu(), self.db.cpu()
        sent = time.time()
        runs = await fan_out(threads, 32, lambda t: self.api.call("POST", f"/threads/{t}/runs", body))
        acked = time.time()
        vals = await fan_out(list(zip(threads, runs, strict=False)), 100, lambda p: finish(p[0], p[1]["run_id"]))
        span = max(v["ended_at"] for v in vals) - sent
        out["drain"] = {
            "n": n,
            "acks_per_s": round(n / (acked - sent), 1),
            "runs_per_s": round(n / span, 1),
            "server_cpu_ms_per_run": round((self.tree.cpu() - cpu) * 1e3 / n, 2),
            "db_cpu_ms_per_run": round((self.db.cpu() - db) * 1e3 / n, 2),
        }

        n, nap = int(100 * self.q), 0.1
        body = {"assistant_id": "sleep", "input": {"seconds": nap}}
        threads = await fan_out(list(range(n)), 8, lambda _: self.api.thread())
        sent = time.time()
        runs = await asyncio.gather(*(self.api.call("POST", f"/threads/{t}/runs", body) for t in threads))
        acked = time.time()
        vals = await asyncio.gather(*(finish(t, r["run_id"]) for t, r in zip(threads, runs, strict=False)))
        done = time.time()
        edges = sorted([(v["started_at"], 1) for v in vals] + [(v["ended_at"], -1) for v in vals])
        slots = cur = 0
        for _, d in edges:
            cur += d
            slots = max(slots, cur)
        span = max(v["ended_at"] for v in vals) - sent
        ideal = math.ceil(n / slots) * nap
        out["burst"] = {
            "n": n,
            "all_acked_s": round(acked - sent, 3),
            "makespan_s": round(span, 3),
            "all_joined_s": round(done - sent, 3),
            "slots_seen": slots,
            "ideal_for_slots_s": round(ideal, 3),
            "makespan_over_ideal": round(span / ideal, 2),
            "overhead_ms_per_run": round((span - ideal) * 1e3 / n, 2),
            "start": latency([v["started_at"] - sent for v in vals]),
        }
        return out

    async def stage_reads(self) -> Any:
        out: dict[str, Any] = {}
        t = await self.api.thread()
        for _ in range(5):
            await self.api.wait("chain10", {"x": 0}, t)
        n, cap = int(100 * self.q), 5 * self.q
        out["state"] = await sequential(n, cap, lambda _: self.api.call("GET", f"/threads/{t}/state"))
        hist = await self.api.call("POST", f"/threads/{t}/history", {"limit": 50})
        out["history50"] = await sequential(
            int(40 * self.q), cap, lambda _: self.api.call("POST", f"/threads/{t}/history", {"limit": 50})
        )
        out["history50"]["rows"] = len(hist)

        count = int(2000 * self.q)
        t0 = now()
        await fan_out(
            list(range(count)),
            8,
            lambda i: self.api.thread({"bench": self.tag, "bucket": i % 50, "owner": f"user-{i % 7}"}),
        )
        out["thread_create_c8"] = {"n": count, "per_s": round(count / (now() - t0), 1)}
        bodies = {
            "search": {"limit": 10},
            "search_filter": {"limit": 10, "metadata": {"bench": self.tag, "bucket": 7}},
            "search_deep": {"limit": 100, "offset": count // 2, "metadata": {"bench": self.tag}},
        }
        for key, body in bodies.items():
            rows = len(await self.api.call("POST", "/threads/search", body))
            out[key] = await sequential(n, cap, lambda _: self.api.call("POST", "/threads/search", body))
            out[key]["rows"] = rows
        return out

    async def stage_bigstate(self) -> Any:
        disk = self.disk.read()
        n, cap = int(30 * self.q), 5 * self.q

        async def stateless(_: int) -> None:
            got = await self.api.wait("bigstate", {"x": 0})
            assert got["x"] == 1
            assert len(got["blob"]) > 1000

        own = await self.api.thread()
        wait = await sequential(n, cap, lambda _: self.api.wait("bigstate", {"x": 0}, own))
        after = self.disk.read()
        out = {"thread_wait": wait, "stateless_wait": await sequential(n, cap, stateless)}
        for key in disk:
            out[f"{key}_per_run"] = round((after[key] - disk[key]) / (wait["n"] + 3))
        out["state"] = await sequential(n, cap, lambda _: self.api.call("GET", f"/threads/{own}/state"))
        return out

    async def stage_interrupt(self) -> Any:
        first, second = [], []
        deadline = now() + 8 * self.q
        for i in range(int(50 * self.q)):
            t = await self.api.thread()
            a = await timed(self.api.wait("interrupt", {"question": "ok?"}, t))
            s = now()
            got = await self.api.wait("interrupt", None, t, command={"resume": "yes"})
            b = now() - s
            assert got["answer"] == "yes", got
            if i >= 2 or a > 0.5:
                first.append(a)
                second.append(b)
            if now() > deadline and len(first) >= 3:
                break
        return {"to_interrupt": latency(first), "resume": latency(second)}

    async def stage_sdk(self) -> Any:
        """The same noop wait through the official Python SDK: what its users see."""
        from langgraph_sdk import get_client

        headers = {name.lower(): value for name, value in self.api.headers.items()}
        client = get_client(url=self.api.url, api_key=headers.pop("x-api-key", None), headers=headers)
        thread = (await client.threads.create())["thread_id"]
        return {
            "wait_noop": await sequential(
                int(50 * self.q), 5, lambda _: client.runs.wait(thread, "noop", input={"x": 0}), warm=2
            )
        }

    async def stage_memory_after(self) -> Any:
        await asyncio.sleep(2)
        return {**self.tree.memory(), **({"db_pss_mb": self.db.memory()["pss_mb"]} if self.db.root else {})}
