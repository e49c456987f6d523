"""A graph as an HTTP worker describes it, in the shape in which our own workers describe theirs."""

from __future__ import annotations

from typing import Any

from duragraph_ext.models.workers import GraphEdge, GraphSpec

START, END = "__start__", "__end__"
SCHEMAS = ("input_schema", "output_schema", "state_schema", "config_schema", "context_schema")


def definition_of(spec: GraphSpec | None) -> dict[str, Any]:
    """The definition of a graph; of one that is only named there is nothing to draw."""
    spec = spec or GraphSpec(graph_id="?")
    return {
        "graph": {"0": _drawn(spec)},
        "schemas": {name: getattr(spec, name) for name in SCHEMAS},
        "subgraphs": {},
        "info": {},
    }


def _drawn(spec: GraphSpec) -> dict[str, Any]:
    names = [node.id for node in spec.nodes]
    edges = [drawn for edge in spec.edges for drawn in _edges(edge)]
    left = {edge["source"] for edge in edges}
    if spec.entry_point in names:
        edges.insert(0, {"source": START, "target": spec.entry_point})
    edges += [{"source": name, "target": END} for name in names if name not in left]
    nodes: list[dict[str, Any]] = [_node(START), *(_node(name) for name in names), {"id": END}]
    return {"nodes": nodes, "edges": edges}


def _node(name: str) -> dict[str, Any]:
    return {"id": name, "type": "runnable", "data": {"name": name}}


def _edges(edge: GraphEdge) -> list[dict[str, Any]]:
    if isinstance(edge.target, str):
        return [{"source": edge.source, "target": edge.target, **({"conditional": True} if edge.conditional else {})}]
    return [
        {"source": edge.source, "target": target, "data": label, "conditional": True}
        for label, target in edge.target.items()
    ]
