"""What models and tools say while a run goes on: tokens gathered into messages, and notes of the nodes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_NOTES = 200


@dataclass(slots=True)
class ToolCall:
    """A tool that a message calls, as far as it was said; models tell calls apart by index, or by id."""

    index: int | None
    id: str | None
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Message:
    """A message as far as it was said; a stale one was cut off when its worker was lost."""

    id: str
    node: str
    kind: str
    text: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    name: str = ""
    finished: bool = False
    stale: bool = False

    @property
    def tool_calls(self) -> list[str]:
        """The tools that the message calls, as `name(arguments)`."""
        return [f"{call.name}({call.arguments})" for call in self.calls if call.name]

    def call(self, piece: Mapping[str, Any]) -> None:
        """Take in a piece of a tool call: it goes on with a known one, or begins the next."""
        index, key = piece.get("index"), piece.get("id")
        known = next((call for call in reversed(self.calls) if index is None or call.index == index), None)
        if known is None or (key is not None and known.id is not None and key != known.id):
            known = ToolCall(index, key)
            self.calls.append(known)
        known.name += piece.get("name") or ""
        known.arguments += piece.get("args") or ""


@dataclass(slots=True)
class Talk:
    """Messages in the order of their first token, and what nodes wrote to the custom stream."""

    messages: dict[str, Message] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def say(self, chunk: Any, about: Any) -> bool:
        """Take in a message or a piece of one, with its metadata. True when there is something to show."""
        if not isinstance(chunk, Mapping) or chunk.get("type") in (None, "remove", "system"):
            return False
        kind = str(chunk["type"])
        partial = kind.endswith("Chunk")
        key = str(chunk.get("id") or f"{kind}-{len(self.messages)}")
        node = str(about.get("langgraph_node", "")) if isinstance(about, Mapping) else ""
        message = self.messages.get(key)
        if message is None:
            message = self.messages[key] = Message(key, node, _kind(kind))
        elif message.finished and not partial:
            return False
        message.name = str(chunk.get("name") or message.name)
        text = text_of(chunk.get("content"))
        message.text = message.text + text if partial else text
        if partial:
            for piece in chunk.get("tool_call_chunks") or ():
                message.call(piece)
        else:
            message.calls = [
                ToolCall(None, None, str(call.get("name", "")), json.dumps(call.get("args", {}), ensure_ascii=False))
                for call in chunk.get("tool_calls") or ()
            ]
        message.finished = not partial or chunk.get("chunk_position") == "last"
        return True

    def note(self, value: Any) -> bool:
        """Take in something that a node wrote to the custom stream."""
        self.notes.append(_words(value))
        del self.notes[:-MOST_NOTES]
        return True

    def restart(self) -> bool:
        """Another attempt begins: what was half said will be said again."""
        for message in self.messages.values():
            message.stale = message.stale or not message.finished
        return True


def text_of(content: Any) -> str:
    """The text of a message's content, which may be a list of blocks."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(text_of(block.get("text") if isinstance(block, Mapping) else block) for block in content)
    return ""


def _words(value: Any) -> str:
    if isinstance(value, Mapping) and all(isinstance(item, str | int | float) for item in value.values()):
        return " · ".join(f"{key} {item}" for key, item in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _kind(kind: str) -> str:
    return {"AIMessageChunk": "ai", "ToolMessageChunk": "tool", "HumanMessageChunk": "human"}.get(kind, kind)
