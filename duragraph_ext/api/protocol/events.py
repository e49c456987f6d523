"""A thread's frames as events of the protocol.

Runs that the protocol started make such events themselves; what other runs stream is translated as far as it goes:
all their modes but tokens, debug and LangChain's events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from duragraph_ext.core import jsonx

from ..thread_feed import Part, RunPart
from .channels import Filter

_NAMESPACE = b'"params":{"namespace":'
_BEHIND = b',"timestamp":'
ENDS = {"success": "completed", "error": "failed", "timeout": "failed", "interrupted": "interrupted"}
PLAIN = ("values", "updates", "tasks", "checkpoints", "custom", "tools")


@dataclass(frozen=True, slots=True)
class Event:
    """An event; `body` is its JSON but for its identity, which closes it."""

    channel: str
    method: str
    seq: int
    identity: str
    body: bytes

    def passes(self, wanted: Filter) -> bool:
        """Whether a filter lets it through."""
        if not wanted.takes(self.channel):
            return False
        return not wanted.by_namespace or wanted.holds(self._namespace())

    def json(self) -> bytes:
        """The event as it travels."""
        return b'%b,"event_id":%b,"seq":%d}' % (self.body[:-1], orjson.dumps(self.identity), self.seq)

    def _namespace(self) -> list[str]:
        start = self.body.index(_NAMESPACE) + len(_NAMESPACE)
        namespace: list[str] = orjson.loads(self.body[start : self.body.index(_BEHIND, start)])
        return namespace


def events_of(part: Part) -> Iterator[Event]:
    """The events that a part of a thread stands for."""
    if not isinstance(part, RunPart):
        return
    if not part.event:
        yield _lifecycle(part, _end(part))
    elif part.event == "metadata":
        yield _lifecycle(part, {"event": "running"})
    elif part.run.kwargs.get("protocol"):
        if part.event != "error":  # the run's end tells it
            yield _made(part)
    else:
        yield from _translated(part)


def _made(part: RunPart) -> Event:
    name, _, _ = part.event.partition(":")
    channel = "input" if name == "input.requested" else part.event
    return Event(channel, name, part.place, _identity(part), part.data)


def _translated(part: RunPart) -> Iterator[Event]:
    mode, *namespace = part.event.split("|")
    if mode not in PLAIN:
        return
    if b'"__interrupt__"' in part.data:
        value = orjson.loads(part.data)
        if isinstance(value, dict) and "__interrupt__" in value:
            for interrupt in value.pop("__interrupt__"):
                yield _question(part, namespace, interrupt)
            if not value:
                return
        yield _plain(part, mode, namespace, value)
    elif mode in ("updates", "checkpoints"):
        yield _plain(part, mode, namespace, orjson.loads(part.data))
    elif mode == "custom":
        yield _event(part, mode, namespace, {"payload": orjson.Fragment(part.data)})
    else:
        yield _event(part, mode, namespace, orjson.Fragment(part.data))


def _plain(part: RunPart, mode: str, namespace: list[str], value: Any) -> Event:
    if mode == "updates" and isinstance(value, dict) and len(value) == 1:
        node, update = next(iter(value.items()))
        return _event(part, mode, namespace, update if isinstance(update, dict) else {"value": update}, node=node)
    if mode == "checkpoints":
        config, parent = value["config"]["configurable"], value["parent_config"]
        shown = {"id": config["checkpoint_id"]}
        if parent:
            shown["parent_id"] = parent["configurable"]["checkpoint_id"]
        value = {**shown, "step": value["metadata"]["step"], "source": value["metadata"]["source"]}
    return _event(part, mode, namespace, value)


def _question(part: RunPart, namespace: list[str], interrupt: dict[str, Any]) -> Event:
    asked = {"interrupt_id": interrupt["id"], "payload": interrupt["value"]}
    return _event(part, "input.requested", namespace, asked, identity=f"{part.run.run_id}:input:{interrupt['id']}")


def _end(part: RunPart) -> dict[str, Any]:
    run = part.run
    shown = {"event": "interrupted" if run.asks else ENDS[run.status]}
    if run.error is not None:
        shown["error"] = run.error["message"]
    return shown


def _lifecycle(part: RunPart, shown: dict[str, Any]) -> Event:
    return _event(part, "lifecycle", [], {**shown, "graph_name": part.run.graph_id})


def _event(
    part: RunPart, method: str, namespace: list[str], data: Any, identity: str | None = None, **more: str
) -> Event:
    params = {"namespace": namespace, "timestamp": part.place // 1000, "data": data, **more}
    body = jsonx.dumps({"type": "event", "method": method, "params": params})
    channel = "input" if method == "input.requested" else method
    return Event(channel, method, part.place, identity or _identity(part), body)


def _identity(part: RunPart) -> str:
    return f"{part.run.run_id}:{part.place}"
