"""Users' values as JSON: strict for what is stored, lenient for what only streams by.

bytes become base64 text, NaN and infinities null, sets and deques lists, models and dataclasses objects,
exceptions `{"error", "message"}`. Integers may be of any size.
"""

import base64
import datetime
import json
import math
from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from pathlib import PurePath
from re import Pattern
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from langchain_core.messages import BaseMessage
from langgraph.types import Send

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
_AS_TEXT = (
    Decimal,
    PurePath,
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ZoneInfo,
)
_message_fields: dict[type, tuple[str, ...]] = {}


class Unstorable(ValueError):
    """A value that cannot be stored; says what and where."""


def dumps(value: Any) -> str:
    """JSON of a value that is stored. Raises Unstorable."""
    try:
        return orjson.dumps(value, default=_strict, option=OPTIONS).decode()
    except TypeError:
        return _careful_dumps(value)


def loose_dumps(value: Any) -> bytes:
    """JSON of a value that is only shown: what has no JSON form shows as its repr."""
    try:
        return orjson.dumps(value, default=_loose, option=OPTIONS)
    except TypeError:
        return json.dumps(_plain(value, strict=False), separators=(",", ":")).encode()


def message_dict(message: BaseMessage) -> dict[str, Any]:
    """`model_dump` of LangChain's own messages, without its cost; extra fields included."""
    kind = type(message)
    fields = _message_fields.get(kind)
    if fields is None:
        if not kind.__module__.startswith("langchain_core.messages"):
            return message.model_dump()
        fields = _message_fields[kind] = tuple(kind.model_fields)
    own = message.__dict__
    found = {name: own[name] for name in fields}
    if message.__pydantic_extra__:
        found.update(message.__pydantic_extra__)
    return found


def _known(value: Any) -> Any:
    """A plainer form of what orjson does not know. Raises TypeError for what has none."""
    if isinstance(value, BaseMessage):
        return message_dict(value)
    if callable(dump := getattr(value, "model_dump", None)) and not isinstance(value, type):
        return dump()
    if isinstance(value, BaseException):
        return {"error": type(value).__name__, "message": str(value)}
    if isinstance(value, set | frozenset | deque):
        return list(value)
    if isinstance(value, tuple):
        return value._asdict() if hasattr(value, "_asdict") else list(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, _AS_TEXT):
        return str(value)
    if isinstance(value, Pattern):
        return value.pattern
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Send):
        return {"node": value.node, "args": value.arg}
    if slots := getattr(type(value), "__slots__", None):
        names = (slots,) if isinstance(slots, str) else slots
        return {name: getattr(value, name) for name in names if hasattr(value, name) and name[0] != "_"}
    raise TypeError(f"a value of type {type(value).__name__} has no JSON form")


def _strict(value: Any) -> Any:
    if type(value).__module__ in ("_thread", "threading") or (callable(value) and not hasattr(value, "model_dump")):
        raise TypeError(f"a value of type {type(value).__name__} has no JSON form")
    return _known(value)


def _loose(value: Any) -> Any:
    try:
        return _strict(value)
    except Exception:
        return repr(value)


def _careful_dumps(value: Any) -> str:
    """The slow way, for big integers and deep values; names what cannot be stored."""
    try:
        return json.dumps(_plain(value, strict=True), separators=(",", ":"))
    except RecursionError:
        raise Unstorable("the value is nested too deep") from None
    except TypeError as error:
        raise Unstorable(str(error)) from None


def _plain(value: Any, *, strict: bool) -> Any:
    if value is None or (isinstance(value, bool | int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str) and not isinstance(value, Enum):
        return _utf8(value, strict=strict)
    if isinstance(value, dict):
        return {_key(key, strict=strict): _plain(item, strict=strict) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [_plain(item, strict=strict) for item in value]
    try:
        direct = orjson.dumps(value, option=OPTIONS)
    except TypeError:
        simpler = _strict(value) if strict else _loose(value)
        return _plain(simpler, strict=strict)
    return json.loads(direct)


def _key(key: Any, *, strict: bool) -> str:
    if isinstance(key, str):
        return _utf8(key, strict=strict)
    if key is None or isinstance(key, bool | int | float):
        return json.dumps(key)
    if isinstance(key, UUID | datetime.date | datetime.time):
        return str(key)
    if strict:
        raise TypeError(f"a dictionary key of type {type(key).__name__} has no JSON form")
    return repr(key)


def _utf8(text: str, *, strict: bool) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        if strict:
            raise Unstorable(f"text with a lone surrogate at position {error.start}") from None
        return text.encode(errors="replace").decode()
    return text


def is_utf8(text: str) -> bool:
    """Whether text can be encoded: it holds no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
