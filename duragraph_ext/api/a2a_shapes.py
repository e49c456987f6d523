"""A2A's words: tasks, messages and parts, in the dialects 0.3 and 1.0, and LangChain's messages as either."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from duragraph_ext.models import JsonObject

from .rpc import INVALID_PARAMS, RpcFailure

TASK_NOT_FOUND = -32001
TASK_NOT_CANCELABLE = -32002
NO_PUSH_NOTIFICATIONS = -32003
UNSUPPORTED_OPERATION = -32004
UNSUPPORTED_CONTENT = -32005
TERMINAL = ("completed", "failed", "canceled")
ROLES = {"user": "user", "ROLE_USER": "user", "agent": "agent", "ROLE_AGENT": "agent"}
SPEAKERS = {"human": "user", "ai": "agent", "AIMessageChunk": "agent", "tool": "agent"}
"""LangChain's types of messages that belong to a conversation, by who said them."""
MEDIA = ("image", "audio", "video")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a client wants things spelled: as A2A 0.3 or as 1.0, which is protobuf's JSON."""

    modern: bool

    def state(self, state: str) -> str:
        """The name of a task's state."""
        return f"TASK_STATE_{state.upper().replace('-', '_')}" if self.modern else state

    def role(self, role: str) -> str:
        """The name of who speaks."""
        return f"ROLE_{role.upper()}" if self.modern else role

    def sent(self, task: JsonObject) -> JsonObject:
        """A task as what sending a message results in."""
        return {"task": task} if self.modern else task

    def update(self, kind: str, update: JsonObject) -> JsonObject:
        """A `status-update` or `artifact-update` as a result in a stream."""
        first, _, second = kind.partition("-")
        named = {**update, "kind": kind}
        return {f"{first}{second.capitalize()}": named} if self.modern else named


@dataclass(frozen=True, slots=True)
class Speech:
    """A message of a client: what of it goes to the graph."""

    message_id: str
    role: str
    content: Any
    """Text, or LangChain's content blocks; None without text and files."""
    data: list[Any]

    def as_message(self) -> JsonObject:
        """The message as LangChain takes it."""
        speaker = "human" if self.role == "user" else "ai"
        return {"role": speaker, "content": self.content, "id": self.message_id}

    def as_answer(self) -> Any:
        """The message as the answer to a question: the data it carries, or what it says."""
        if len(self.data) == 1 and self.content is None:
            return self.data[0]
        return self.content if not self.data else {"text": self.content, "data": self.data}


def heard(message: Any) -> Speech:
    """A client's message. Raises RpcFailure."""
    if not isinstance(message, dict):
        raise RpcFailure(INVALID_PARAMS, "Missing or invalid 'message' in params")
    message_id = message.get("messageId")
    if not isinstance(message_id, str) or not message_id:
        raise RpcFailure(INVALID_PARAMS, "Missing required 'messageId' in message")
    parts = message.get("parts")
    if not isinstance(parts, list) or not parts:
        raise RpcFailure(INVALID_PARAMS, "Message must contain at least one part")
    role = ROLES.get(str(message.get("role", "user")))
    if role is None:
        raise RpcFailure(INVALID_PARAMS, "message.role: must be user or agent")
    blocks: list[JsonObject] = []
    data: list[Any] = []
    for part in parts:
        block = _block(part)
        if block["type"] == "data":
            data.append(block["data"])
        else:
            blocks.append(block)
    content: Any = blocks or None
    if len(blocks) == 1 and blocks[0]["type"] == "text":
        content = blocks[0]["text"]
    return Speech(message_id, role, content, data)


def object_in(given: JsonObject, name: str) -> JsonObject:
    """A field that is an object, or is not there. Raises RpcFailure."""
    value = given.get(name)
    if value is None or isinstance(value, dict):
        return value or {}
    raise RpcFailure(INVALID_PARAMS, f"{name}: must be an object")


def history_length(given: JsonObject) -> int | None:
    """How many messages of the history are wanted. Raises RpcFailure."""
    length = given.get("historyLength")
    if length is None or (isinstance(length, int) and not isinstance(length, bool) and length >= 0):
        return length
    raise RpcFailure(INVALID_PARAMS, "historyLength: must be a number of messages")


def _block(part: Any) -> JsonObject:
    """A part as LangChain's content block, or as {"type": "data"}."""
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            return {"type": "text", "text": part["text"]}
        if "data" in part:
            return {"type": "data", "data": part["data"]}
        file = part.get("file", part)
        if isinstance(file, dict):
            url, content = file.get("uri") or file.get("url"), file.get("bytes") or file.get("raw")
            if isinstance(url or content, str):
                return _file_block(file, url, content)
    raise RpcFailure(
        UNSUPPORTED_CONTENT, "Unsupported part type. A2A agents support 'text', 'data', and 'file' parts only."
    )


def _file_block(file: JsonObject, url: Any, content: Any) -> JsonObject:
    mime = str(file.get("mimeType") or file.get("mediaType") or "application/octet-stream")
    medium = mime.partition("/")[0]
    block = {"type": medium if medium in MEDIA else "file", "mime_type": mime}
    block |= {"url": url} if url else {"base64": content}
    name = file.get("name") or file.get("filename")
    return {**block, "extras": {"filename": name}} if name else block


def parts_of(message: JsonObject, dialect: Dialect) -> list[JsonObject]:
    """What a LangChain message says, as parts; empty for one that only calls tools."""
    if message["type"] == "tool":
        shown = {"toolCallId": message.get("tool_call_id"), "content": message.get("content")}
        result = {**shown, "name": message.get("name"), "status": message.get("status")}
        return [data_part({"tool_results": [result]})]
    content = message.get("content") or ""
    if isinstance(content, str):
        return [text_part(content)] if content else []
    return [part for block in content if (part := _part(block, dialect)) is not None]


def _part(block: Any, dialect: Dialect) -> JsonObject | None:
    if isinstance(block, str):
        return text_part(block)
    if block.get("type") == "text":
        return text_part(block["text"])
    if "mime_type" not in block or not (block.get("url") or block.get("base64")):
        return None
    name = block.get("extras", {}).get("filename")
    if dialect.modern:
        where = {"url": block["url"]} if block.get("url") else {"raw": block["base64"]}
        file = {"kind": "file", **where, "mediaType": block["mime_type"]}
        return {**file, "filename": name} if name else file
    where = {"uri": block["url"]} if block.get("url") else {"bytes": block["base64"]}
    named = {"name": name} if name else {}
    return {"kind": "file", "file": {**where, "mimeType": block["mime_type"], **named}}


def text_part(text: str) -> JsonObject:
    """A part that says something."""
    return {"kind": "text", "text": text}


def data_part(data: JsonObject) -> JsonObject:
    """A part for programs."""
    return {"kind": "data", "data": data}


def spoken(
    role: str, parts: list[JsonObject], *, task: str, context: str | None = None, message_id: str | None = None
) -> JsonObject:
    """A message of a task; `role` is already in the dialect."""
    message = {"kind": "message", "role": role, "parts": parts, "messageId": message_id or str(uuid4())}
    return {**message, "taskId": task, **({"contextId": context} if context else {})}


def artifact(name: str, description: str, parts: list[JsonObject]) -> JsonObject:
    """What a task made."""
    return {"artifactId": str(uuid4()), "name": name, "description": description, "parts": parts}


def response_parts(values: Any, dialect: Dialect) -> list[JsonObject]:
    """What a run came to: the last thing the agent said, or its values where nothing is said."""
    messages = values.get("messages") if isinstance(values, dict) else None
    for message in reversed(conversation(messages or ())):
        if SPEAKERS[message["type"]] == "agent" and (parts := parts_of(message, dialect)):
            return parts
    return [data_part(values if isinstance(values, dict) else {"output": values})]


def conversation(messages: Iterable[Any]) -> list[JsonObject]:
    """The messages that client and agent exchange."""
    return [message for message in messages if isinstance(message, dict) and message.get("type") in SPEAKERS]


def now() -> str:
    """The time, as A2A writes it."""
    return datetime.now(UTC).isoformat()
