"""A worker loads neither the server nor the pages; the server loads no user code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from duragraph_ext.embedded.binaries import nats_binary
from tests.support.server import free_port


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_a_worker_loads_no_server_and_no_panel() -> None:
    for module in ("process", "kernel", "serve"):
        loaded = loaded_by(f"import duragraph_kernel.{module}")
        assert not {"jupyter_server", "panel", "bokeh", "tornado.web"} & loaded, module


def test_reading_a_project_file_loads_no_langgraph() -> None:
    assert "langgraph" not in loaded_by("import duragraph_kernel.project")


def test_a_start_is_spared_what_it_can_do_without() -> None:
    lean = "from duragraph_ext.lean import *\nwith lean_imports({}): import {}"
    worker = loaded_by(lean.format("UNUSED_BY_WORKERS", "duragraph_kernel.kernel"))
    server = loaded_by(lean.format("", "duragraph_ext.cli.headless"))
    assert not {"aiohttp", "httpx._main", "click"} & worker
    assert not {"mcp_types", "rfc3987_syntax", "httpx._main"} & server


WEBSOCKET = """
import asyncio, sys
from duragraph_ext.lean import UNUSED_BY_WORKERS, lean_imports
with lean_imports(UNUSED_BY_WORKERS):
    from duragraph_ext.core.messaging.bus import Bus
async def main():
    bus = Bus(sys.argv[1], None, "test")
    await bus.open(20)
    print(bus.connected)
    await bus.close()
asyncio.run(main())
"""


def test_nats_is_reached_over_a_websocket_too(tmp_path: Path) -> None:
    port = free_port()
    listen = f'host: "127.0.0.1", port: {port}, no_tls: true'
    (tmp_path / "nats.conf").write_text(f'port: -1\njetstream {{store_dir: "{tmp_path}"}}\nwebsocket {{{listen}}}\n')
    nats = subprocess.Popen([nats_binary(), "-c", str(tmp_path / "nats.conf")], stderr=subprocess.DEVNULL)
    try:
        code = [sys.executable, "-c", WEBSOCKET, f"ws://127.0.0.1:{port}"]
        said = subprocess.run(code, capture_output=True, text=True, timeout=60, check=True)
        assert said.stdout.strip() == "True", said.stderr
    finally:
        nats.kill()
        nats.wait()
