"""The command line: help for everything, one line for every mistake."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from duragraph_ext.cli import DuragraphCommand
from duragraph_ext.settings import setting_names

COMMANDS = sorted(DuragraphCommand.subcommands)


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "duragraph_ext.cli", *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.returncode == 0
    assert result.stdout
    assert not result.stderr


def test_serve_has_an_option_for_every_setting() -> None:
    text = run("serve", "--help").stdout
    for name in setting_names():
        if name != "worker_name":
            assert f"[--Duragraph.{name}]" in text


def test_without_a_command_the_commands_are_listed() -> None:
    result = run()
    assert result.returncode == 2
    assert all(command in result.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (["serv"], {}, "'serv': did you mean serve?"),
        (["serve", "--workres=3"], {}, "unknown option --workres: did you mean workers?"),
        (["serve", "--Duragraph.workres=3"], {}, "unknown option --Duragraph.workres: did you mean workers?"),
        (["serve", "--Duragrap.workers=3"], {}, "unknown section --Duragrap: did you mean Duragraph?"),
        (["serve", "--workers=many"], {}, "'many'"),
        (["serve", "--workers=-1"], {}, "should not be less than 0"),
        (["serve", "--port=99999"], {}, "65535"),
        (["serve", "surplus"], {}, "unexpected argument 'surplus'"),
        (["serve"], {"DURAGRAPH_WORKRES": "3"}, "DURAGRAPH_WORKRES: did you mean DURAGRAPH_WORKERS?"),
        (["serve"], {"DURAGRAPH_SLOTS": "x"}, "DURAGRAPH_SLOTS='x' is not allowed: expected an int"),
        (["status", "--jsn"], {}, "did you mean json?"),
        (["status", "--data-dir"], {}, "data_dir: expected one argument"),
        (["migrate", "--port=1"], {}, "unknown option --port"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(arguments: list[str], variables: dict[str, str], message: str) -> None:
    result = run(*arguments, **variables)
    assert result.returncode == 2, result.stderr
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout


def test_a_missing_project_is_one_line(tmp_path: Path) -> None:
    result = run("serve", "--config=/nowhere/langgraph.json", f"--data-dir={tmp_path}/data", "--port=0")
    assert result.returncode == 2
    assert "/nowhere/langgraph.json: no such file" in result.stderr.splitlines()[-1]


def test_a_database_that_does_not_answer_is_one_line() -> None:
    result = run("migrate", "--database-url=postgresql://me@127.0.0.1:1/x")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1


def test_version_names_what_matters() -> None:
    text = run("version").stdout
    assert "duragraph-ext 0.1.0" in text
    assert "langgraph " in text
