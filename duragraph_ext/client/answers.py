"""How a person may answer an interrupt: the choices it offers, by its schema or the customs of LangGraph."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: pressed, it sends `value`, or puts `draft` (JSON) into the editor to be completed."""

    label: str
    value: Any = None
    draft: str | None = None
    hint: str = ""
    tone: str = ""
    """`good`, `bad` or nothing."""


def choices(value: Any, schema: Mapping[str, Any] | None = None) -> list[Choice]:
    """The buttons under a question; approve and reject when nothing else is known."""
    if schema is not None:
        return _by_schema(schema)
    if isinstance(value, Mapping):
        if value.get("action_requests"):
            return _review(value)
        offered = value.get("choices") or value.get("options")
        if isinstance(offered, Mapping) and offered:
            return [_offer(str(label), str(hint)) for label, hint in offered.items()]
        if isinstance(offered, list) and offered:
            return [Choice(str(item), item, tone=_tone(str(item))) for item in offered]
    request = value[0] if isinstance(value, list) and value else value
    if isinstance(request, Mapping) and isinstance(request.get("action_request"), Mapping):
        return _inbox(request)
    return [Choice("Approve", True, tone="good"), Choice("Reject", False, tone="bad")]


def draft(schema: Mapping[str, Any] | None) -> str:
    """What the editor holds at first: the outline of an object that a schema asks for."""
    if schema is None or schema.get("type") != "object":
        return ""
    return json.dumps(_outline(schema), ensure_ascii=False, indent=2)


def parse_json(text: str) -> Any:
    """Read the editor's JSON; raises ValueError with place and reason."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error


def _by_schema(schema: Mapping[str, Any]) -> list[Choice]:
    if schema.get("type") == "boolean":
        return [Choice("Approve", True, tone="good"), Choice("Reject", False, tone="bad")]
    if isinstance(schema.get("enum"), list):
        return [Choice(str(item), item, tone=_tone(str(item))) for item in schema["enum"]]
    return []


def _outline(schema: Mapping[str, Any]) -> Any:
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: _outline(part) for name, part in (schema.get("properties") or {}).items()}
    return {"string": "", "boolean": False, "integer": 0, "number": 0, "array": []}.get(str(kind))


def _offer(label: str, hint: str) -> Choice:
    """A choice by name; one whose description shows JSON wants that completed."""
    template = re.search(r"\{.*\}", hint)
    if template is None:
        return Choice(label, label, hint=hint, tone=_tone(label))
    try:
        text = json.dumps(json.loads(template.group()), ensure_ascii=False)
    except json.JSONDecodeError:
        return Choice(label, label, hint=hint, tone=_tone(label))
    return Choice(label, draft=text, hint=hint, tone=_tone(label))


def _review(value: Mapping[str, Any]) -> list[Choice]:
    """LangChain's human-in-the-loop middleware: one decision for each action."""
    actions = [action for action in value["action_requests"] if isinstance(action, Mapping)]
    configs = [config for config in value.get("review_configs") or () if isinstance(config, Mapping)]
    allowed = [set(config.get("allowed_decisions") or ()) for config in configs]
    may = set.intersection(*allowed) if allowed else {"approve", "edit", "reject"}
    found = []
    if "approve" in may:
        decisions: list[dict[str, Any]] = [{"type": "approve"} for _ in actions]
        found.append(Choice("Approve", {"decisions": decisions}, tone="good"))
    if "edit" in may:
        edited = [
            {
                "type": "edit",
                "edited_action": {"name": action.get("name"), "args": action.get("args", {})},
            }
            for action in actions
        ]
        text = json.dumps({"decisions": edited}, ensure_ascii=False, indent=2)
        found.append(Choice("Edit", draft=text))
    if "reject" in may:
        decisions = [{"type": "reject"} for _ in actions]
        found.append(Choice("Reject", {"decisions": decisions}, tone="bad"))
    return found


def _inbox(request: Mapping[str, Any]) -> list[Choice]:
    """The agent inbox's request: accept, edit, respond or ignore, as its `config` allows."""
    config = request.get("config")
    allows = config if isinstance(config, Mapping) else {"allow_accept": True, "allow_ignore": True}
    found = []
    if allows.get("allow_accept"):
        found.append(Choice("Accept", [{"type": "accept", "args": None}], tone="good"))
    if allows.get("allow_edit"):
        action = dict(request["action_request"])
        found.append(Choice("Edit", draft=json.dumps([{"type": "edit", "args": action}], indent=2)))
    if allows.get("allow_respond"):
        found.append(Choice("Respond", draft=json.dumps([{"type": "response", "args": ""}], indent=2)))
    if allows.get("allow_ignore"):
        found.append(Choice("Ignore", [{"type": "ignore", "args": None}], tone="bad"))
    return found


def _tone(label: str) -> str:
    word = label.lower()
    if word in ("yes", "ok", "accept", "approve", "approved", "allow", "continue", "publish"):
        return "good"
    return "bad" if word in ("no", "reject", "rejected", "deny", "decline", "cancel", "stop") else ""
