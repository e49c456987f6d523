"""The questions that a worker answers, by name; each in a module of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from .answering import Handler
from .describing import describe_graph
from .embedding import embed_texts
from .updating import update_state

QUESTIONS: Mapping[str, Handler] = MappingProxyType(
    {"describe": describe_graph, "embed": embed_texts, "update_state": update_state}
)
"""Name: handler."""
