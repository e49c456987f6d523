"""Paths into JSON, as `extract` in a thread search names them: `values.messages[-1].content`."""

from __future__ import annotations

import re
from typing import Any

from .validation import Unprocessable

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(-?\d+)\]")


def extract(value: Any, path: str) -> Any:
    """What is at a path; None where there is nothing. Raises Unprocessable for what is no path."""
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise Unprocessable(f"extract: {path!r} is not a path like values.messages[-1].content")
        at = match.end()
        name, index = match.groups()
        if name is not None:
            value = value.get(name) if isinstance(value, dict) else None
        elif isinstance(value, list) and -len(value) <= int(index) < len(value):
            value = value[int(index)]
        else:
            value = None
    return value
