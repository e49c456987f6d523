"""The specification's files, and what in them is prose rather than fact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

SPEC = Path(__file__).parents[2] / "spec"
PROSE = ("purpose", "kind", "note")
"""Keys that only people write; everything else in a generated section is compared with the code."""


def load(name: str) -> dict[str, Any]:
    """A YAML file of the specification."""
    document: dict[str, Any] = yaml.load((SPEC / name).read_text(), Loader=yaml.CSafeLoader)
    return document


def all_files() -> list[str]:
    """Every YAML file of the specification, relative to it."""
    return sorted(str(path.relative_to(SPEC)) for path in SPEC.rglob("*.yml"))


def facts_of(value: Any) -> Any:
    """A section without its prose."""
    if isinstance(value, dict):
        return {key: facts_of(item) for key, item in value.items() if key not in PROSE}
    return value


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every place of a document with what stands there."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from walk(item, f"{path}/{key}")


def resolve(document: dict[str, Any], reference: str) -> Any:
    """What `#/a/b` points at. Raises KeyError if that is nothing."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found
