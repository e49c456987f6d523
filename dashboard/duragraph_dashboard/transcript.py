"""The messages of a run: from its state when a step is done, token by token while one is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
ROLES = {"human", "ai", "tool", "system", "user", "assistant", "function", "developer", "AIMessageChunk"}


@dataclass
class Transcript:
    """Messages by id, in order. `apply_*` return what has to be drawn again."""

    messages: dict[str, Message] = field(default_factory=dict)

    def apply_state(self, values: Any) -> list[Message]:
        """Take the messages of a state's values: those are whole."""
        return self._put([wire(raw, index) for index, raw in enumerate(found_in(values))])

    def apply_part(self, event: str, data: Any) -> list[Message]:
        """Take a part of a run's stream: `messages` (a chunk), `messages/partial` or `messages/complete`."""
        name = event.partition("|")[0]
        if name in ("messages/partial", "messages/complete") and isinstance(data, list):
            writing = name == "messages/partial"
            return self._put([{**wire(raw, 0), "writing": writing} for raw in data if is_message(raw)])
        if name == "messages" and isinstance(data, list) and data and is_message(data[0]):
            chunk = wire(data[0], 0)
            if not str(data[0]["type"]).endswith("Chunk"):
                return self._put([chunk])
            before = self.messages.get(chunk["id"])
            if before is not None and not before.get("writing"):
                return []
            if before is not None:
                chunk["text"] = before["text"] + chunk["text"]
                chunk["tool_calls"] = before["tool_calls"] + chunk["tool_calls"]
            chunk["writing"] = True
            return self._put([chunk]) if chunk["text"] or chunk["tool_calls"] else []
        return []

    def settle(self) -> list[Message]:
        """Nothing is being written any more."""
        return self._put([{**one, "writing": False} for one in self.messages.values() if one.get("writing")])

    def _put(self, messages: list[Message]) -> list[Message]:
        changed = [one for one in messages if self.messages.get(one["id"]) != one]
        self.messages.update({one["id"]: one for one in changed})
        return changed


def found_in(values: Any) -> list[Any]:
    """The messages in a state's values: its first channel that holds a list of messages."""
    if not isinstance(values, dict):
        return []
    for channel in [values.get("messages"), *values.values()]:
        if isinstance(channel, list) and channel and all(is_message(item) for item in channel):
            return channel
    return []


def is_message(value: Any) -> bool:
    """Whether a JSON value is a LangChain message."""
    if not isinstance(value, dict) or "content" not in value:
        return False
    return value.get("type", value.get("role")) in ROLES


def wire(raw: dict[str, Any], index: int) -> Message:
    """A message as the page's script takes it; text only, in whatever blocks it came."""
    calls = raw.get("tool_calls")
    return {
        "id": str(raw.get("id") or f"at {index}"),
        "role": str(raw.get("type") or raw.get("role")),
        "name": str(raw.get("name") or ""),
        "text": text_of(raw["content"]),
        "tool_calls": [
            {"name": str(call.get("name") or "?"), "args": call.get("args")}
            for call in (calls if isinstance(calls, list) else [])
            if isinstance(call, dict) and call.get("name")
        ],
        "writing": False,
    }


def text_of(content: Any) -> str:
    """The words of a message's content: a string, or blocks of which some hold text."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(
            block if isinstance(block, str) else str(block.get("text") or "")
            for block in content
            if isinstance(block, str | dict)
        )
    return ""
