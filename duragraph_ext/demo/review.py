"""What a reviewer may decide about a drafted answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHOICES: dict[str, str] = {
    "accept": "publish the answer as it is (or true)",
    "reject": "withhold the answer (or false)",
    "edit": 'publish your own wording: {"type": "edit", "answer": "…"}',
    "revise": 'search again with a remark (plain words, too): {"type": "revise", "feedback": "…"}',
}
_NEEDS = {"edit": "answer", "revise": "feedback", "reject": "reason"}
_SHORT = {"yes": "accept", "approve": "accept", "no": "reject"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One of CHOICES, with the reviewer's text for those that take one."""

    type: str
    text: str = ""


def parse_decision(value: Any) -> Decision:
    """Read a resume value: true, false, the name of a choice, a remark, or {"type": …} with its text.

    Raises ValueError, saying what is allowed.
    """
    if isinstance(value, bool):
        return Decision("accept" if value else "reject")
    if isinstance(value, str) and value.strip():
        word = _SHORT.get(value.strip().lower(), value.strip().lower())
        value = {"type": word} if word in CHOICES else {"type": "revise", "feedback": value}
    if not isinstance(value, Mapping) or value.get("type") not in CHOICES:
        raise ValueError(f"decide with true, false, a remark or one of {', '.join(CHOICES)}, not {value!r}")
    kind = str(value["type"])
    text = value.get(_NEEDS.get(kind, ""), "")
    if not isinstance(text, str) or (kind in ("edit", "revise") and not text.strip()):
        raise ValueError(f'"{kind}" needs {{"type": "{kind}", "{_NEEDS[kind]}": "your text"}}')
    return Decision(kind, text.strip())
