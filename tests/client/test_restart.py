"""A server that is killed and comes back: the picture says so, and then goes on; nothing is lost or told twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from duragraph_ext.client import Client
from tests.client.test_server import GRAPHS, Watched
from tests.support.server import Server
from tests.support.waiting import eventually


def test_follower_and_waiter_outlive_the_server(duragraph_server: Callable[..., Server], tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    server = duragraph_server(config=GRAPHS, workers=1, data_dir=data_dir)
    with Client(server.url, server.token) as client:
        watched = Watched(client, "slow", {"seconds": 4})
        eventually(lambda: watched.progress.status == "running", 20, "a running run")
        server.kill()
        eventually(lambda: not watched.progress.connected, 10, "a picture that says reconnecting")
        duragraph_server(config=GRAPHS, workers=1, data_dir=data_dir, port=server.port)
        assert watched.run.wait(60)["steps"] == 2
        watched.end.result(30)
        assert watched.progress.connected
        assert watched.progress.status == "success"
        assert watched.progress.trouble == ""
