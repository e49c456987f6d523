"""Many faults by one seed, as fast as they can be struck, by hand; the same seed strikes the same faults again.

python -m tests.faults.seeded --faults 1000 --seed 1
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.conftest import GRAPHS
from tests.faults.harness.storm import hush, storm
from tests.support.server import Server, free_port
from tests.support.tls import share_contexts

EVERY = 0.3
"""Seconds between faults."""


def main() -> int:
    """Strike, wait for the calm, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--rate", type=float, default=5, help="runs a second")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    hush()
    share_contexts()
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="seeded-"))
    print(f"in {folder}, which stays if anything fails", flush=True)
    with Server.factory(folder) as start:
        raging = storm(folder, start, given.seed, {"config": GRAPHS, "workers": 2, "port": free_port()})
        raging.rage(given.rate, EVERY, lambda: raging.struck.total() >= given.faults)
        ended = raging.check()
        slowest = raging.history.slowest()
    print(f"seed {given.seed}: {raging.struck.total()} faults in {time.monotonic() - began:.0f} s")
    print(dict(raging.struck))
    print(f"runs {ended.total()}: {dict(ended)}; slowest answer {slowest:.1f} s")
    print("0 acknowledged runs lost, I1 to I12 hold")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
