"""Frames of the event streaming protocol, from LangGraph's own v3 stream; only runs that a protocol client started."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from langchain_core.language_models._compat_bridge import message_to_events
from langchain_core.messages import AIMessageChunk, BaseMessage, ToolMessage
from langgraph.stream import ProtocolEvent, StreamTransformer

from .frames import Frame
from .jsontext import loose_dumps

SHOWS_STATE = frozenset({"values", "updates", "tasks", "checkpoints", "input.requested"})
ENDS = frozenset({"completed", "failed", "interrupted", "drained"})
Namespace = list[str]


class Tap(StreamTransformer):
    """Shows every part of a stream to a listener before LangGraph's own transformers fold some of them away."""

    before_builtins: ClassVar[bool] = True
    required_stream_modes: ClassVar[tuple[str, ...]] = (
        "values",
        "tasks",
        "checkpoints",
        "updates",
        "custom",
        "messages",
        "tools",
    )

    def __init__(self, scope: tuple[str, ...], listener: Callable[[ProtocolEvent], None]) -> None:
        super().__init__(scope)
        self._listener = listener
        self._root = not scope

    def init(self) -> dict[str, Any]:
        return {}

    def process(self, event: ProtocolEvent) -> bool:
        if self._root:  # those of subgraphs see the same events again
            self._listener(event)
        return True


class ProtocolFramer:
    """Makes the frames of one run: each is an event of the protocol, but for its number."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._started: dict[tuple[str, ...], str] = {}

    def frames(self, event: ProtocolEvent) -> Iterator[Frame]:
        """The frames for a part of the stream."""
        method, params = event["method"], event["params"]
        namespace, data = list(params["namespace"]), params["data"]
        if method == "values":
            for interrupt in params.get("interrupts", ()):
                if interrupt.id not in self._asked:
                    self._asked.add(interrupt.id)
                    asked = {"interrupt_id": interrupt.id, "payload": interrupt.value}
                    yield _frame("input.requested", namespace, asked)
            yield _frame("values", namespace, data)
        elif method == "updates":
            yield from self._updates(namespace, data)
        elif method == "messages":
            yield from self._messages(namespace, data)
        elif method == "custom":
            yield _frame("custom", namespace, {"payload": data})
        elif method == "lifecycle":
            yield self._lifecycle(data)
        elif method == "checkpoints":
            yield _frame("checkpoints", namespace, _checkpoint(data))
        elif method.startswith("custom:"):
            yield _frame(method, namespace, {"name": method.removeprefix("custom:"), "payload": data})
        elif method in ("tools", "tasks"):
            yield _frame(method, namespace, data)

    def _updates(self, namespace: Namespace, data: Any) -> Iterator[Frame]:
        for node, update in data.items():
            if node != "__interrupt__":
                shown = update if isinstance(update, Mapping) else {"value": update}
                yield _frame("updates", namespace, shown, node=node)

    def _messages(self, namespace: Namespace, data: Any) -> Iterator[Frame]:
        payload, _ = data
        if isinstance(payload, Mapping):
            yield _frame("messages", namespace, payload)
        elif isinstance(payload, BaseMessage) and not isinstance(payload, AIMessageChunk | ToolMessage):
            for event in message_to_events(payload, message_id=payload.id):
                yield _frame("messages", namespace, event)

    def _lifecycle(self, data: Mapping[str, Any]) -> Frame:
        namespace = list(data["namespace"])
        if data["event"] not in ENDS:
            self._started[tuple(namespace)] = data.get("graph_name", "")
            return _frame("lifecycle", namespace, data)
        shown = {"event": "completed" if data["event"] == "drained" else data["event"]}
        if name := self._started.get(tuple(namespace)):
            shown["graph_name"] = name
        if "error" in data:
            shown["error"] = data["error"]
        return _frame("lifecycle", namespace, shown)


def _frame(method: str, namespace: Namespace, data: Any, **more: Any) -> Frame:
    """An event whose namespace stands before everything that is large."""
    name, _, _ = method.partition(":")
    params = {"namespace": namespace, "timestamp": int(time.time() * 1000), "data": data, **more}
    body = loose_dumps({"type": "event", "method": name, "params": params})
    return Frame(method, body, method in SHOWS_STATE)


def _checkpoint(part: Mapping[str, Any]) -> dict[str, Any]:
    config, parent = part["config"], part["parent_config"]
    shown = {"id": config["configurable"]["checkpoint_id"]}
    if parent is not None:
        shown["parent_id"] = parent["configurable"]["checkpoint_id"]
    return {**shown, "step": part["metadata"]["step"], "source": part["metadata"]["source"]}
