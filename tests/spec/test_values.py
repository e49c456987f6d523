"""Every value of the specification that names its place in the code is what stands there."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from traitlets import TraitType

from tests.spec.documents import all_files, load, walk


def _named() -> list[Any]:
    found = []
    for name in all_files():
        for path, value in walk(load(name)):
            if isinstance(value, dict) and {"value", "where"} <= set(value):
                found.append(pytest.param(value, id=f"{name}{path}"))
    return found


@pytest.mark.parametrize("named", _named())
def test_a_value_is_the_code_s(named: dict[str, Any]) -> None:
    module, _, path = named["where"].partition(":")
    found: Any = import_module(module)
    for part in path.split("."):
        found = vars(found)[part]
    if isinstance(found, TraitType):
        found = found.default_value
    if isinstance(found, tuple | set | frozenset | dict):
        found = sorted(found) if isinstance(found, set | frozenset) else list(found)
    assert named["value"] == found
