"""What an interrupt asks for, read from the shape of its value, so that the form fits the question."""

from __future__ import annotations

from typing import Any

import orjson

AS_JSON: dict[str, Any] = {"kind": "json", "label": "Answer in JSON", "start": ""}
FREE: list[dict[str, Any]] = [
    {"kind": "choice", "label": "Approve", "tone": "good", "answer": True},
    {"kind": "choice", "label": "Reject", "tone": "bad", "answer": False},
    {"kind": "text", "label": "Answer in words"},
    AS_JSON,
]


def form(value: Any) -> dict[str, Any]:
    """The form for an interrupt's value: {"question", "details", "controls"}.

    Knows the requests of LangChain's human-in-the-loop middleware and of Agent Inbox, a list of options,
    and a JSON Schema under "schema"; anything else gets approve, reject, words and JSON.
    """
    if isinstance(value, dict):
        if isinstance(value.get("action_requests"), list):
            return _middleware(value)
        if isinstance(value.get("action_request"), dict):
            return _inbox(value, as_list=False)
        options = value.get("options", value.get("choices"))
        if isinstance(options, list) and options:
            return _asked(value, [_option(option) for option in options])
        schema = value.get("schema", value.get("response_schema"))
        if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
            control = {"kind": "schema", "label": "Send", "fields": fields(schema)}
            return _asked(value, [control, AS_JSON])
    if isinstance(value, list) and value and isinstance(value[0], dict) and "action_request" in value[0]:
        return _inbox(value[0], as_list=True)
    return _asked(value, FREE)


def question(value: Any) -> tuple[str, Any]:
    """The words to show above the form, and what is left of the value to show below them."""
    if isinstance(value, str):
        return value, None
    if isinstance(value, dict):
        for key in ("question", "message", "prompt", "description", "title", "instruction"):
            if isinstance(value.get(key), str) and value[key]:
                return str(value[key]), {name: item for name, item in value.items() if name != key} or None
    return "The graph waits for an answer", value


def fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of an object schema: name, label, type (text, number, integer, boolean, enum, json)."""
    required = schema.get("required") or []
    found = []
    for name, spec in schema["properties"].items():
        spec = spec if isinstance(spec, dict) else {}
        kind = spec.get("type")
        kind = {"string": "text", "number": "number", "integer": "integer", "boolean": "boolean"}.get(
            kind if isinstance(kind, str) else "", "json"
        )
        found.append(
            {
                "name": name,
                "label": str(spec.get("title") or name),
                "hint": str(spec.get("description") or ""),
                "type": "enum" if isinstance(spec.get("enum"), list) else kind,
                "options": spec.get("enum") or [],
                "start": spec.get("default"),
                "required": name in required,
            }
        )
    return found


def _asked(value: Any, controls: list[dict[str, Any]]) -> dict[str, Any]:
    words, details = question(value)
    return {"question": words, "details": details, "controls": controls}


def _option(option: Any) -> dict[str, Any]:
    if isinstance(option, dict) and ("label" in option or "value" in option):
        answer = option.get("value", option.get("label"))
        return {"kind": "choice", "label": str(option.get("label", answer)), "answer": answer}
    return {"kind": "choice", "label": option if isinstance(option, str) else _json(option), "answer": option}


def _middleware(value: dict[str, Any]) -> dict[str, Any]:
    requests = [r for r in value["action_requests"] if isinstance(r, dict)]
    configs = value.get("review_configs")
    allowed = {"approve", "edit", "reject"}
    if isinstance(configs, list):
        for config in configs:
            if isinstance(config, dict) and isinstance(config.get("allowed_decisions"), list):
                allowed &= set(config["allowed_decisions"])
    many = len(requests)

    def decide(decision: dict[str, Any]) -> dict[str, Any]:
        return {"decisions": [decision] * many}

    controls: list[dict[str, Any]] = []
    if "approve" in allowed:
        controls.append(_choice("Approve", "good", decide({"type": "approve"})))
    if "reject" in allowed:
        controls.append(_choice("Reject", "bad", decide({"type": "reject"})))
        place = ["decisions", 0, "message"] if many == 1 else None
        if place:
            wrap = {"decisions": [{"type": "reject", "message": ""}]}
            controls.append({"kind": "text", "label": "Reject with a reason", "wrap": wrap, "place": place})
    if "edit" in allowed:
        edited = [
            {
                "type": "edit",
                "edited_action": {"name": r.get("name"), "args": r.get("args", r.get("arguments"))},
            }
            for r in requests
        ]
        controls.append({"kind": "json", "label": "Edit", "start": _json({"decisions": edited})})
    names = ", ".join(str(r.get("name")) for r in requests)
    return {"question": f"Allow {names}?", "details": value["action_requests"], "controls": controls or FREE}


def _inbox(value: dict[str, Any], *, as_list: bool) -> dict[str, Any]:
    given = value.get("config")
    config = given if isinstance(given, dict) else {}
    request = value["action_request"]

    def wrap(answer: dict[str, Any]) -> Any:
        return [answer] if as_list else answer

    controls: list[dict[str, Any]] = []
    if config.get("allow_accept"):
        controls.append(_choice("Accept", "good", wrap({"type": "accept", "args": None})))
    if config.get("allow_ignore"):
        controls.append(_choice("Ignore", "bad", wrap({"type": "ignore", "args": None})))
    if config.get("allow_respond"):
        place: list[Any] = [0, "args"] if as_list else ["args"]
        shape = wrap({"type": "response", "args": ""})
        controls.append({"kind": "text", "label": "Respond", "wrap": shape, "place": place})
    if config.get("allow_edit"):
        controls.append({"kind": "json", "label": "Edit", "start": _json(wrap({"type": "edit", "args": request}))})
    words = value.get("description")
    asked = words if isinstance(words, str) and words else f"Allow {request.get('action', 'this action')}?"
    return {"question": asked, "details": request, "controls": controls or FREE}


def _choice(label: str, tone: str, answer: Any) -> dict[str, Any]:
    return {"kind": "choice", "label": label, "tone": tone, "answer": answer}


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
