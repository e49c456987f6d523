"""Checkpoint serialisation: LangGraph's own, with an allow-list of the project's types and room for big integers."""

import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from types import ModuleType
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.pregel import Pregel
from pydantic import BaseModel

from .jsontext import Unstorable
from .langgraph_inside import (
    EXT_CONSTRUCTOR_SINGLE_ARG,
    MSGPACK_OPTION,
    collect_allowlist_from_schemas,
    msgpack_default,
)

Allowed = tuple[tuple[str, ...], ...]
BIG_INTEGER = ("builtins", "int")
_OPTION = MSGPACK_OPTION | ormsgpack.OPT_PASSTHROUGH_BIG_INT


class Serde(JsonPlusSerializer):
    """Reads back only LangGraph's safe types and those on the allow-list; never pickles."""

    def __init__(self, allowed: Iterable[tuple[str, ...]] = ()) -> None:
        super().__init__(
            pickle_fallback=False, allowed_json_modules=None, allowed_msgpack_modules=(BIG_INTEGER, *allowed)
        )

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """Serialise a value. Raises Unstorable."""
        try:
            return super().dumps_typed(obj)
        except (ormsgpack.MsgpackEncodeError, TypeError, ValueError, RecursionError) as error:
            if "64-bit" not in str(error):
                raise Unstorable(_reason(error)) from None
        try:
            return "msgpack", ormsgpack.packb(obj, default=_with_big_integers, option=_OPTION)
        except (ormsgpack.MsgpackEncodeError, TypeError, ValueError, RecursionError) as error:
            raise Unstorable(_reason(error)) from None


def _with_big_integers(value: Any) -> Any:
    """msgpack has no integers beyond 64 bits: they travel as a call of `int`."""
    if type(value) is int:
        return ormsgpack.Ext(EXT_CONSTRUCTOR_SINGLE_ARG, ormsgpack.packb((*BIG_INTEGER, str(value))))
    return msgpack_default(value)


def project_types(owns: Callable[[str], bool]) -> Allowed:
    """The data types that a project's own modules define: a checkpoint may revive these."""
    found: set[tuple[str, str]] = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and owns(file):
            found.update(_types_of(module))
    return tuple(sorted(found))


def notebook_types() -> Allowed:
    """The data types that a notebook's cells define now."""
    return tuple(sorted(set(_types_of(sys.modules["__main__"]))))


def schema_types(graph: Pregel[Any, Any, Any, Any]) -> Allowed:
    """The data types that a graph's schemas and channels name."""
    builder = getattr(graph, "builder", None)
    schemas = list(getattr(builder, "schemas", ()))
    return tuple(collect_allowlist_from_schemas(schemas=schemas, channels=dict(graph.channels)))


def _types_of(module: ModuleType) -> Iterator[tuple[str, str]]:
    for value in list(vars(module).values()):
        if isinstance(value, type) and value.__module__ == module.__name__ and _is_data(value):
            yield value.__module__, value.__name__


def _is_data(kind: type) -> bool:
    return (
        issubclass(kind, BaseModel | Enum)
        or dataclasses.is_dataclass(kind)
        or (issubclass(kind, tuple) and hasattr(kind, "_fields"))
    )


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError) or "recursion" in str(error).lower():
        return "the value is nested too deep"
    return str(error)
