"""F18: a full disk. New runs are refused or wait, nothing breaks, and it all goes on once there is room."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.harness.invariants import Invariants
from tests.faults.harness.load import Load
from tests.faults.harness.pids import dsn_of
from tests.support.server import Server
from tests.support.waiting import eventually

pytestmark = pytest.mark.faults
SIZE = "300m"
CHUNK = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("mounting a file system needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[Callable[[], bool]]:
    """No room is left; call what is given again for what became free since."""
    ballast = disk / "ballast"
    with ballast.open("ab") as file:

        def fill() -> bool:
            size = CHUNK
            while size:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
                except OSError:
                    size //= 2
            return True

        fill()
        try:
            yield fill
        finally:
            ballast.unlink()


def test_a_full_disk_refuses_and_heals(small_disk: Path, serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=2, data_dir=small_disk / "data")
    with Load(server, tmp_path) as load:
        load.acknowledges(20)
        with full(small_disk) as fill:
            eventually(lambda: fill() and len(load.refused()) > 10, 60, "refusals")
        load.acknowledges(40, within=60)
    assert all(answer.retry_after for answer in load.refused())
    load.retry()
    Invariants(dsn_of(server)).check(load.acknowledged())
    load.check_effects(most=3)
