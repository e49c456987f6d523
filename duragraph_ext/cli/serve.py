"""`jupyter duragraph serve`: API, dashboard and workers, without JupyterLab."""

from __future__ import annotations

import os
import signal
from typing import Any

from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.serverapp import ServerApp
from traitlets import Int, Unicode
from traitlets.config import Config

from duragraph_ext.app import DuragraphApp
from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.embedded.layout import LONGEST_SOCKET_PATH
from duragraph_ext.presence import Presence
from duragraph_ext.settings import setting_names

_LONGEST_KERNEL_SOCKET = "kernel-00000000-0000-0000-0000-000000000000-ipc-1"


class Server(ServerApp):
    """A Jupyter server that stops at the first Ctrl-C, as servers do."""

    def init_signal(self) -> None:
        """Stop without a question."""
        super().init_signal()
        signal.signal(signal.SIGINT, self._signal_stop)


class Serve(Command):
    """Serve the graphs of a langgraph.json."""

    name = "duragraph-serve"
    description = (
        "Serve the graphs of a langgraph.json: API, dashboard and workers, without JupyterLab. "
        "Prints one line when requests are accepted and every graph is served by a worker. "
        "Ctrl-C or SIGTERM ends everything."
    )
    examples = """
        jupyter duragraph serve --config=langgraph.json
        jupyter duragraph serve --config=langgraph.json --port=8123 --data-dir=/var/lib/duragraph --workers=4
        jupyter duragraph serve --database-url=postgresql://me@db/duragraph --nats-url=nats://nats:4222
    """
    port = Int(0, min=0, max=65535, help="Port to listen on. Default: the first free one from 8888.").tag(config=True)
    ip = Unicode("127.0.0.1", help="Address to listen on; 0.0.0.0 for all.").tag(config=True)
    token = Unicode(
        help="Token that clients must show. Default: JUPYTER_TOKEN, else a random one, see `jupyter server list`."
    ).tag(config=True)
    base_url = Unicode("/", help="Path below which everything is served.").tag(config=True)
    aliases: dict[str, Any] = {
        "port": "Serve.port",
        "ip": "Serve.ip",
        "token": "Serve.token",
        "base-url": "Serve.base_url",
        "log-level": "Application.log_level",
        **options_for(*(name for name in setting_names() if name != "worker_name")),
    }

    def _log_level_default(self) -> int:
        return 30

    def start(self) -> None:
        """Serve until told to stop."""
        super().start()
        server = Server.instance(config=self.server_config())
        server.initialize(argv=[], find_extensions=False)
        app: DuragraphApp = server.extension_manager.extension_points["duragraph"].app
        app.on_ready = self._announce
        app.on_failure = self._give_up
        self._failure: str | None = None
        self._server = server
        server.start()
        if self._failure:
            self.fail(self._failure)

    def server_config(self) -> Config:
        """What Jupyter Server is told; its own configuration files are read as well."""
        extensions = {"duragraph_ext": True, "jupyter_server_proxy": True}
        config = Config(
            {
                "ServerApp": {
                    "jpserver_extensions": extensions,
                    "ip": self.ip,
                    "base_url": self.base_url,
                    "open_browser": False,
                    "allow_root": True,
                    "log_level": self.log_level,
                },
                "Duragraph": self.config.Duragraph,
            }
        )
        if self.port:
            config.ServerApp.port = self.port
            config.ServerApp.port_retries = 0
        if self.token:
            config.IdentityProvider.token = self.token
        socket = os.path.join(jupyter_runtime_dir(), _LONGEST_KERNEL_SOCKET)
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            config.KernelManager.transport = "ipc"  # closed to other users, unlike TCP ports
        return config

    def _announce(self, presence: Presence) -> None:
        token = "the token you gave" if self.token else "the token that `jupyter server list` shows"
        self.say(f"DuraGraph API {presence.api_url} dashboard {presence.dashboard_url} with {token}")

    def _give_up(self, reason: str) -> None:
        self._failure = reason
        self._server.stop()
