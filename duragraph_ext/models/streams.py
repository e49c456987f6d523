"""Streams of threads, and the event streaming protocol."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from .base import Answer, Body, Commas, Config, JsonObject, Query
from .runs import Send

ThreadStreamMode = Literal["run_modes", "lifecycle", "state_update"]


ThreadStreamModes = Annotated[list[ThreadStreamMode], Commas]


class ThreadStreamQuery(Query):
    """What is shown of a thread: `lifecycle` when runs begin and end, `run_modes` all that they stream (the default),
    `state_update` what is written into the state from outside. LangGraph's server reads `stream_modes`, its SDK says
    `stream_mode`.
    """

    stream_modes: ThreadStreamModes = Field(default_factory=list)
    stream_mode: ThreadStreamModes = Field(default_factory=list)

    @property
    def modes(self) -> frozenset[ThreadStreamMode]:
        """The modes asked for, under either name."""
        return frozenset(self.stream_modes or self.stream_mode or ("run_modes",))


class ProtocolCommand(Body):
    """A command of the event streaming protocol: an integer `id`, a `method`, and its `params`."""

    id: Any = None
    method: Any = None
    params: Any = None


class CommandRefused(Answer):
    """The answer to a command that is none, or cannot be carried out."""

    type: Literal["error"]
    id: Any
    error: str
    message: str


class EventStreamBody(Body):
    """What a client wants to see of a thread: channels, namespaces as prefixes with a depth below, and from where."""

    channels: Any = None
    namespaces: list[list[str]] | None = None
    depth: Annotated[int, Field(ge=0)] | None = None
    since: Annotated[int, Field(ge=0, le=2**53)] | None = None


class RespondEntry(Body):
    """An answer to one question."""

    interrupt_id: str
    namespace: list[str] | None = None
    response: Any = None


class RespondParams(Body):
    """Answers to the questions of a paused thread, with what LangGraph's Command takes beside them."""

    responses: list[RespondEntry]
    update: JsonObject | list[Any] | None = None
    goto: Send | str | list[Send | str] | None = None
    config: Config | None = None
    metadata: JsonObject | None = None
