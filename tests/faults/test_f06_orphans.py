"""F06: after `kill -9` of the Jupyter server nothing of ours is left running."""

from collections.abc import Callable
from pathlib import Path

from tests.faults.harness.trial import Trial
from tests.support.server import Server
from tests.support.waiting import eventually, is_alive


def test_no_process_survives_the_server(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    Trial(server, tmp_path, "sync", hold="c").start().reached("c")
    left = server.processes()
    server.kill()
    eventually(lambda: not any(is_alive(p) for p in left), 15, "the end of every process")
