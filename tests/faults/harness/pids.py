"""Faults by pid, and by nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from duragraph_ext.embedded import Facts, read_facts
from tests.support.server import Server
from tests.support.waiting import eventually


def facts_of(server: Server) -> Facts:
    """Where a server's data plane is."""
    return eventually(lambda: read_facts(server.data_dir), 20, "a data plane")  # type: ignore[return-value]


def dsn_of(server: Server) -> str:
    """The database of a server."""
    return facts_of(server).dsn


def kill(pid: int) -> None:
    """`kill -9`; gone already is as good."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextmanager
def stopped(pids: Iterable[int]) -> Iterator[None]:
    """SIGSTOP, and SIGCONT whatever happens."""
    held = []
    try:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                held.append(pid)
        yield
    finally:
        for pid in held:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def backends(server: Server, name: str = "duragraph server%") -> list[int]:
    """Postgres' processes that serve connections of an application name."""
    with psycopg.connect(dsn_of(server), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name LIKE %s AND pid <> pg_backend_pid()", (name,)
        )
        return [pid for (pid,) in rows]
