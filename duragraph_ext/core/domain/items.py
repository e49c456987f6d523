"""The store's words: settings, namespaces, filters. An item belongs to one owner and stands under a namespace."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from .errors import Invalid

RESERVED = "langgraph"
MAX_NAME_BYTES = 1000
"""Bytes of a joined namespace, and of a key: both stand in one index row."""
MAX_CONDITIONS = 100
SEPARATOR = "."


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What turns texts into vectors, how long they are, and which fields of a value are embedded."""

    embed: str
    dims: int
    fields: tuple[str, ...] = ("$",)

    @property
    def embedded_by(self) -> str:
        """Names the space that vectors live in: those of another one are not compared."""
        return f"{self.embed}/{self.dims}"


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`store` of langgraph.json; times are minutes."""

    index: IndexSettings | None = None
    default_ttl: float | None = None
    refresh_on_read: bool = True
    sweep_interval: float = 5.0

    def refreshes(self, asked: bool | None) -> bool:
        """Whether a read prolongs the life of what it finds."""
        return self.refresh_on_read if asked is None else asked


DEFAULTS = StoreSettings()


@dataclass(frozen=True, slots=True)
class Fence:
    """The attempt on whose behalf a node writes: once it has lost the run, it changes nothing."""

    run_id: UUID
    epoch: int


Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "object"]
_OPERATORS: dict[str, Operator] = {
    "$eq": "eq",
    "$ne": "ne",
    "$gt": "gt",
    "$gte": "gte",
    "$lt": "lt",
    "$lte": "lte",
}
_ORDERING = ("gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold for the value at a path; `object`: that it is one."""

    path: tuple[str, ...]
    operator: Operator
    operand: Any = None


def joined(namespace: Sequence[str], *, field: str = "namespace") -> str:
    """A namespace or a part of one as it is stored. Raises Invalid."""
    for label in namespace:
        if not label or SEPARATOR in label or "\0" in label:
            raise Invalid(field, f"the label {label!r} must be a non-empty text without periods and U+0000")
    whole = SEPARATOR.join(namespace)
    _check_length(field, whole)
    return whole


def joined_for_item(namespace: Sequence[str]) -> str:
    """A namespace that items may stand under. Raises Invalid."""
    if not namespace:
        raise Invalid("namespace", "must not be empty")
    if namespace[0] == RESERVED:
        raise Invalid("namespace", f'the first label must not be "{RESERVED}"')
    return joined(namespace)


def split(namespace: str) -> list[str]:
    """The labels of a stored namespace."""
    return namespace.split(SEPARATOR)


def checked_key(key: str) -> str:
    """A key that can be stored. Raises Invalid."""
    if "\0" in key:
        raise Invalid("key", "must not contain the character U+0000")
    _check_length("key", key)
    return key


def conditions(filter: Mapping[str, Any] | None) -> list[Condition]:
    """What a filter demands: nested objects match by their keys, `$` operators compare. Raises Invalid."""
    found = [one for key, value in (filter or {}).items() for one in _conditions((key,), value)]
    if len(found) > MAX_CONDITIONS:
        raise Invalid("filter", f"must not have more than {MAX_CONDITIONS} conditions")
    return found


def _conditions(path: tuple[str, ...], value: Any) -> Iterator[Condition]:
    if not isinstance(value, dict):
        yield Condition(path, "eq", value)
    elif any(key.startswith("$") for key in value):
        for key, operand in value.items():
            yield _compared(path, key, operand)
    elif value:
        for key, inner in value.items():
            yield from _conditions((*path, key), inner)
    else:
        yield Condition(path, "object")


def _compared(path: tuple[str, ...], key: str, operand: Any) -> Condition:
    where = ".".join(("filter", *path))
    if key not in _OPERATORS:
        raise Invalid(where, f"unsupported operator {key!r}; there are {', '.join(_OPERATORS)}")
    operator = _OPERATORS[key]
    if operator in _ORDERING:
        if isinstance(operand, bool) or not isinstance(operand, int | float | str):
            raise Invalid(f"{where}.{key}", "must be a number or a text")
        if isinstance(operand, float) and not math.isfinite(operand):
            raise Invalid(f"{where}.{key}", "must be a finite number")
    return Condition(path, operator, operand)


def _check_length(field: str, text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Invalid(field, "must not contain a lone surrogate") from None
    if size > MAX_NAME_BYTES:
        raise Invalid(field, f"must not be longer than {MAX_NAME_BYTES} bytes")
