"""What may follow `%duragraph`: one parser a subcommand; a mistake is one line, never a traceback."""

from __future__ import annotations

import argparse
import difflib
import shlex
from collections.abc import Iterable
from typing import NoReturn

from IPython.core.error import UsageError

RUN_STATUSES = ("pending", "running", "success", "error", "timeout", "interrupted")


class HelpShown(Exception):
    """`--help` was asked for; the text is the message."""


class Parser(argparse.ArgumentParser):
    """An argument parser that tells its user, not the process, what is wrong."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}; see {self.prog} --help")

    def print_help(self, file: object = None) -> None:
        raise HelpShown(self.format_help())


def nearest(word: str, known: Iterable[str]) -> str:
    """` (did you mean X?)` when a known word is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def split(line: str) -> list[str]:
    """The words of a line as a shell would see them."""
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%duragraph: {str(error).lower()}") from None


def _parser(name: str, description: str) -> Parser:
    return Parser(prog=f"%duragraph {name}", description=description, allow_abbrev=False)


def _run(prog: str = "run") -> Parser:
    parser = _parser(
        prog,
        "Start a run of a graph and show it live; the kernel stays free. As a cell magic "
        "(%%duragraph run GRAPH) the body is the input: JSON, or a Python expression. The Run is in `_`, and "
        "in NAME with --as: `await NAME` gives its values.",
    )
    parser.add_argument("graph", help="the graph's name, or an assistant's id")
    parser.add_argument("--input", metavar="EXPR", help="the input, when there is no cell body")
    parser.add_argument("--thread", metavar="ID", help="go on with this thread (an id, or a variable's name)")
    parser.add_argument("--as", dest="name", metavar="NAME", help="put the Run into this variable")
    parser.add_argument("--config", metavar="EXPR", help="LangGraph's config, JSON or Python")
    parser.add_argument("--context", metavar="EXPR", help="the graph's context, JSON or Python")
    parser.add_argument("--interrupt-before", nargs="+", metavar="NODE", help="pause before these nodes")
    parser.add_argument("--interrupt-after", nargs="+", metavar="NODE", help="pause after these nodes")
    parser.add_argument(
        "--key", help="run this cell once: executed again, after a restart of the kernel too, it shows the same run"
    )
    parser.add_argument("--wait", action="store_true", help="wait in this cell until the run ends")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="with --wait: for so long at most")
    return parser


def _parsers() -> dict[str, Parser]:
    parsers = {
        "status": _parser("status", "Say which server this is, who works there, and what waits."),
        "runs": _parser("runs", "The latest runs, as a DataFrame."),
        "run": _run(),
        "watch": _parser("watch", "Show a run live that was started elsewhere."),
        "graph": _parser("graph", "Draw a graph that the server knows."),
        "serve": _parser("serve", "Make this kernel a worker that serves a graph defined in a cell."),
        "stop": _parser("stop", "Stop serving graphs from this kernel."),
        "kill-worker": _parser("kill-worker", "kill -9 a worker, to watch its runs go on elsewhere."),
        "connect": _parser("connect", "Choose the server, or say which is used and why."),
    }
    parsers["runs"].add_argument("--status", choices=RUN_STATUSES, help="only runs with this status")
    parsers["runs"].add_argument("--graph", help="only runs of this graph")
    parsers["runs"].add_argument("--limit", type=int, default=20, help="how many at most (20)")
    parsers["watch"].add_argument("run", help="the run's id, or a variable that holds a Run")
    parsers["watch"].add_argument("--as", dest="name", metavar="NAME", help="put the Run into this variable")
    parsers["graph"].add_argument("graph", help="the graph's name")
    parsers["graph"].add_argument("--xray", action="store_true", help="draw the nodes of subgraphs too")
    parsers["serve"].add_argument("graph", help="a variable that holds a graph")
    parsers["serve"].add_argument("--name", help="the name to serve it under (the variable's)")
    parsers["stop"].add_argument("name", nargs="?", help="stop this graph only")
    parsers["kill-worker"].add_argument("name", nargs="?", help="the worker (the one that works, if only one)")
    parsers["connect"].add_argument("url", nargs="?", help="the server's or the API's address")
    parsers["connect"].add_argument("--token-variable", metavar="NAME", help="a variable that holds the token")
    return parsers


PARSERS = _parsers()
"""A parser for each subcommand."""


def parse(line: str) -> tuple[str, argparse.Namespace]:
    """Read a magic's line. Raises UsageError, or HelpShown."""
    words = split(line)
    if not words or words[0] in ("-h", "--help", "help"):
        raise HelpShown(overview())
    command, rest = words[0], words[1:]
    if command not in PARSERS:
        known = ", ".join(PARSERS)
        raise UsageError(f"%duragraph: no subcommand {command!r}{nearest(command, PARSERS)} (there are {known})")
    arguments = PARSERS[command].parse_args(rest)
    return command, arguments


def overview() -> str:
    """All subcommands, a line each."""
    lines = [f"  {name:<12} {parser.description or ''}" for name, parser in PARSERS.items()]
    return "\n".join(["%duragraph SUBCOMMAND …, each with --help", "", *lines])
