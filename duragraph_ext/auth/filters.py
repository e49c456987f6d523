"""What an `@auth.on` handler's filter means to the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Access = dict[str, Any]
"""What a row's metadata must contain, as jsonb's `@>` understands it."""
_SCALARS = (str, int, float, bool, type(None))


class UnknownFilter(ValueError):
    """A filter that we do not understand; nothing may be shown then."""


def access_of(given: Mapping[str, Any]) -> Access:
    """{"k": v} and {"$eq": v} ask for the value, {"$contains": v or [v…]} for elements of a list.

    Raises UnknownFilter for everything else: a filter that is not understood must not let anything through.
    """
    access: Access = {}
    for key, wanted in given.items():
        if isinstance(wanted, Mapping):
            if len(wanted) != 1:
                raise UnknownFilter(f"{key}: one operator is expected, $eq or $contains")
            ((operator, wanted),) = wanted.items()
            if operator == "$contains":
                wanted = wanted if isinstance(wanted, list) else [wanted]
                if not all(isinstance(each, _SCALARS) for each in wanted):
                    raise UnknownFilter(f"{key}: $contains wants plain values")
                access[key] = wanted
                continue
            if operator != "$eq":
                raise UnknownFilter(f"{key}: unknown operator {operator}, known are $eq and $contains")
        if not isinstance(wanted, _SCALARS):
            raise UnknownFilter(f"{key}: a plain value is expected")
        access[key] = wanted
    return access
