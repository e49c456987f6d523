"""From bytes and query strings to models, with errors that name the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from duragraph_ext.models.base import Query

MAX_DEPTH = 64
_SHOWN = 80
T = TypeVar("T", bound=BaseModel)
Q = TypeVar("Q", bound=Query)


class Unprocessable(Exception):
    """A request that makes no sense; the text says what and where. Answered with 422."""


class InvalidJson(Unprocessable):
    """A body that is no JSON at all."""


def parse_body(model: type[T], raw: bytes) -> T:
    """A JSON body as a model. Raises Unprocessable."""
    return validate(model, parse_json(raw))


def parse_json(raw: bytes) -> Any:
    """A JSON body that can be stored. Raises InvalidJson, and Unprocessable for what is too deep or has a NUL."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise InvalidJson("Invalid JSON in request body") from None
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    if b"\\u0000" in raw:
        for path, text in _texts(value, ""):
            if "\0" in text:
                raise Unprocessable(f"{path or 'body'}: a text must not contain the character U+0000")
    return value


def parse_query(model: type[Q], arguments: Mapping[str, list[bytes]]) -> Q:
    """A query string as a model; a list may be given by many values, an empty value is none. Raises Unprocessable."""
    values: dict[str, Any] = {}
    for name, given in arguments.items():
        field = model.model_fields.get(name)
        if field is None:
            continue
        try:
            texts = [text.decode() for text in given if text]
        except UnicodeDecodeError:
            raise Unprocessable(f"{name}: must be UTF-8") from None
        if any("\0" in text for text in texts):
            raise Unprocessable(f"{name}: must not contain the character U+0000")
        if texts:
            values[name] = _listed(texts) if field.default_factory is list else texts[-1]
    return validate(model, values)


def _listed(texts: list[str]) -> list[Any]:
    """The values of a list: many texts, or the one JSON text that JavaScript's SDK 2.0.0 makes of a list."""
    if len(texts) == 1 and texts[0].startswith("["):
        with suppress(orjson.JSONDecodeError):
            found = orjson.loads(texts[0])
            assert isinstance(found, list)
            return found
    return texts


def validate(model: type[T], value: Any) -> T:
    """A value as a model. Raises Unprocessable with every field that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Unprocessable(explain(error)) from None


def parse_uuid(name: str, text: str) -> UUID:
    """An id from a path. Raises Unprocessable."""
    try:
        if len(text) in (32, 36):
            return UUID(text)
    except ValueError:
        pass
    raise Unprocessable(f"Invalid {name}: must be a UUID")


def explain(error: ValidationError) -> str:
    """One line a field: where, what is allowed, what came."""
    lines = dict.fromkeys(_line(item) for item in error.errors(include_url=False, include_context=False))
    return "\n".join(list(lines)[:10])


def _line(item: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in item["loc"] if part != "function-before") or "body"
    if item["type"] == "missing":
        return f"{where}: is required"
    message = str(item["msg"]).removeprefix("Value error, ").replace("dictionary", "object")
    got = orjson.dumps(item["input"], default=str).decode()
    return f"{where}: {message[:1].lower()}{message[1:]}, not {got[:_SHOWN]}{'…' * (len(got) > _SHOWN)}"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, key
            yield from _texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")


def _check_depth(body: Any) -> None:
    for field, value in body.items() if isinstance(body, dict) else [("body", body)]:
        if _too_deep(value):
            raise Unprocessable(f"{field}: must not be nested deeper than {MAX_DEPTH} levels")


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True
