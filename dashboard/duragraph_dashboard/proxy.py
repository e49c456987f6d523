"""How jupyter-server-proxy starts the dashboard: on first use, as a child of the Jupyter server."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlunparse

from jupyter_server.serverapp import ServerApp
from simpervisor import atexitasync

from duragraph_ext.settings import Duragraph, SettingsError

ICON = Path(__file__).parent / "assets" / "icon.svg"
API_PATH = "duragraph/api/v1"
START_SECONDS = 30
MISSED_HEARTBEATS = 3


def setup() -> dict[str, Any]:
    """The server description that jupyter-server-proxy's entry point asks for."""
    return {
        "command": command,
        "timeout": START_SECONDS,
        "absolute_url": False,
        "new_browser_tab": False,
        "launcher_entry": {"title": "DuraGraph", "icon_path": str(ICON)},
    }


def command(port: int) -> list[str]:
    """The command line of the dashboard's process, for the Jupyter server that runs here."""
    if not ServerApp.initialized():
        raise RuntimeError("The dashboard is started by a Jupyter server, and none runs in this process")
    keep_jupyters_signals()
    server = ServerApp.instance()
    if server.sock:
        raise RuntimeError("The dashboard needs a Jupyter server on a TCP port, not on a Unix socket")
    line = [sys.executable, "-m", "duragraph_dashboard", "--port", str(port), "--end-with-parent"]
    line += ["--api-url", api_url(server.ip, server.port, server.base_url, secure=bool(server.certfile))]
    line += ["--silence", str(_settings().keepalive_seconds * MISSED_HEARTBEATS)]
    if server.certfile:
        line += ["--api-certificate", server.certfile]
    return line


def keep_jupyters_signals() -> None:
    """Let SIGINT and SIGTERM stop Jupyter in its own way.

    The proxy's supervisor takes them at its first process and then ends Jupyter with `sys.exit`, which
    leaves kernels behind. Its processes still hear of SIGTERM; a terminal sends SIGINT to all by itself.
    """
    if atexitasync.signal_handler_set:
        return
    atexitasync.signal_handler_set = True
    stop = signal.getsignal(signal.SIGTERM)

    def pass_on(number: int, frame: FrameType | None) -> None:
        for handler in list(atexitasync._handlers):
            handler(number)
        if callable(stop):
            stop(number, frame)

    if callable(stop):
        signal.signal(signal.SIGTERM, pass_on)


def _settings() -> Duragraph:
    """The settings of the server that runs here; wrong ones are told by the extension, not by us."""
    config = ServerApp.instance().config if ServerApp.initialized() else None
    try:
        return Duragraph(config=config)
    except SettingsError:
        return Duragraph({})


def api_url(ip: str, port: int, base_url: str, *, secure: bool) -> str:
    """The API's URL as this machine reaches it; a server on all addresses is asked on the loopback one."""
    host = {"": "127.0.0.1", "*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(ip)  # noqa: S104
    if host is None:
        host = f"[{ip}]" if ":" in ip else ip
    path = f"{base_url.rstrip('/')}/{API_PATH}"
    return urlunparse(("https" if secure else "http", f"{host}:{port}", path, "", "", ""))
