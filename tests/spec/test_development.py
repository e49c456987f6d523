"""`spec/backend/development-guide.yml` is true for this checkout, and every file of the specification is held."""

from __future__ import annotations

import re
import tomllib

from tests.spec.documents import SPEC, all_files, load

REPOSITORY = SPEC.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
GUIDE = load("backend/development-guide.yml")


def test_the_floors_are_those_that_the_linter_keeps() -> None:
    for contract in PROJECT["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            (container,) = contract["containers"]
            layers = [re.sub(r"[()]", "", layer) for layer in contract["layers"]]
            assert GUIDE["floors"][container] == layers


def test_the_packages_are_those_that_are_built() -> None:
    built = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    for name, package in GUIDE["packages"].items():
        folder = package["folder"] if package["folder"] == name else f"{package['folder']}/{name}"
        assert folder in built
        assert (REPOSITORY / folder / "__init__.py").is_file()
    assert PROJECT["project"]["requires-python"] == GUIDE["python"]


def test_what_the_guide_sends_to_exists() -> None:
    for steps in GUIDE["adding"].values():
        for step in steps:
            path = step.rpartition(" ")[2]
            assert (REPOSITORY / path).exists(), path


def test_every_file_of_the_specification_is_held_by_a_test() -> None:
    held = load("SPEC_GENERATION_GUIDE.yml")["held_by"]
    files = {*all_files(), "outbox/schema.sql", "guide.md"} - {"SPEC_GENERATION_GUIDE.yml"}
    assert set(held) == files
    for name, test in held.items():
        assert (REPOSITORY / test).is_file(), f"{name}: {test}"


def test_the_map_names_every_file() -> None:
    text = (SPEC / "README.md").read_text()
    assert [name for name in [*all_files(), "outbox/schema.sql", "guide.md"] if f"`{name}`" not in text] == []
