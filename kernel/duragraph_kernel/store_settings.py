"""`store` of langgraph.json, checked: what is not supported is refused by name."""

import math
from collections.abc import Collection
from typing import Any

from duragraph_ext.core.domain.hashing import NAME as HASH
from duragraph_ext.core.domain.items import DEFAULTS, IndexSettings, StoreSettings

MAX_DIMS = 16_000
"""What pgvector's `vector` can hold."""


def read_store(value: Any) -> StoreSettings:
    """The settings that the object says. Raises ValueError with one line for people."""
    if value is None:
        return DEFAULTS
    given = _object("store", value, ("index", "ttl"))
    ttl = _object("store.ttl", given.get("ttl") or {},
                  ("default_ttl", "refresh_on_read", "sweep_interval_minutes", "omit_expired"))  # fmt: skip
    if ttl.get("omit_expired", True) is not True:
        raise ValueError('"store.ttl.omit_expired" can only be true: what has expired is never shown')
    refresh = ttl.get("refresh_on_read", True)
    if not isinstance(refresh, bool):
        raise ValueError('"store.ttl.refresh_on_read" must be true or false')
    return StoreSettings(
        index=_index(given.get("index")),
        default_ttl=_minutes(ttl, "default_ttl"),
        refresh_on_read=refresh,
        sweep_interval=_minutes(ttl, "sweep_interval_minutes") or DEFAULTS.sweep_interval,
    )


def _index(value: Any) -> IndexSettings | None:
    if value is None:
        return None
    given = _object("store.index", value, ("embed", "dims", "fields"))
    embed, dims, fields = given.get("embed"), given.get("dims"), given.get("fields", ["$"])
    if not isinstance(embed, str) or not all(embed.rpartition(":")[::2]):
        raise ValueError(
            f'"store.index.embed" must be "{HASH}", "provider:model" or "./file.py:function", not {embed!r}'
        )
    if isinstance(dims, bool) or not isinstance(dims, int) or not 1 <= dims <= MAX_DIMS:
        raise ValueError(f'"store.index.dims" must be a number from 1 to {MAX_DIMS}, not {dims!r}')
    if not isinstance(fields, list) or not fields or not all(isinstance(each, str) and each for each in fields):
        raise ValueError('"store.index.fields" must be a list of paths')
    return IndexSettings(embed, dims, tuple(fields))


def _object(name: str, value: Any, keys: Collection[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f'"{name}" must be an object')
    unknown = sorted(set(value) - set(keys))
    if unknown:
        raise ValueError(f'"{name}.{unknown[0]}" is not supported; there are {", ".join(keys)}')
    return value


def _minutes(ttl: dict[str, Any], key: str) -> float | None:
    value = ttl.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ValueError(f'"store.ttl.{key}" must be a number of minutes above 0, not {value!r}')
    return float(value)
