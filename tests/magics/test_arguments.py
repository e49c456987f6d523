"""What follows `%duragraph` is understood, or refused on one line that says what is allowed."""

from __future__ import annotations

import pytest
from IPython.core.error import UsageError

from duragraph_ext.magics.arguments import PARSERS, HelpShown, parse


def test_options_of_a_run() -> None:
    command, arguments = parse(
        "run agent --thread t1 --as mine --interrupt-before a b --wait --timeout 2.5 --input '{\"a b\": 1}'"
    )
    assert command == "run"
    assert (arguments.graph, arguments.thread, arguments.name) == ("agent", "t1", "mine")
    assert arguments.interrupt_before == ["a", "b"]
    assert (arguments.wait, arguments.timeout) == (True, 2.5)
    assert arguments.input == '{"a b": 1}'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("rns", "no subcommand 'rns'; did you mean runs?"),
        ("xyzzy", r"no subcommand 'xyzzy' \(there are status, runs,"),
        ("run", "the following arguments are required: graph; see %duragraph run --help"),
        ("run agent --wiat", "unrecognized arguments: --wiat"),
        ("run agent --timeout soon", "--timeout: invalid float value: 'soon'"),
        ("runs --status done", "invalid choice: 'done'"),
        ("run 'agent", "%duragraph: no closing quotation"),
    ],
)
def test_mistakes_are_one_line(line: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        parse(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("command", PARSERS)
def test_every_subcommand_has_help(command: str) -> None:
    with pytest.raises(HelpShown, match=f"usage: %duragraph {command}"):
        parse(f"{command} --help")


@pytest.mark.parametrize("line", ["", "--help", "help"])
def test_the_overview_names_every_subcommand(line: str) -> None:
    with pytest.raises(HelpShown) as caught:
        parse(line)
    assert all(command in str(caught.value) for command in PARSERS)
