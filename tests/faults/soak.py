"""F40: random faults under steady load, by hand; invariants hold at the end, and nothing has grown.

python -m tests.faults.soak --seconds 1800 --rate 5 --seed 1
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.conftest import GRAPHS
from tests.faults.harness.storm import hush, storm
from tests.support.server import Server, free_port
from tests.support.tls import share_contexts

EVERY = 3.0
"""Seconds between faults."""
WARM = 0.2
"""The share of the time after which things are as large as they may be."""
GROWTH = 1.1
FLAT = ("server descriptors", "connections")
"""What must not grow; memory starts anew with every server that is killed, and the database holds the runs."""


def main() -> int:
    """Run one soak."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--rate", type=float, default=5, help="runs a second")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    hush()
    share_contexts()
    with tempfile.TemporaryDirectory(prefix="soak-") as name, Server.factory(Path(name)) as start:
        raging = storm(Path(name), start, given.seed, {"config": GRAPHS, "workers": 2, "port": free_port()})
        began = time.monotonic()

        def is_over(seconds: float) -> bool:
            return time.monotonic() - began > seconds

        raging.rage(given.rate, EVERY, lambda: is_over(given.seconds * WARM))
        raging.check()
        warm = raging.resources()
        raging.rage(given.rate, EVERY, lambda: is_over(given.seconds))
        ended = raging.check()
        after, slowest = raging.resources(), raging.history.slowest()
        print(f"faults {raging.struck.total()}: {dict(raging.struck)}")
        print(f"runs {ended.total()}: {dict(ended)}; slowest answer {slowest:.1f} s")
        for what, value in after.items():
            print(f"{what}: {warm[what]:.0f} after the warm-up, {value:.0f} at the end")
        grown = [what for what in FLAT if after[what] > warm[what] * GROWTH + 2]
        if grown:
            print(f"GROWN: {', '.join(grown)}")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
