"""The topology that is drawn: nodes and edges, read from LangGraph's graph JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

START = "__start__"
END = "__end__"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a graph."""

    id: str
    label: str

    @property
    def is_terminal(self) -> bool:
        """Whether this is the graph's start or end and not a node of the user's."""
        return self.id in (START, END) or self.id.endswith((f":{START}", f":{END}"))


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of a graph; a conditional one is taken only sometimes."""

    source: str
    target: str
    conditional: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class GraphShape:
    """Nodes and edges in the order of their definition."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @classmethod
    def from_json(cls, graph: Mapping[str, Any]) -> GraphShape:
        """Read what `GET /assistants/{id}/graph` answers; an edge to an unknown node is left out."""
        nodes = tuple(Node(str(item["id"]), _label(str(item["id"]))) for item in graph.get("nodes", ()))
        known = {node.id for node in nodes}
        edges = tuple(
            Edge(
                str(item["source"]),
                str(item["target"]),
                bool(item.get("conditional", False)),
                str(item.get("data") or ""),
            )
            for item in graph.get("edges", ())
            if str(item["source"]) in known and str(item["target"]) in known
        )
        return cls(nodes, edges)


def _label(node_id: str) -> str:
    name = {START: "start", END: "end"}.get(node_id, node_id)
    return name.replace(":", " › ")
