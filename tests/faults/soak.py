"""F40: random faults under steady load, by hand; invariants hold at the end, and nothing has grown.

python -m tests.faults.soak --seconds 1800 --rate 5 --seed 1
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.conftest import GRAPHS
from tests.faults.harness.storm import hush, storm
from tests.support.server import Server, free_port
from tests.support.tls import share_contexts

EVERY = 3.0
"""Seconds between faults."""
ROUND = 120.0
"""Seconds of faults, after which everything is checked and then deleted: what stays behind has grown."""
WARM = 0.2
"""The share of the rounds after which things are as large as they may be."""
GROWTH = 1.1
FLAT = ("server descriptors", "connections", "database MB")
"""What must not grow; memory starts anew with every server that is killed."""


def after(seconds: float) -> Callable[[], bool]:
    """Whether so much time has passed since now."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def main() -> int:
    """Run one soak."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--rate", type=float, default=5, help="runs a second")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    hush()
    share_contexts()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    print(f"in {folder}, which stays if anything fails", flush=True)
    ended: Counter[str] = Counter()
    samples = []
    with Server.factory(folder) as start:
        raging = storm(folder, start, given.seed, {"config": GRAPHS, "workers": 2, "port": free_port()})
        for number in range(max(2, round(given.seconds / ROUND))):
            raging.rage(given.rate, EVERY, after(min(ROUND, given.seconds / 2)))
            ended += raging.check()
            raging.delete()
            samples.append(raging.resources())
            print(f"round {number}: {raging.struck.total()} faults, {ended.total()} runs, {samples[-1]}", flush=True)
        slowest = raging.history.slowest()
    warm, last = samples[int(len(samples) * WARM)], samples[-1]
    print(f"faults {raging.struck.total()}: {dict(raging.struck)}")
    print(f"runs {ended.total()}: {dict(ended)}; slowest answer {slowest:.1f} s")
    for what, value in last.items():
        print(f"{what}: {warm[what]:.0f} after the warm-up, {value:.0f} at the end")
    grown = [what for what in FLAT if last[what] > warm[what] * GROWTH + 2]
    if grown:
        print(f"GROWN: {', '.join(grown)}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
