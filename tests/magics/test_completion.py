"""Tab completes subcommands, options and names; without a server it completes what it can."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel


@contextmanager
def kernel(**environment: str) -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(env={**os.environ, **environment})
    try:
        client.execute_interactive("%load_ext duragraph_ext", timeout=30)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def complete(client: BlockingKernelClient, text: str) -> list[str]:
    reply = client.complete(text, reply=True, timeout=30)
    found: list[str] = reply["content"]["matches"]
    return found


@pytest.mark.parametrize("percent", ["%", "%%"])
def test_subcommands_and_options_need_no_server(percent: str) -> None:
    with kernel(DURAGRAPH_URL="http://127.0.0.1:1") as client:
        assert complete(client, f"{percent}duragraph ki") == ["kill-worker"]
        assert set(complete(client, f"{percent}duragraph ru")) == {"run", "runs"}
        assert complete(client, f"{percent}duragraph runs --st") == ["--status"]
        assert "success" in complete(client, f"{percent}duragraph runs --status ")
        assert complete(client, f"{percent}duragraph run agent --interrupt-b") == ["--interrupt-before"]
        assert complete(client, f"{percent}duragraph graph xy") == []


def test_names_come_from_the_server_and_the_notebook(environment: dict[str, str]) -> None:
    with kernel(**environment) as client:
        assert complete(client, "%%duragraph run age") == ["agent"]
        assert complete(client, "%duragraph graph cha") == ["chain", "chat"]
        assert complete(client, "%duragraph runs --graph chai") == ["chain"]
        assert "worker-1" in complete(client, "%duragraph kill-worker ")
        code = "class Fake:\n    def get_graph(self): pass\nmy_graph, other = Fake(), 1"
        client.execute_interactive(code, timeout=30)
        assert complete(client, "%duragraph serve my") == ["my_graph"]
