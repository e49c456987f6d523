"""Modes `messages` and `messages-tuple`: chat messages as they are spoken."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from langchain_core.messages import BaseMessage, BaseMessageChunk, message_chunk_to_message

from .jsontext import loose_dumps, message_dict
from .langgraph_inside import PULL

Event = tuple[str, bytes]


class Messages:
    """Turns messages into events: tuples of chunk and metadata if those are asked for, else whole messages so far."""

    def __init__(self, modes: Collection[str]) -> None:
        self._tuples = "messages-tuple" in modes
        self._wholes = "messages" in modes and not self._tuples
        self._so_far: dict[str, BaseMessage] = {}
        self._metadata: Mapping[str, Any] | None = None
        self._metadata_json = b"null"

    @property
    def wanted(self) -> bool:
        """Whether either mode is asked for."""
        return self._tuples or self._wholes

    def events(self, message: BaseMessage, metadata: Mapping[str, Any]) -> Iterator[Event]:
        """The events for a message or a chunk of one."""
        if self._tuples:
            if metadata is not self._metadata:
                self._metadata, self._metadata_json = metadata, loose_dumps(metadata)
            yield "messages", b"[%b,%b]" % (message_json(message), self._metadata_json)
        elif self._wholes:
            yield from self._whole(message, metadata)

    def _whole(self, message: BaseMessage, metadata: Mapping[str, Any]) -> Iterator[Event]:
        message_id = str(message.id)
        before = self._so_far.get(message_id)
        if before is None:
            yield "messages/metadata", loose_dumps({message_id: {"metadata": metadata}})
        if isinstance(message, BaseMessageChunk):
            whole = before + message if isinstance(before, BaseMessageChunk) else message
            self._so_far[message_id] = whole
            yield "messages/partial", b"[%b]" % message_json(message_chunk_to_message(whole))
        else:
            self._so_far[message_id] = message
            yield "messages/complete", b"[%b]" % message_json(message)


@dataclass
class _Call:
    metadata: Mapping[str, Any]
    known: set[str | None] = field(default_factory=set)


class SubgraphResults:
    """The messages that subgraphs of the root graph return, for clients who do not want the subgraphs' own.

    The graph is streamed with its subgraphs all the same, and then does not show again at the root what a subgraph
    has shown; LangGraph's server, which leaves them out, shows it there.
    """

    def __init__(self, nodes: Collection[str], thread_id: str) -> None:
        self._nodes = nodes
        self._thread_id = thread_id
        self._calls: dict[str, _Call] = {}
        self._shown: set[str | None] = set()

    def note(self, message: BaseMessage) -> None:
        """A message was shown at the root."""
        self._shown.add(message.id)

    def messages(self, part: Mapping[str, Any], step: int) -> list[tuple[BaseMessage, Mapping[str, Any]]]:
        """What a part of mode `tasks` of the root graph brings to show."""
        if part["name"] not in self._nodes:
            return []
        if "triggers" in part:
            metadata = {
                **part.get("metadata", {}),
                "thread_id": self._thread_id,
                "ls_integration": "langgraph",
                "langgraph_step": step,
                "langgraph_node": part["name"],
                "langgraph_triggers": part["triggers"],
                "langgraph_path": [PULL, part["name"]],
                "langgraph_checkpoint_ns": f"{part['name']}:{part['id']}",
            }
            self._calls[part["id"]] = _Call(metadata, {message.id for message in _messages_in(part["input"])})
            return []
        call = self._calls.pop(part["id"], None)
        if call is None:
            return []
        fresh = []
        for message in _messages_in(part["result"]):
            if message.id not in call.known and message.id not in self._shown:
                self._shown.add(message.id)
                fresh.append((message, call.metadata))
        return fresh


def message_json(message: BaseMessage) -> bytes:
    """A message as JSON."""
    try:
        return orjson.dumps(message_dict(message))
    except TypeError:
        return loose_dumps(message)


def _messages_in(values: Any) -> Iterator[BaseMessage]:
    if isinstance(values, BaseMessage):
        yield values
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from _messages_in(value)
    elif isinstance(values, Sequence) and not isinstance(values, str | bytes):
        for value in values:
            if isinstance(value, BaseMessage):
                yield value
