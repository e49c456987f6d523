"""Parts of a graph's stream as the events of LangGraph's API: their names, and their data as JSON."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from langchain_core.messages import BaseMessage, BaseMessageChunk, message_chunk_to_message

from .jsontext import loose_dumps, message_dict

BASE_MODES = ("values", "tasks", "checkpoints")
"""What we always ask a graph for: the outcome, node events and the read model come from these."""


@dataclass(slots=True)
class Frame:
    """One event for a client. `shows_state`: it may leave only when the state it shows is durable."""

    event: str
    data: bytes
    shows_state: bool


def graph_modes(requested: Collection[str]) -> list[str]:
    """The stream modes to ask a graph for."""
    modes = dict.fromkeys(BASE_MODES)
    for mode in requested:
        if mode in ("messages", "messages-tuple"):
            modes["messages"] = None
        elif mode != "events":
            modes[mode] = None
    return list(modes)


class Framer:
    """Makes the frames of one run. `temporary`: a stateless run, whose checkpoints are not shown."""

    def __init__(self, requested: Collection[str], *, subgraphs: bool, temporary: bool) -> None:
        self._shown = {mode for mode in requested if mode not in ("messages", "messages-tuple")}
        if temporary:
            self._shown.discard("checkpoints")
        self._temporary = temporary
        self._subgraphs = subgraphs
        self._tuples = "messages-tuple" in requested
        self._messages = "messages" in requested and not self._tuples
        self._so_far: dict[str, BaseMessage] = {}
        self._metadata: Mapping[str, Any] | None = None
        self._metadata_json = b"null"

    def frames(self, ns: tuple[str, ...], mode: str, payload: Any) -> list[Frame]:
        """The frames that show one part of the stream; none for what nobody asked for."""
        if ns and not self._subgraphs:
            return []
        if mode == "messages":
            return self._message(ns, *payload)
        if mode not in self._shown:
            return []
        if mode == "debug":
            if self._temporary and payload["type"] == "checkpoint":
                return []
            payload = _debug(payload)
        return [Frame(_name(mode, ns), loose_dumps(payload), mode != "custom")]

    def _message(self, ns: tuple[str, ...], message: BaseMessage, metadata: Mapping[str, Any]) -> list[Frame]:
        if self._tuples:
            if metadata is not self._metadata:
                self._metadata, self._metadata_json = metadata, loose_dumps(metadata)
            data = b"[%b,%b]" % (_message_json(message), self._metadata_json)
            return [Frame(_name("messages", ns), data, False)]
        if not self._messages:
            return []
        frames = []
        message_id = str(message.id)
        before = self._so_far.get(message_id)
        if before is None:
            described = loose_dumps({message_id: {"metadata": metadata}})
            frames.append(Frame(_name("messages/metadata", ns), described, False))
        if isinstance(message, BaseMessageChunk):
            whole = before + message if isinstance(before, BaseMessageChunk) else message
            self._so_far[message_id] = whole
            event, shown = "messages/partial", message_chunk_to_message(whole)
        else:
            self._so_far[message_id] = message
            event, shown = "messages/complete", message
        frames.append(Frame(_name(event, ns), b"[%b]" % _message_json(shown), False))
        return frames


def metadata_frame(run_id: str, attempt: int) -> Frame:
    """The first frame of every attempt."""
    return Frame("metadata", orjson.dumps({"run_id": run_id, "attempt": attempt}), False)


def error_frame(error: Mapping[str, Any]) -> Frame:
    """The last frame of a run that failed."""
    return Frame("error", loose_dumps(error), True)


def event_frame(event: Mapping[str, Any]) -> Frame:
    """An event of LangChain's callbacks, for mode `events`."""
    return Frame("events", loose_dumps(event), False)


def _name(mode: str, ns: tuple[str, ...]) -> str:
    return f"{mode}|{'|'.join(ns)}" if ns else mode


def _message_json(message: BaseMessage) -> bytes:
    try:
        return orjson.dumps(message_dict(message))
    except TypeError:
        return loose_dumps(message)


def _debug(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of mode `debug` as the API shows it: checkpoints are named beside their configs."""
    if part["type"] != "checkpoint":
        return part
    payload = part["payload"]
    tasks = []
    for task in payload["tasks"]:
        if task["state"]:
            names = task["state"]["configurable"]
            task = {key: value for key, value in task.items() if key != "state"}
            task["checkpoint"] = {name: names[name] for name in ("thread_id", "checkpoint_ns") if name in names}
        tasks.append(task)
    shown = {
        **payload,
        "tasks": tasks,
        "checkpoint": _checkpoint(payload["config"]),
        "parent_checkpoint": _checkpoint(payload["parent_config"]),
    }
    return {**part, "payload": shown}


def _checkpoint(config: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if config is None:
        return None
    names = ("checkpoint_id", "thread_id", "checkpoint_ns", "checkpoint_map")
    return {name: config["configurable"][name] for name in names if name in config["configurable"]}
