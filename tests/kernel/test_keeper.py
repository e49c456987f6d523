"""The lease keeper: renews while the worker lives, whatever its GIL does, and not a moment longer."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psutil
import psycopg
import pytest
from duragraph_kernel import keeper, keeping
from duragraph_kernel.keeping import Keeping, find_libpq
from psycopg.rows import dict_row

from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.core.eventstore.store import sql
from duragraph_ext.embedded import Services
from tests.faults.harness.pids import stopped
from tests.support.waiting import eventually, is_alive, soon

SECONDS = 1.0
KINDS = ("libpq", "psycopg")
WORKER = """
import asyncio, os, sys, time, re, uuid
sys.path[:0] = sys.argv[4].split(os.pathsep)
from duragraph_kernel import keeping
if sys.argv[5] == "psycopg":
    keeping.find_libpq = lambda: None
async def main():
    keeper = keeping.Keeping(sys.argv[1], uuid.UUID(sys.argv[2]), float(sys.argv[3]), lambda: print("lost", flush=True))
    keeper.on_restart = lambda pid: print("keeper", pid, flush=True)
    await keeper.start()
    print("keeper", keeper.pid, flush=True)
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        order, _, value = line.strip().partition(" ")
        if order == "hold":
            until = time.monotonic() + float(value)
            sys.setswitchinterval(100)
            while time.monotonic() < until:
                re.match(r"(a+)+$", "a" * 24 + "b")
            print("held", flush=True)
        elif order == "deadline":
            keeper.set_deadline(time.monotonic() + float(value))
        elif order == "stop":
            await keeper.stop()
            print("stopped", flush=True)
        elif order == "exit":
            os._exit(0)
asyncio.run(main())
"""


class Victim:
    """A process with a keeper, and its row in `workers`."""

    def __init__(self, dsn: str, kind: str, seconds: float = SECONDS) -> None:
        self.worker_id = uuid.uuid4()
        self.database = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self.database.execute(
            "INSERT INTO workers (worker_id, tenant_id, owner, name, host, pid, graphs, slots, status, lease_until) "
            "VALUES (%s, 'default', 'jupyter', 'victim', 'here', 1, '{}', 1, 'alive', "
            "clock_timestamp() + interval '60 s')",
            (self.worker_id,),
        )
        paths = os.pathsep.join(path for path in sys.path if path)
        command = [sys.executable, "-c", WORKER, dsn, str(self.worker_id), str(seconds), paths, kind]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.keeper_pid = int(self.hear("keeper").split()[1])

    def hear(self, word: str) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith(word), line
        return line

    def tell(self, order: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    @property
    def left(self) -> float:
        """Seconds left of the lease."""
        row = self.database.execute(
            "SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 AS left FROM workers"
            " WHERE worker_id = %s",
            (self.worker_id,),
        ).fetchone()
        assert row is not None
        return float(row["left"])

    @property
    def lease_until(self) -> datetime:
        """Until when the lease is good."""
        row = self.database.execute(
            "SELECT lease_until FROM workers WHERE worker_id = %s", (self.worker_id,)
        ).fetchone()
        assert row is not None
        until: datetime = row["lease_until"]
        return until

    @property
    def status(self) -> str:
        row = self.database.execute("SELECT status FROM workers WHERE worker_id = %s", (self.worker_id,)).fetchone()
        assert row is not None
        return str(row["status"])

    def end(self) -> None:
        for pid in (self.process.pid, self.keeper_pid):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.database.close()


@pytest.fixture(params=KINDS)
def victim(request: pytest.FixtureRequest, fresh_database: str) -> Iterator[Victim]:
    victim = Victim(fresh_database, request.param)
    yield victim
    victim.end()


def test_a_lease_outlives_a_held_gil(victim: Victim) -> None:
    victim.tell(f"hold {SECONDS * 3}")
    lowest = math.inf
    until = time.monotonic() + SECONDS * 2.5
    while time.monotonic() < until:
        lowest = min(lowest, victim.left)
        time.sleep(0.05)
    victim.hear("held")
    assert lowest > 0
    assert victim.status == "alive"


def test_a_death_ends_the_lease_at_once(victim: Victim) -> None:
    with psycopg.connect(victim.database.info.dsn, autocommit=True) as listener:
        listener.execute("LISTEN duragraph_worker")
        victim.process.kill()
        told = [notice.payload for notice in listener.notifies(timeout=SECONDS, stop_after=1)]
    assert told == [str(victim.worker_id)]
    assert victim.status == "lost"
    assert victim.left <= 0
    eventually(lambda: not is_alive(victim.keeper_pid))


def test_a_paused_worker_loses_its_lease_and_hears_of_it(victim: Victim) -> None:
    victim.process.send_signal(signal.SIGSTOP)
    eventually(lambda: victim.left < 0, SECONDS * 3)
    victim.process.send_signal(signal.SIGCONT)
    victim.hear("lost")


@pytest.mark.parametrize("kind", KINDS)
def test_a_dead_keeper_is_replaced(fresh_database: str, kind: str) -> None:
    victim = Victim(fresh_database, kind, seconds=30)
    try:
        granted = victim.lease_until
        os.kill(victim.keeper_pid, signal.SIGKILL)
        victim.keeper_pid = int(victim.hear("keeper").split()[1])
        assert victim.lease_until > granted
    finally:
        victim.end()


def test_a_keeper_that_comes_too_late_says_so(victim: Victim) -> None:
    os.kill(victim.keeper_pid, signal.SIGSTOP)
    eventually(lambda: victim.left < 0, SECONDS * 3)
    os.kill(victim.keeper_pid, signal.SIGKILL)
    victim.hear("lost")


def test_a_goodbye_leaves_the_lease_to_the_worker(victim: Victim) -> None:
    victim.tell("stop")
    victim.hear("stopped")
    assert victim.status == "alive"
    assert not is_alive(victim.keeper_pid)


def test_a_worker_that_misses_a_deadline_is_killed(fresh_database: str) -> None:
    victim = Victim(fresh_database, "libpq")
    try:
        victim.tell(f"deadline {-keeper.OVERDUE_SECONDS}")
        eventually(lambda: victim.process.poll() is not None)
        eventually(lambda: victim.status == "lost")
    finally:
        victim.end()


def test_a_database_that_is_silent_keeps_no_worker_alive(victim: Victim, data_plane: Services) -> None:
    """Whatever the keeper waits for, it sees that the worker is overdue, and that it is gone."""
    rows = victim.database.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchall()
    assert rows
    with stopped([data_plane.facts.postgres_pid, *(row["pid"] for row in rows)]):
        eventually(lambda: victim.left < 0)
        victim.tell(f"deadline {-keeper.OVERDUE_SECONDS}")
        eventually(lambda: victim.process.poll() is not None, 20, "the end of the worker")
    eventually(lambda: not is_alive(victim.keeper_pid), 20, "the end of the keeper")
    assert victim.status == "lost"


def test_the_keeper_is_small_and_tells_no_secret(fresh_database: str) -> None:
    assert find_libpq() is not None, "psycopg's binary wheel has a libpq"
    victim = Victim(fresh_database, "libpq")
    try:
        process = psutil.Process(victim.keeper_pid)
        told = " ".join(process.cmdline()) + " ".join(process.environ())
        assert not re.search("password|passfile|PG", told)
        assert os.getsid(victim.keeper_pid) == victim.keeper_pid
        assert process.memory_full_info().uss < 24 << 20
    finally:
        victim.end()


async def test_a_keeper_that_cannot_start_says_so(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "UP_SECONDS", 1.0)
    unknown = Keeping(fresh_database, uuid.uuid4(), SECONDS, lambda: None)
    with pytest.raises(Unavailable, match="did not start"):
        await unknown.start()
    process = unknown._process
    assert process is not None
    await soon(lambda: process.returncode is not None)


def test_a_keeper_that_nobody_listens_to_ends_without_a_word(fresh_database: str) -> None:
    memory = os.memfd_create("deadline")
    os.write(memory, struct.pack("d", math.inf))
    keeper_of_nobody = subprocess.Popen(
        [sys.executable, str(Path(keeper.__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(memory,),
    )
    with keeper_of_nobody as process:
        os.close(memory)
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        order = {
            "dsn": fresh_database,
            "worker_id": str(uuid.uuid4()),
            "pid": os.getpid(),
            "seconds": SECONDS,
            "renew": keeping._plain(sql("leases", "renew")),
            "expire": keeping._plain(sql("leases", "expire")),
            "libpq": find_libpq(),
            "deadline_fd": memory,
        }
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        assert process.wait(20) == keeper.LOST
        assert process.stderr.read() == b""
