"""The form of an interrupt: the choices it offers as buttons and fields, words and JSON for everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from duragraph_ext.client.answers import Choice, choices

Control = dict[str, Any]
WORDS = ("question", "message", "prompt", "description", "title", "instruction")
OFFERS = ("choices", "options", "schema", "response_schema", "review_configs", "config")
FIELD_TYPES = {"string": "text", "number": "number", "integer": "integer", "boolean": "boolean"}
IN_WORDS: Control = {"kind": "text", "label": "Answer in words"}
IN_JSON: Control = {"kind": "json", "label": "Answer in JSON", "start": ""}


def form(value: Any) -> dict[str, Any]:
    """The form for an interrupt's value: {"question", "details", "controls"}.

    A JSON Schema under "schema" becomes fields; what LangGraph's and LangChain's customs offer becomes
    buttons; words and JSON are always possible.
    """
    words, details = question(value)
    schema = value.get("schema", value.get("response_schema")) if isinstance(value, dict) else None
    schema = schema if isinstance(schema, dict) else None
    if schema is not None and isinstance(schema.get("properties"), dict):
        controls: list[Control] = [{"kind": "schema", "label": "Send", "fields": fields(schema)}]
    else:
        controls = [_control(choice) for choice in choices(value, schema)]
    return {"question": words, "details": details, "controls": [*controls, IN_WORDS, IN_JSON]}


def question(value: Any) -> tuple[str, Any]:
    """The words to show above the form, and what is left of the value to show below them."""
    if isinstance(value, str):
        return value, None
    if not isinstance(value, dict):
        return "The graph waits for an answer", value
    asked = next((key for key in WORDS if isinstance(value.get(key), str) and value[key]), None)
    rest = {key: item for key, item in value.items() if key != asked and key not in OFFERS}
    return str(value[asked]) if asked else "The graph waits for an answer", rest or None


def fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of an object schema: name, label, type (text, number, integer, boolean, enum, json)."""
    required = schema.get("required") or []
    found = []
    for name, given in schema["properties"].items():
        spec = given if isinstance(given, dict) else {}
        options = spec.get("enum")
        found.append(
            {
                "name": name,
                "label": str(spec.get("title") or name),
                "hint": str(spec.get("description") or ""),
                "type": "enum" if isinstance(options, list) else FIELD_TYPES.get(str(spec.get("type")), "json"),
                "options": options if isinstance(options, list) else [],
                "start": spec.get("default"),
                "required": name in required,
            }
        )
    return found


def _control(choice: Choice) -> Control:
    if choice.draft is None:
        return {
            "kind": "choice",
            "label": choice.label,
            "tone": choice.tone or "plain",
            "hint": choice.hint,
            "answer": choice.value,
        }
    shape = json.loads(choice.draft)
    blanks = list(_blanks(shape))
    if len(blanks) == 1:
        return {"kind": "text", "label": choice.label, "wrap": shape, "place": blanks[0]}
    return {"kind": "json", "label": choice.label, "start": json.dumps(shape, indent=2, ensure_ascii=False)}


def _blanks(shape: Any, path: tuple[Any, ...] = ()) -> Iterator[list[Any]]:
    """The places of a draft that wait for words: empty strings and ellipses."""
    if shape in ("", "…", "...") and path:
        yield list(path)
    elif isinstance(shape, dict | list):
        for key, item in shape.items() if isinstance(shape, dict) else enumerate(shape):
            yield from _blanks(item, (*path, key))
