"""Tab completion after `%duragraph`: subcommands, options, graphs, workers, variables."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from duragraph_ext.client.errors import DuraGraphError
from duragraph_ext.magics.arguments import PARSERS, RUN_STATUSES
from duragraph_ext.magics.session import Session

SECONDS = 1.0
"""A completion waits no longer for the server."""


class Completer:
    """Completes the magic's line; what the server does not say in time is left out."""

    def __init__(self, shell: InteractiveShell, session: Session) -> None:
        self._shell = shell
        self._session = session

    def __call__(self, _: Any, event: SimpleNamespace) -> list[str]:
        """IPython's hook: the words that may stand at the cursor."""
        line: str = event.line[: len(event.line)]
        before = line[: len(line) - len(event.symbol)] if line.endswith(event.symbol) else line
        return [word for word in self.words(before.split()[1:]) if word.startswith(event.symbol)]

    def words(self, before: list[str]) -> list[str]:
        """The words that may follow these."""
        if not before:
            return list(PARSERS)
        command = before[0]
        if command not in PARSERS:
            return []
        options = sorted(set(re.findall(r"--[a-z][a-z-]*", PARSERS[command].format_help())))
        if before[-1] == "--status":
            return list(RUN_STATUSES)
        if before[-1] == "--graph" or (len(before) == 1 and command in ("run", "graph")):
            return [*self._graphs(), *options]
        if len(before) == 1 and command == "kill-worker":
            return [*self._workers(), *options]
        if len(before) == 1 and command == "serve":
            held = self._shell.user_ns
            return [name for name in held if name[0] != "_" and hasattr(held[name], "get_graph")] + options
        if len(before) == 1 and command == "stop":
            return [*self._session.serving, *options]
        return options

    def _graphs(self) -> list[str]:
        try:
            return self._session.graph_names(SECONDS)
        except DuraGraphError:
            return []

    def _workers(self) -> list[str]:
        try:
            client = self._session.client
            rows = client.call(client.aio.workers(seconds=SECONDS))
        except DuraGraphError:
            return []
        return [str(row["name"]) for row in rows if row["status"] == "alive"]
