"""Timing and quantiles; latencies are in milliseconds, rates per second."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

now = time.perf_counter


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(q * len(ordered)) - 1))]


def latency(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        raise RuntimeError("no sample")
    ms = [s * 1e3 for s in seconds]
    return {
        "n": len(ms),
        "p50": round(quantile(ms, 0.50), 2),
        "p95": round(quantile(ms, 0.95), 2),
        "p99": round(quantile(ms, 0.99), 2),
        "max": round(max(ms), 2),
    }


async def timed(work: Awaitable[Any]) -> float:
    t = now()
    await work
    return now() - t


async def sequential(n: int, cap: float, make: Callable[[int], Awaitable[Any]], warm: int = 3) -> dict[str, float]:
    for i in range(warm):
        if await timed(make(-1 - i)) > 0.5:
            break  # a slow server needs no more warming
    out: list[float] = []
    deadline = now() + cap
    for i in range(n):
        out.append(await timed(make(i)))
        if now() > deadline and i >= 2:
            break
    return latency(out)


async def closed_loop(workers: int, seconds: float, make: Callable[[int], Awaitable[Any]]) -> dict[str, Any]:
    """`workers` clients, each sending its next request when the last is answered."""
    stop = now() + seconds
    lat: list[float] = []

    async def one(i: int) -> None:
        while now() < stop:
            lat.append(await timed(make(i)))

    t0 = now()
    await asyncio.gather(*(one(i) for i in range(workers)))
    wall = now() - t0
    return {"per_s": round(len(lat) / wall, 2), "wall_s": round(wall, 2), **latency(lat)}


async def fan_out(items: list[Any], width: int, work: Callable[[Any], Awaitable[Any]]) -> list[Any]:
    gate = asyncio.Semaphore(width)

    async def one(x: Any) -> Any:
        async with gate:
            return await work(x)

    return await asyncio.gather(*(one(x) for x in items))
