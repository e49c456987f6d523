"""Parts of a graph's stream as the events of LangGraph's API: their names, and their data as JSON."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from langchain_core.messages import BaseMessage

from .jsontext import loose_dumps
from .messages import Messages, SubgraphResults

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
    """Makes the frames of one run.

    `subgraphs`: what subgraphs do is shown too; without it the messages that the `nested` ones return stand for it.
    `temporary`: a stateless run, whose checkpoints are not shown.
    """

    def __init__(
        self,
        requested: Collection[str],
        *,
        subgraphs: bool,
        temporary: bool,
        nested: Collection[str] = (),
        thread_id: str = "",
    ) -> None:
        self._shown = {mode for mode in requested if mode not in ("messages", "messages-tuple")}
        if temporary:
            self._shown.discard("checkpoints")
        self._temporary = temporary
        self._subgraphs = subgraphs
        self._messages = Messages(requested)
        self._results: SubgraphResults | None = None
        if nested and not subgraphs and self._messages.wanted:
            self._results = SubgraphResults(nested, thread_id)
        self._step = 0

    def frames(self, ns: tuple[str, ...], mode: str, payload: Any) -> Iterator[Frame]:
        """The frames that show one part of the stream; none for what nobody asked for."""
        if ns and not self._subgraphs:
            return
        if mode == "messages":
            yield from self._message(ns, *payload)
            return
        if mode in self._shown and (shown := self._shape(mode, payload)) is not None:
            yield Frame(_name(mode, ns), loose_dumps(shown), mode != "custom")
        if self._results is None:
            return
        if mode == "checkpoints":
            self._step = payload["metadata"].get("step", -1) + 1
        elif mode == "tasks":
            for message, metadata in self._results.messages(payload, self._step):
                yield from self._message(ns, message, metadata)

    def _message(self, ns: tuple[str, ...], message: BaseMessage, metadata: Mapping[str, Any]) -> Iterator[Frame]:
        if self._results is not None:
            self._results.note(message)
        for event, data in self._messages.events(message, metadata):
            yield Frame(_name(event, ns) if event == "messages" else event, data, False)

    def _shape(self, mode: str, payload: Any) -> Any:
        if mode != "debug":
            return payload
        return None if self._temporary and payload["type"] == "checkpoint" else _debug(payload)


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
