"""`python -m duragraph_ext.embedded DATA_DIR`: become the supervisor of a data directory."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from duragraph_ext.embedded.errors import DataPlaneError
from duragraph_ext.embedded.layout import Layout
from duragraph_ext.embedded.process import adopt_orphans, say
from duragraph_ext.embedded.supervisor import Supervisor


def main() -> None:
    """Supervise the data directory named by the first argument, unless somebody does already.

    The process started by a client stays until that is settled: exit 0, or 1 with the reason in the log.
    Its child, which supervises, is nobody's child and outlives the client.
    """
    settled, settle = os.pipe()
    if os.fork():
        os.close(settle)
        sys.exit(0 if os.read(settled, 1) else 1)
    os.close(settled)
    os.setsid()
    os.umask(0o077)

    def tell() -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(settle, b".")
        os.close(settle)

    layout = Layout(Path(sys.argv[1]))
    with _exclusive(layout.lock, patience=0.5) as alone:
        if not alone:
            return tell()
        adopt_orphans()
        say(f"serves {layout.root}")
        try:
            Supervisor(layout).run(tell)
        except DataPlaneError as error:
            say(str(error))
            sys.exit(1)


@contextlib.contextmanager
def _exclusive(path: Path, patience: float) -> Iterator[bool]:
    """Hold the lock of the data directory, or yield False if another process keeps it."""
    deadline = time.monotonic() + patience
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                break
        except OSError:
            pass
        os.close(descriptor)
        if time.monotonic() > deadline:
            yield False
            return
        time.sleep(0.02)
    try:
        yield True
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


if __name__ == "__main__":
    main()
