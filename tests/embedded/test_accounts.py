"""Root, ordinary users and users without a name: Postgres runs for all of them, and never as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from duragraph_ext.embedded import attach
from duragraph_ext.embedded.binaries import postgres_binary
from duragraph_ext.embedded.process import libc

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

PROGRAM = """
import os, sys, psycopg
from pathlib import Path
from duragraph_ext.embedded import DataPlaneError, attach
assert os.geteuid() == int(sys.argv[2])
try:
    services = attach(Path(sys.argv[1], "data"))
except DataPlaneError as error:
    print(error)
else:
    with psycopg.connect(services.facts.dsn) as connection:
        print(connection.execute("SELECT 'answered'").fetchone()[0])
    services.close()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others can reach, unlike pytest's own."""
    folder = Path("/tmp", f"duragraph-accounts-{os.getpid()}")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def as_user(uid: int) -> Callable[[], None]:
    def become() -> None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)

    return become


def in_namespace(uid: int) -> Callable[[], None]:
    """Be called `uid` while the file system still knows us as root, who owns this Python."""

    def become() -> None:
        assert libc.unshare(0x10000000) == 0
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
        Path("/proc/self/gid_map").write_text(f"{uid} 0 1")

    return become


def works(become: Callable[[], None]) -> bool:
    try:
        command = [sys.executable, "-c", "import duragraph_ext"]
        return subprocess.run(command, preexec_fn=become, cwd="/", check=False, timeout=30).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def attach_as(become: Callable[[], None], folder: Path, uid: int) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(folder), str(uid)],
        preexec_fn=become,
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return result.stdout.strip() or result.stderr


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@ROOT_ONLY
@pytest.mark.parametrize("uid", [1, 45678], ids=["named", "unnamed"])
def test_any_unprivileged_user(uid: int, folder: Path) -> None:
    become = in_namespace(uid)
    if works(as_user(uid)):
        become = as_user(uid)
        os.chown(folder, uid, uid)
    expected = "answered" if uid == 1 or works(in_namespace(uid)) else "add the uid to /etc/passwd"
    assert expected in attach_as(become, folder, uid)


@ROOT_ONLY
def test_root_uses_nobody_who_may_enter_no_more_than_needed(folder: Path, tmp_path: Path) -> None:
    open_to_all = all(parent.stat().st_mode & 0o001 for parent in postgres_binary("postgres").parents)
    for data_dir, can_enter in ((folder / "data", not open_to_all), (tmp_path / "data", True)):
        services = attach(data_dir)
        status = status_of(services.facts.postgres_pid)
        services.close()
        assert set(status["Uid"].split()) == {"65534"}
        assert int(status["CapEff"], 16) in ((1 << 1, 1 << 2) if can_enter else (0,))


@ROOT_ONLY
def test_root_of_a_container_without_other_users(folder: Path) -> None:
    if works(in_namespace(0)):
        assert attach_as(in_namespace(0), folder, 0) == "answered"
