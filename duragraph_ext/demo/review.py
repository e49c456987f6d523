"""What a reviewer may decide about a drafted answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHOICES: dict[str, str] = {
    "accept": "publish the answer as it is",
    "edit": 'publish your own wording: {"type": "edit", "answer": "…"}',
    "revise": 'search again with a remark of yours: {"type": "revise", "feedback": "…"}',
    "reject": "withhold the answer",
}
_NEEDS = {"edit": "answer", "revise": "feedback"}
_SHORT = {True: "accept", False: "reject", "yes": "accept", "no": "reject", "approve": "accept"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One of CHOICES, with the reviewer's text for those that take one."""

    type: str
    text: str = ""


def parse_decision(value: Any) -> Decision:
    """Read a resume value: true, false, the name of a choice, or {"type": …} with its text.

    Raises ValueError, saying what is allowed.
    """
    if isinstance(value, bool | str):
        value = {"type": _SHORT.get(value.strip().lower() if isinstance(value, str) else value, value)}
    if not isinstance(value, Mapping) or value.get("type") not in CHOICES:
        raise ValueError(f"decide with true, false or one of {', '.join(CHOICES)}, not {value!r}")
    kind = str(value["type"])
    text = value.get(_NEEDS[kind]) if kind in _NEEDS else value.get("reason", "")
    if not isinstance(text, str) or (kind in _NEEDS and not text.strip()):
        raise ValueError(f'"{kind}" needs your text: {CHOICES[kind].partition(": ")[2] or "reason"}')
    return Decision(kind, text.strip())
