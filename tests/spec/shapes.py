"""What the code says about its events, models and metrics, in the words of the specification."""

from __future__ import annotations

from typing import Any

from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel, TypeAdapter

from duragraph_ext import models
from duragraph_ext.core.domain.events import CATALOGUE
from duragraph_ext.models.base import Body, Query
from duragraph_ext.telemetry import metrics

Facts = dict[str, Any]
FORMATS = {"uuid": "uuid", "date-time": "datetime"}


def events() -> Facts:
    """Every event with its payload's fields."""
    return {name: {"payload": _fields(model.model_json_schema())} for name, model in CATALOGUE.items()}


def dtos() -> Facts:
    """Every wire shape: public ones and those they are made of."""
    found: Facts = {}
    for name in models.__all__:
        shape = getattr(models, name)
        adapter: TypeAdapter[Any] = TypeAdapter(shape)
        is_answer = isinstance(shape, type) and not issubclass(shape, Body | Query) and issubclass(shape, BaseModel)
        schema = adapter.json_schema(mode="serialization" if is_answer else "validation")
        for part, inner in schema.pop("$defs", {}).items():
            found.setdefault(part, _model(inner, None))
        if name != "JsonObject":
            found[name] = _model(schema, shape)
    return dict(sorted(found.items()))


def registry() -> Facts:
    """Every metric that is registered."""
    found = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            name = f"{metric._name}_total" if metric._type == "counter" else metric._name
            found[name] = {
                "type": metric._type,
                "labels": list(metric._labelnames),
                "help": metric._documentation,
            }
    return found


def _model(schema: Facts, shape: Any) -> Facts:
    if "enum" in schema:
        return {"values": schema["enum"]}
    sent_as = {} if shape is None else {"sent_as": _role(shape)}
    return {**sent_as, "fields": _fields(schema)}


def _role(shape: type) -> str:
    return "body" if issubclass(shape, Body) else "query" if issubclass(shape, Query) else "answer"


def _fields(schema: Facts) -> Facts:
    required = schema.get("required", [])
    fields = {}
    for name, field in schema.get("properties", {}).items():
        facts = {"type": type_of(field)}
        if name not in required:
            facts["optional"] = True
        if field.get("default") is not None:
            facts["default"] = field["default"]
        fields[name] = facts
    return fields


def type_of(schema: Facts) -> str:
    """A JSON schema in a few words: `uuid`, `integer 1..1000`, `[string]`, `string | null`, a model's name."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(type_of(each) for each in schema["anyOf"])
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if "const" in schema:
        return repr(schema["const"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"[{type_of(schema.get('items', {}))}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{{string: {type_of(schema['additionalProperties'])}}}"
    if kind == "string":
        return FORMATS.get(schema.get("format", ""), "string") + _length(schema)
    return kind + _range(schema)


def _length(schema: Facts) -> str:
    return f" of at most {schema['maxLength']} characters" if "maxLength" in schema else ""


def _range(schema: Facts) -> str:
    if "minimum" not in schema and "maximum" not in schema:
        return ""
    return f" {schema.get('minimum', '')}..{schema.get('maximum', '')}"
