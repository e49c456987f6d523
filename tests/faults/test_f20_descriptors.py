"""F20: no descriptor is left to the server. Who is connected is answered, and new clients are once some are free."""

from __future__ import annotations

import contextlib
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.faults.harness.invariants import Invariants
from tests.faults.harness.pids import dsn_of
from tests.faults.harness.trial import Trial
from tests.support.server import Server
from tests.support.waiting import eventually

pytestmark = pytest.mark.faults
ROOM = 40
"""Descriptors that the server has beside those in use."""


@contextlib.contextmanager
def crowd(server: Server) -> Iterator[None]:
    """More connections than the server can accept."""
    with contextlib.ExitStack() as stack:
        for _ in range(2 * ROOM):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        yield


def test_a_server_without_descriptors_comes_back(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(workers=1)
    process = psutil.Process(server.process.pid)
    before = Trial(server, tmp_path, hold="c").start()
    before.reached("c")
    limits = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    limit = process.num_fds() + ROOM
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (limit, limits[1]))
    with crowd(server):
        eventually(lambda: process.num_fds() >= limit - 2, 20, "the last descriptor")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.api_url}/ok", timeout=2)
        answer = before.client.get(f"/threads/{before.thread}")  # a connection that is there
        assert answer.status_code in (200, 503)
    eventually(server.is_ready, 20, "the server's answer to a new client")
    before.release()
    after = Trial(server, tmp_path).start()
    for trial in (before, after):
        assert trial.ended() == "success"
        trial.check(most=1)
    Invariants(dsn_of(server)).check([before.run["run_id"], after.run["run_id"]])
