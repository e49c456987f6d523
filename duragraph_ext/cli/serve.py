"""`jupyter duragraph serve`: API, dashboard and workers, without JupyterLab."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets import Int, Unicode
from traitlets.config import Config

from duragraph_ext.cli.base import Command, options_for
from duragraph_ext.embedded import Services, attach
from duragraph_ext.forking import Forks
from duragraph_ext.lean import lean_imports
from duragraph_ext.settings import Duragraph, setting_names

DEFAULT_PROJECT = "langgraph.json"

if TYPE_CHECKING:
    from duragraph_ext.presence import Presence


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
    aliases = {
        "port": "Serve.port",
        "ip": "Serve.ip",
        "token": "Serve.token",
        "base-url": "Serve.base_url",
        "log-level": "Application.log_level",
        **options_for(*(name for name in setting_names() if name != "worker_name")),
    }

    def _log_level_default(self) -> int:
        return logging.WARNING

    def start(self) -> None:
        """Serve until told to stop."""
        super().start()
        project = self._project_file()
        if project and self.duragraph.workers:
            Forks.ensure()
        if project:
            self._check(project)
        attaching = attach_early(self.duragraph)
        with lean_imports():
            from duragraph_ext.cli.headless import HeadlessServer

        self.clear_instance()  # there is one Jupyter application in a process: the server
        server = HeadlessServer.prepared(self.server_config())
        failures: list[str] = []

        def give_up(reason: str) -> None:
            failures.append(reason)
            server.stop()

        server.duragraph.attaching = attaching
        server.duragraph.on_ready = self._announce
        server.duragraph.on_failure = give_up
        server.start()
        if failures:
            self.fail(failures[0])

    def _project_file(self) -> str | None:
        """The project's langgraph.json, if there is one."""
        return self.duragraph.langgraph_config or (DEFAULT_PROJECT if Path(DEFAULT_PROJECT).is_file() else None)

    def _check(self, project: str) -> None:
        """If the file cannot be used the process ends with one line and status 2."""
        from duragraph_kernel.project import ProjectError, read_project  # the fork server imports meanwhile

        try:
            read_project(project)
        except ProjectError as error:
            Forks.end()
            self.fail(str(error), status=2)

    def server_config(self) -> Config:
        """Our options as Jupyter Server calls them."""
        config = Config(
            {
                "ServerApp": {"ip": self.ip, "base_url": self.base_url, "log_level": self.log_level},
                "Duragraph": self.config.Duragraph,
            }
        )
        if self.port:
            config.ServerApp.port = self.port
            config.ServerApp.port_retries = 0
        if self.token:
            config.IdentityProvider.token = self.token
        return config

    def _announce(self, presence: Presence) -> None:
        token = "the token you gave" if self.token else "the token that `jupyter server list` shows"
        self.say(f"DuraGraph API {presence.api_url} dashboard {presence.dashboard_url} with {token}")


def attach_early(settings: Duragraph) -> Future[Services] | None:
    """Start the data plane while the server is still being imported, for the extension to take over."""
    if settings.database_url and settings.nats_url:
        return None
    return ThreadPoolExecutor(1, "duragraph-early-start").submit(attach, Path(settings.data_dir))
