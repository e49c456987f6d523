"""Tab completion after `%duragraph`: subcommands, options, graphs, workers, variables."""

from __future__ import annotations

import re

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher
from IPython.core.interactiveshell import InteractiveShell

from duragraph_ext.client.errors import DuraGraphError
from duragraph_ext.magics.arguments import PARSERS, RUN_STATUSES
from duragraph_ext.magics.session import Session, is_graph

SECONDS = 1.0
"""A completion waits no longer for the server."""
LINE = re.compile(r"\s*%{1,2}duragraph\s(?P<before>.*\s)?(?P<word>\S*)$")


class Completions:
    """Completes the magic's line; what the server does not say in time is left out."""

    def __init__(self, shell: InteractiveShell, session: Session) -> None:
        self._shell = shell
        self._session = session

    def register(self) -> None:
        """Let the shell ask here first; a line that is ours is nobody else's."""

        @context_matcher(identifier="duragraph")  # type: ignore[untyped-decorator]
        def match(context: CompletionContext) -> SimpleMatcherResult:
            line = LINE.match(context.text_until_cursor.rpartition("\n")[2])
            if line is None:
                return SimpleMatcherResult(completions=[])
            word = line["word"]
            found = [each for each in self.words((line["before"] or "").split()) if each.startswith(word)]
            return SimpleMatcherResult(
                completions=[SimpleCompletion(text=each, type="magic") for each in found],
                matched_fragment=word,
                suppress=True,
            )

        completer = self._shell.Completer
        if completer is not None:
            others = [each for each in completer.custom_matchers if _identifier(each) != "duragraph"]
            completer.custom_matchers = [*others, match]

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
            return [name for name in held if name[0] != "_" and is_graph(held[name])] + options
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


def _identifier(matcher: object) -> str:
    return str(getattr(matcher, "matcher_identifier", ""))
