"""`jupyter duragraph …`: one file a command."""

from __future__ import annotations

from typing import Any

from duragraph_ext import fastloop
from duragraph_ext.cli.base import Command
from duragraph_ext.lean import hide


class DuragraphCommand(Command):
    """Choose a command."""

    name = "duragraph"
    description = "A durable LangGraph Platform-compatible server that lives inside Jupyter."
    aliases: dict[str, Any] = {}
    subcommands: dict[str, Any] = {
        name: (f"duragraph_ext.cli.{name}.{name.capitalize()}", text)
        for name, text in {
            "serve": "Serve the graphs of a langgraph.json: API, dashboard and workers, without JupyterLab.",
            "demo": "Open JupyterLab with the demo notebook and the dashboard.",
            "worker": "Run one worker, on this machine or another, for a server's database.",
            "migrate": "Bring the database to this release's schema.",
            "rebuild": "Rebuild the read models from the event log.",
            "prune": "Take what is older than the settings keep.",
            "backup": "Write the whole database into one file, while everything runs.",
            "restore": "Put a backup's content into the database.",
            "status": "Show what runs: server, database, messages, workers, queue.",
            "doctor": "Name every missing or broken piece and its remedy.",
            "version": "Print the versions that matter.",
        }.items()
    }
    examples = """
        jupyter duragraph demo
        jupyter duragraph serve --config=langgraph.json --port=8123
        jupyter duragraph status
        jupyter duragraph serve --help
    """

    def start(self) -> None:
        """Run the chosen command, or say what there is."""
        super().start()
        self.print_help()
        self.exit(2)


def main() -> None:
    """Run the command line."""
    hide()
    fastloop.install()
    DuragraphCommand.launch_instance()
