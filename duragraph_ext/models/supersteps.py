"""A thread that begins with a state: supersteps of writes as nodes would have made them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Body, JsonObject, Uuid
from .runs import Command
from .threads import Ttl


class SuperstepUpdate(Body):
    """A write to the state as if a node had made it; a command goes before values."""

    values: JsonObject | list[JsonObject] | None = None
    command: Command | None = None
    as_node: str


class Superstep(Body):
    updates: list[SuperstepUpdate]


class ThreadCreate(Body):
    """Supersteps write the first state, by the graph that `metadata.graph_id` names."""

    thread_id: Uuid | None = None
    metadata: JsonObject = Field(default_factory=dict)
    if_exists: Literal["raise", "do_nothing"] = "raise"
    ttl: Ttl | None = None
    supersteps: list[Superstep] = Field(default_factory=list)
