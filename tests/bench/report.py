#!/usr/bin/env python
"""Turn results/*.json into one Markdown table: median over the rounds [lowest, highest].

python report.py results [--order label label ...]
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import statistics
from typing import Any

# (title, path into the result document); a `<` marks that lower is better
ROWS = [
    ("start to first OK, empty store, s <", "startup_s"),
    ("start to first OK, filled store, s <", "restart_s"),
    ("RSS idle, MB <", "results.memory_idle.rss_mb"),
    ("RSS after load, MB <", "results.memory_after.rss_mb"),
    ("health route p50, ms <", "results.http_floor.seq.p50"),
    ("health route, 8 clients, req/s >", "results.http_floor.c8.per_s"),
    ("wait noop stateless p50, ms <", "results.wait_seq.noop.stateless.p50"),
    ("wait noop stateless p95", "results.wait_seq.noop.stateless.p95"),
    ("wait noop stateless p99", "results.wait_seq.noop.stateless.p99"),
    ("thread + wait noop p50, ms <", "results.wait_seq.noop.new_thread.p50"),
    ("thread + wait noop p95", "results.wait_seq.noop.new_thread.p95"),
    ("wait noop same thread p50, ms <", "results.wait_seq.noop.same_thread.p50"),
    ("wait chain10 stateless p50, ms <", "results.wait_seq.chain10.stateless.p50"),
    ("wait chain10 stateless p95", "results.wait_seq.chain10.stateless.p95"),
    ("thread + wait chain10 p50, ms <", "results.wait_seq.chain10.new_thread.p50"),
    ("thread + wait chain10 p95", "results.wait_seq.chain10.new_thread.p95"),
    ("wait noop c1, runs/s >", "results.throughput.noop_c1.per_s"),
    ("wait noop c8, runs/s >", "results.throughput.noop_c8.per_s"),
    ("wait noop c32, runs/s >", "results.throughput.noop_c32.per_s"),
    ("wait noop c32 p95, ms", "results.throughput.noop_c32.p95"),
    ("wait chain10 c1, runs/s >", "results.throughput.chain10_c1.per_s"),
    ("wait chain10 c8, runs/s >", "results.throughput.chain10_c8.per_s"),
    ("wait chain10 c32, runs/s >", "results.throughput.chain10_c32.per_s"),
    ("stream noop c1, runs/s >", "results.throughput_stream.noop_c1.per_s"),
    ("stream noop c8, runs/s >", "results.throughput_stream.noop_c8.per_s"),
    ("stream noop c32, runs/s >", "results.throughput_stream.noop_c32.per_s"),
    ("server CPU per run, noop stream c8, ms <", "results.throughput_stream.noop_c8.server_cpu_ms_per_run"),
    ("server CPU per run, chain10 wait c32, ms <", "results.throughput.chain10_c32.server_cpu_ms_per_run"),
    ("database CPU per run, noop stream c8, ms <", "results.throughput_stream.noop_c8.db_cpu_ms_per_run"),
    ("database CPU per run, chain10 wait c32, ms <", "results.throughput.chain10_c32.db_cpu_ms_per_run"),
    ("commits per run, noop c32", "results.throughput.noop_c32.commits_per_run"),
    ("commits per run, chain10 c32", "results.throughput.chain10_c32.commits_per_run"),
    ("database bytes per run, noop c32 <", "results.throughput.noop_c32.db_bytes_per_run"),
    ("database bytes per run, chain10 c32 <", "results.throughput.chain10_c32.db_bytes_per_run"),
    ("WAL bytes per run, noop c32 <", "results.throughput.noop_c32.wal_bytes_per_run"),
    ("WAL bytes per run, chain10 c32 <", "results.throughput.chain10_c32.wal_bytes_per_run"),
    ("WAL bytes per run, bigstate <", "results.bigstate.wal_bytes_per_run"),
    ("stream stateless: first byte p50, ms <", "results.stream_first.stateless.first_byte.p50"),
    ("stream stateless: first values p50, ms <", "results.stream_first.stateless.first_values.p50"),
    ("stream stateless: end p50, ms <", "results.stream_first.stateless.end.p50"),
    ("stream thread: first byte p50, ms <", "results.stream_first.thread.first_byte.p50"),
    ("stream thread: last values p50, ms <", "results.stream_first.thread.last_values.p50"),
    ("stream thread: end p50, ms <", "results.stream_first.thread.end.p50"),
    ("tokens, 1 stream, events/s >", "results.tokens.c1.events_per_s"),
    ("tokens, 1 stream, first token p50, ms <", "results.tokens.c1.first_token.p50"),
    ("tokens, 1 stream, end p50, ms <", "results.tokens.c1.end.p50"),
    ("tokens, 10 streams, events/s >", "results.tokens.c10.events_per_s"),
    ("tokens, 10 streams, end p95, ms <", "results.tokens.c10.end.p95"),
    ("tokens, bytes per event", "results.tokens.c1.bytes_per_event"),
    ("background: POST answered p50, ms <", "results.queue.one_at_a_time.post_ack.p50"),
    ("background: POST to node start p50, ms <", "results.queue.one_at_a_time.post_to_start.p50"),
    ("background: node end to join p50, ms <", "results.queue.one_at_a_time.end_to_join.p50"),
    ("drain 300 empty runs, runs/s >", "results.queue.drain.runs_per_s"),
    ("drain: POSTs answered, per s >", "results.queue.drain.acks_per_s"),
    ("drain: server CPU per run (with reads), ms <", "results.queue.drain.server_cpu_ms_per_run"),
    ("burst 100 x 0.1 s: makespan, s <", "results.queue.burst.makespan_s"),
    ("burst: slots seen", "results.queue.burst.slots_seen"),
    ("burst: makespan over ideal <", "results.queue.burst.makespan_over_ideal"),
    ("burst: last join answered, s <", "results.queue.burst.all_joined_s"),
    ("burst: node start p95, ms <", "results.queue.burst.start.p95"),
    ("GET state p50, ms <", "results.reads.state.p50"),
    ("history of 50 p50, ms <", "results.reads.history50.p50"),
    ("create threads c8, per s >", "results.reads.thread_create_c8.per_s"),
    ("search 10 of >2,000 p50, ms <", "results.reads.search.p50"),
    ("search 10, metadata filter p50, ms <", "results.reads.search_filter.p50"),
    ("search 100 at offset 1,000 p50, ms <", "results.reads.search_deep.p50"),
    ("bigstate thread wait p50, ms <", "results.bigstate.thread_wait.p50"),
    ("bigstate stateless wait p50, ms <", "results.bigstate.stateless_wait.p50"),
    ("bigstate GET state p50, ms <", "results.bigstate.state.p50"),
    ("interrupt: wait to interrupt p50, ms <", "results.interrupt.to_interrupt.p50"),
    ("interrupt: resume p50, ms <", "results.interrupt.resume.p50"),
    ("SDK wait noop p50, ms <", "results.sdk.wait_noop.p50"),
]


def dig(doc: Any, path: str) -> float | None:
    for key in path.split("."):
        if not isinstance(doc, dict) or key not in doc:
            return None
        doc = doc[key]
    return doc if isinstance(doc, (int, float)) else None


def short(x: float) -> str:
    if abs(x) >= 1000:
        return f"{x:,.0f}"
    if abs(x) >= 100:
        return f"{x:.0f}"
    return f"{x:.3g}"


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("folder", type=pathlib.Path)
    p.add_argument("--order", nargs="*")
    args = p.parse_args()
    docs: dict[str, list[Any]] = collections.defaultdict(list)
    for f in sorted(args.folder.glob("*.json")):
        doc = json.loads(f.read_text())
        if "results" in doc:
            docs[doc["label"]].append(doc)
    labels = args.order or list(docs)
    print("| | " + " | ".join(f"{x} ({len(docs[x])})" for x in labels) + " |")
    print("|---|" + "---|" * len(labels))
    for title, path in ROWS:
        cells = []
        for label in labels:
            vals = [v for v in (dig(d, path) for d in docs[label]) if v is not None]
            if not vals:
                cells.append("-")
            elif len(vals) == 1 or min(vals) == max(vals):
                cells.append(short(vals[0]))
            else:
                cells.append(f"{short(statistics.median(vals))} [{short(min(vals))}, {short(max(vals))}]")
        if any(c != "-" for c in cells):
            print(f"| {title} | " + " | ".join(cells) + " |")
    for label in labels:
        for d in docs[label]:
            for stage, r in d["results"].items():
                if isinstance(r, dict) and "error" in r:
                    print(f"\n{label}: stage {stage} failed: {r['error']}")


if __name__ == "__main__":
    main()
