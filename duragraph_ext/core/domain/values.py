"""Values that are stored and found again as they were: what JSON or PostgreSQL cannot keep is refused."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ..jsonx import text as dump
from .errors import Invalid

_SUSPICIOUS = re.compile(r"null|\\u0000|\d{19}")
"""What the JSON of a refused value contains: NaN has become null, a big integer has many digits."""
MAX_INTEGER = 2**63


def stored_json(value: Any, field: str) -> str:
    """The JSON of a plain value. Raises Invalid with the place of what cannot be kept."""
    try:
        json = dump(value)
    except (TypeError, orjson.JSONEncodeError) as error:
        reason = next(refusals(value, field), None)
        raise Invalid(*reason) if reason else Invalid(field, str(error)) from None
    refuse_lossy(value, json, field)
    return json


def refuse_lossy(value: Any, json: str, field: str) -> None:
    """Raise Invalid when `json` is not quite what the value was."""
    if _SUSPICIOUS.search(json) and (reason := next(refusals(value, field), None)):
        raise Invalid(*reason)


def refusals(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every (path, reason) of what cannot be kept, without descending into objects of unknown kinds."""
    if isinstance(value, str):
        if "\0" in value:
            yield path, "a text must not contain the character U+0000"
        elif not _encodes(value):
            yield path, "a text must not contain a lone surrogate"
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield path, f"{value} is not JSON"
    elif isinstance(value, int) and not isinstance(value, bool):
        if not -MAX_INTEGER <= value < 2 * MAX_INTEGER:
            yield path, "an integer must not have more than 64 bits"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from refusals(key, path)
            yield from refusals(item, f"{path}.{key}")
    elif isinstance(value, list | tuple | set | frozenset):
        for index, item in enumerate(value):
            yield from refusals(item, f"{path}[{index}]")


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
