"""What `spec/guide.md` and the README tell users is there: promises, settings, commands, magics, routes."""

from __future__ import annotations

import re

from duragraph_ext.cli import DuragraphCommand
from duragraph_ext.magics.arguments import PARSERS
from duragraph_ext.settings import OTHER_VARIABLES, Duragraph, setting_names, variable_of
from tests.spec.documents import SPEC

REPOSITORY = SPEC.parent
GUIDE = (SPEC / "guide.md").read_text()
README = (REPOSITORY / "README.md").read_text()
NUMBER = re.compile(r"\d+(\.\d+)?")


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    section = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_promise_is_made_and_held_by_tests_that_exist() -> None:
    promises = rows("What we promise")
    assert [row[0] for row in promises] == [f"P{number}" for number in range(1, 16)]
    for number, _, held in promises:
        tests = re.findall(r"`([^`]+)`", held)
        assert tests, number
        for path in tests:
            assert (REPOSITORY / path).exists(), f"{number}: {path}"


def test_every_setting_is_told_as_it_is() -> None:
    told = {row[0].strip("`"): row for row in rows("Settings")}
    assert sorted(told) == setting_names()
    for name, (_, variable, default, _) in told.items():
        assert variable.strip("`") == variable_of(name)
        trait = Duragraph.class_own_traits()[name]
        if isinstance(trait.default_value, float | int) and trait.default_value:
            assert float(default) == trait.default_value, name
        elif trait.default_value:
            assert default == trait.default_value, name
        else:
            assert not NUMBER.fullmatch(default), name


def test_every_command_that_is_named_exists() -> None:
    named = set(re.findall(r"jupyter duragraph (\w+)", GUIDE + README))
    assert named <= set(DuragraphCommand.subcommands)
    assert {"serve", "demo", "doctor", "status"} <= named


def test_every_magic_that_is_named_exists() -> None:
    named = set(re.findall(r"%duragraph ([a-z-]+)", GUIDE + README)) - {"--help"}
    assert named <= set(PARSERS)
    assert {row[0].strip("`").split()[1] for row in _magics()} == set(PARSERS)


def _magics() -> list[list[str]]:
    return [row for row in rows("First steps") if "%duragraph" in row[0]]


def test_every_variable_that_is_named_exists() -> None:
    named = set(re.findall(r"DURAGRAPH_[A-Z_]+", GUIDE + README))
    assert named <= {variable_of(name) for name in setting_names()} | set(OTHER_VARIABLES)


def test_every_link_leads_to_a_file() -> None:
    for folder, text in ((SPEC, GUIDE), (REPOSITORY, README), (SPEC, (SPEC / "README.md").read_text())):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (folder / target).exists(), target
