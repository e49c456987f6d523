"""Values on their way to the server: messages, models, dataclasses and sets become JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from duragraph_ext.client.errors import NotSendable


def encode(value: Any) -> bytes:
    """Write a request's body; raises NotSendable with the path of what JSON cannot hold."""
    try:
        return json.dumps(plain(value), ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise NotSendable("the value holds half of a surrogate pair, which is no text") from error


def plain(value: Any, path: str = "input") -> Any:
    """A value as JSON's own types, the way LangGraph's server reads it back."""
    if value is None or isinstance(value, bool | int | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotSendable(f"{path} is {value}, which JSON cannot hold")
        return value
    if isinstance(value, Mapping):
        return {_key(key, path): plain(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return _convert(value, path)


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool | int | float | UUID | Enum):
        return str(key.value if isinstance(key, Enum) else key)
    raise NotSendable(f"a key of {path} is a {type(key).__name__}; JSON's keys are text")


def _convert(value: Any, path: str) -> Any:
    if isinstance(value, Enum):
        return plain(value.value, path)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | PurePath):
        return str(value)
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(), path)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name), f"{path}.{field.name}") for field in fields}
    if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tolist"):
        return plain(value.tolist(), path)
    raise NotSendable(f"{path} is a {type(value).__name__}, which cannot be sent as JSON")
