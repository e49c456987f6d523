"""What all wire shapes have in common."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict

JsonObject = dict[str, Any]
Limit = Annotated[int, Field(ge=1, le=1000)]
MAX_INT = 2**31 - 1
Offset = Annotated[int, Field(ge=0, le=MAX_INT)]
SortOrder = Literal["asc", "desc"]


def _uuid(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return UUID(value)
    except ValueError:
        raise ValueError("must be a UUID") from None


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("must be JSON") from None


def _split(value: Any) -> Any:
    return [part for one in value for part in (one.split(",") if isinstance(one, str) else (one,))]


JsonText = BeforeValidator(_parsed)
"""JSON that a query string carries as text."""
Uuid = Annotated[UUID, BeforeValidator(_uuid)]
"""A UUID that arrives as text."""
OneOrMany = BeforeValidator(_as_list)
"""A list for which one text may stand alone."""
Commas = BeforeValidator(_split)
"""A list that a query string gives by many values, or by one with commas."""


class Body(BaseModel):
    """A JSON body: types are taken at their word, unknown fields are left aside as the reference does."""

    model_config = ConfigDict(
        strict=True, extra="ignore", protected_namespaces=(), defer_build=True, validate_assignment=True
    )


class Query(BaseModel):
    """A query string: everything arrives as text and is read leniently."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=(), defer_build=True)


class Config(TypedDict, total=False):
    """LangGraph's configuration of a run; keys it does not know pass through."""

    __pydantic_config__ = ConfigDict(extra="allow", strict=True)  # type: ignore[misc]

    tags: list[str]
    recursion_limit: int
    configurable: JsonObject
    metadata: JsonObject


class Answer(BaseModel):
    """What the server sends; it may grow fields, so clients keep those they do not know."""

    model_config = ConfigDict(extra="allow", protected_namespaces=(), defer_build=True)
