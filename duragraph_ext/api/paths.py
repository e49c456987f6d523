"""Paths into JSON, as `extract` in a thread search names them: `values.messages[-1].content`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .validation import Unprocessable

ROOTS = ("config", "interrupts", "metadata", "values")
_STEP = re.compile(r"\.*([^.\[\]]+)|\[(-?\d+)\]")


def check_paths(paths: Mapping[str, str]) -> None:
    """Raise Unprocessable for an alias that is no identifier, or a path that begins nowhere."""
    for alias, path in paths.items():
        if not re.fullmatch(r"[A-Za-z_0-9]+", alias):
            raise Unprocessable(f"Extract key {alias!r} must be a valid identifier (letters, digits, underscores)")
        if re.split(r"[.\[]", path, maxsplit=1)[0] not in ROOTS:
            raise Unprocessable(f"Extract path {path!r} must start with one of: {', '.join(ROOTS)}")


def extract(value: Any, path: str) -> Any:
    """What is at a path; None where there is nothing, or where the path makes no sense."""
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            return None
        at = match.end()
        name, index = match.groups()
        if name is not None:
            value = value.get(name) if isinstance(value, dict) else None
        elif isinstance(value, list) and -len(value) <= int(index) < len(value):
            value = value[int(index)]
        else:
            value = None
    return value
