"""The graph of a run as React Flow draws it: laid out once, then lit by patches of single nodes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import panel as pn
from panel_reactflow import ReactFlow

from duragraph_dashboard.timeline import NodeState
from duragraph_ext.client.drawing import duration
from duragraph_ext.client.drawing.layout import rank_graph
from duragraph_ext.client.drawing.shape import Edge, GraphShape, Node

NODE_HEIGHT = 48.0
RANK_GAP = 56.0
LETTER = 7.6
MOST_LETTERS = 32

STYLES = (Path(__file__).parent / "assets" / "graph.css").read_text(encoding="utf-8")


class RunGraph:
    """A graph's picture; `light` patches the nodes whose state differs from what is shown."""

    def __init__(self) -> None:
        self.holder = pn.Column(sizing_mode="stretch_both", margin=0)
        self._flow: ReactFlow | None = None
        self._nodes: list[Node] = []
        self._shown: dict[str, tuple[str, str]] = {}

    def draw(self, graph: Mapping[str, Any], states: Mapping[str, NodeState]) -> None:
        """Lay out what `GET /assistants/{id}/graph` answers, already lit."""
        shape = GraphShape.from_json(graph)
        widths = {node.id: _width(node) for node in shape.nodes}
        ranking = rank_graph(shape, widths, dict.fromkeys(widths, NODE_HEIGHT), RANK_GAP)
        self._nodes = list(shape.nodes)
        nodes = []
        for node in shape.nodes:
            spot = ranking.spots[node.id]
            looks = _looks(node, states.get(node.id))
            self._shown[node.id] = looks
            nodes.append(
                {
                    "id": node.id,
                    "type": "panel",
                    "label": looks[1],
                    "className": looks[0],
                    "position": {"x": spot.main - spot.length / 2, "y": spot.cross - spot.breadth / 2},
                    "data": {},
                    "draggable": False,
                    "connectable": False,
                    "selectable": False,
                    "style": {"width": f"{widths[node.id]:.0f}px", "height": f"{NODE_HEIGHT:.0f}px"},
                }
            )
        around = {chain.edge for chain in ranking.chains if chain.reversed or len(chain.spots) > 2}
        self._flow = ReactFlow(
            nodes=nodes,
            edges=[_edge(index, edge, edge in around) for index, edge in enumerate(shape.edges)],
            editable=False,
            enable_connect=False,
            enable_delete=False,
            enable_multiselect=False,
            display_side_bar=False,
            color_mode="light",
            min_zoom=0.2,
            max_zoom=1.6,
            sizing_mode="stretch_both",
            margin=0,
            stylesheets=[STYLES],
        )
        self.holder.objects = [self._flow]

    def light(self, states: Mapping[str, NodeState]) -> None:
        """Show the nodes' states; only what changed travels."""
        if self._flow is None:
            return
        for node in self._nodes:
            looks = _looks(node, states.get(node.id))
            shown = self._shown[node.id]
            if looks[1] != shown[1]:
                self._flow.patch_node_data(node.id, {"label": looks[1]})
            if looks[0] != shown[0]:
                self._flow.patch_node_props(node.id, {"className": looks[0]})
            self._shown[node.id] = looks


def _looks(node: Node, state: NodeState | None) -> tuple[str, str]:
    if node.is_terminal:
        return "is-terminal", node.label
    name = _short(node.label)
    if state is None:
        return "is-idle", name
    words = [f"{state.count} ×"] if state.count > 1 else []
    if state.status == "running":
        words.append("running")
    elif state.seconds:
        words.append(duration(state.seconds))
    return f"is-{state.status}", f"{name}\n{' · '.join(words)}" if words else name


def _edge(index: int, edge: Edge, around: bool) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "id": f"e{index}",
        "source": edge.source,
        "target": edge.target,
        "type": "smart_bezier" if around else "default",
        "data": {},
        "markerEnd": {"type": "arrowclosed", "width": 16, "height": 16},
    }
    if edge.conditional:
        drawn["style"] = {"strokeDasharray": "5 4"}
    if edge.label:
        drawn["label"] = _short(edge.label)
    return drawn


def _width(node: Node) -> float:
    return max(64.0, len(_short(node.label)) * LETTER + 30)


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
