"""`jupyter duragraph worker`: one worker without a Jupyter server, on this machine or another."""

from __future__ import annotations

import os
import sys

from duragraph_ext.cli.base import Command, options_for

OPTIONS = (
    "database_url",
    "nats_url",
    "nats_token_file",
    "langgraph_config",
    "slots",
    "lease_seconds",
    "run_timeout",
    "worker_name",
)


class Worker(Command):
    """Run one worker."""

    name = "duragraph-worker"
    description = (
        "Run one worker for the servers of a database: it serves the graphs of a langgraph.json until "
        "Ctrl-C or SIGTERM, which hand its runs back."
    )
    examples = (
        "jupyter duragraph worker --config=langgraph.json "
        "--database-url=postgresql://me@db/duragraph --nats-url=nats://nats:4222"
    )
    aliases = options_for(*OPTIONS)

    def start(self) -> None:
        """Become the worker."""
        super().start()
        settings = self.duragraph
        for name in ("database_url", "nats_url", "langgraph_config"):
            if not getattr(settings, name):
                option = "config" if name == "langgraph_config" else name.replace("_", "-")
                self.fail(f"--{option} is needed", status=2)
        environment = os.environ | settings.environment()
        os.execve(sys.executable, [sys.executable, "-m", "duragraph_kernel"], environment)  # noqa: S606
