"""JSON at the borders: stored JSON passes through unparsed."""

from typing import Any

import orjson

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


class Raw:
    """The bytes of a json column; goes into an answer as it is."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raw) and other.data == self.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return f"Raw({self.data[:80]!r})"


def _fragment(value: Any) -> Any:
    if isinstance(value, Raw):
        return orjson.Fragment(value.data)
    raise TypeError(f"{type(value).__name__} is not JSON")


def dumps(value: Any) -> bytes:
    """Serialise rows; UUIDs, datetimes and Raw included."""
    return orjson.dumps(value, default=_fragment, option=OPTIONS)


def text(value: Any) -> str:
    """Serialise to str, for a json column."""
    return orjson.dumps(value, default=_fragment, option=OPTIONS).decode()


def parse(value: Any) -> Any:
    """The Python value of a json column (Raw), bytes or str; None stays None."""
    if value is None:
        return None
    return orjson.loads(value.data if isinstance(value, Raw) else value)
