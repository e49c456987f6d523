#!/usr/bin/env python
"""Run bench.py over every peer in peers.toml, round after round (A B C, A B C, ...)."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent


def expand(value: str) -> str:
    out = os.path.expandvars(value)
    if "${" in out:
        raise SystemExit(f"unset variable in {value!r}")
    return out


def fresh_database(name: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["PG"] + "/postgres", autocommit=True) as conn:
        conn.execute(f'drop database if exists "{name}" with (force)')
        conn.execute(f'create database "{name}"')


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--config", default=HERE / "peers.toml", type=pathlib.Path)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--out", type=pathlib.Path, default=HERE / "results")
    p.add_argument("--peer", nargs="*", help="labels (default: all)")
    p.add_argument("--quick", action="store_true")
    args = p.parse_args()
    peers = tomllib.loads(args.config.read_text())["peer"]
    if args.peer:
        peers = [x for x in peers if x["label"] in args.peer]
    args.out.mkdir(parents=True, exist_ok=True)

    for rnd in range(args.rounds):
        for peer in peers:
            label = peer["label"]
            env = {**os.environ, **{k: expand(v) for k, v in peer.get("env", {}).items()}}
            if "before" in peer:
                subprocess.run(shlex.split(expand(peer["before"])), check=True, stdout=subprocess.DEVNULL)
            base = [sys.executable, "-m", "tests.bench.bench", "--label", label, "--url", expand(peer["url"]), "-v"]
            base += ["--ok-path", peer.get("ok_path", "/ok"), "--log", str(args.out / f"{label}.log")]
            if "spawn" in peer:
                base += ["--spawn", expand(peer["spawn"]), "--cwd", expand(peer.get("cwd", "."))]
            for header in peer.get("headers", []):
                base += ["--header", expand(header)]
            if "db" in peer:
                fresh_database(peer["db"])
                base += ["--pg-dsn", f"{os.environ['PG']}/{peer['db']}"]
                if "PG_PID" in os.environ:
                    base += ["--db-pid", os.environ["PG_PID"]]
            if "data_dir" in peer:
                base += ["--data-dir", expand(peer["data_dir"])]
            target = args.out / f"{label}.{rnd}.json"
            print(f"== round {rnd} {label}", file=sys.stderr, flush=True)
            subprocess.run(base + ["--json", str(target)] + (["--quick"] if args.quick else []), env=env, check=False)
            if "spawn" not in peer or not target.exists():
                continue
            # a second start on the store that the round has filled
            again = args.out / f"{label}.{rnd}.restart.json"
            subprocess.run([*base, "--only", "memory_idle", "--json", str(again)], env=env, check=False)
            if again.exists():
                doc = json.loads(target.read_text())
                second = json.loads(again.read_text())
                doc["restart_s"] = second["startup_s"]
                doc["restart_rss_mb"] = second["results"]["memory_idle"]["rss_mb"]
                target.write_text(json.dumps(doc, indent=1) + "\n")
                again.unlink()


if __name__ == "__main__":
    main()
