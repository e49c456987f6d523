"""The graph of a run as React Flow draws it: laid out once, then lit by patches of single nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import panel as pn
from panel_reactflow import ReactFlow

from duragraph_dashboard.timeline import NodeState
from duragraph_ext.client.drawing import duration
from duragraph_ext.client.drawing.layout import Chain, rank_graph
from duragraph_ext.client.drawing.shape import Edge, GraphShape, Node

NODE_HEIGHT = 48.0
RANK_GAP = 56.0
LETTER = 7.6
MOST_LETTERS = 32
ARROW = {"type": "arrowclosed", "width": 16, "height": 16}

Json = dict[str, Any]

OURS = Path(__file__).parent / "assets" / "graph.css"
STYLES = [Path(str(sheet)).read_text(encoding="utf-8") for sheet in (*ReactFlow._stylesheets, OURS)]
"""React Flow's own sheets too, inline: it measures where edges begin as it draws, and a linked sheet comes later."""


class RunGraph:
    """A graph's picture; `light` patches the nodes whose state differs from what is shown."""

    def __init__(self, on_drawn: Callable[[], None]) -> None:
        self._on_drawn = on_drawn
        self.holder = pn.Column(sizing_mode="stretch_both", margin=0)
        self._flow: ReactFlow | None = None
        self._drawn = False
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
            nodes.append(_box(node.id, spot.main, spot.cross, spot.length, NODE_HEIGHT, *looks))
        edges = [_link(f"loop {i}", edge, edge.source, edge.target) for i, edge in enumerate(ranking.loops)]
        for chain in ranking.chains:
            bends, links = _route(chain)
            nodes += bends
            edges += links
        self._flow = ReactFlow(
            nodes=nodes,
            edges=edges,
            editable=False,
            enable_connect=False,
            enable_delete=False,
            enable_multiselect=False,
            display_side_bar=False,
            color_mode="light",
            min_zoom=0.2,
            max_zoom=1.3,
            sizing_mode="stretch_both",
            margin=0,
            stylesheets=STYLES,
        )
        self._flow.param.watch(self._be_drawn, "viewport")
        self.holder.objects = [self._flow]

    def _be_drawn(self, _event: object) -> None:
        """The browser has fitted the graph into its view: what was patched before that may be lost."""
        if not self._drawn:
            self._drawn = True
            self._shown.clear()
            self._on_drawn()

    def light(self, states: Mapping[str, NodeState]) -> None:
        """Show the nodes' states; only what changed travels."""
        if self._flow is None:
            return
        for node in self._nodes:
            looks = _looks(node, states.get(node.id))
            shown = self._shown.get(node.id)
            if looks != shown:
                self._flow.patch_node_props(node.id, {"className": looks[0], "label": looks[1]})
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


def _route(chain: Chain) -> tuple[list[Json], list[Json]]:
    """A chain's bends as points without a body, and the links between them; one that closes a loop points back."""
    first, *bends, last = chain.spots
    stops = [first.id]
    points = []
    for bend in bends:
        for side in (-1, 1):
            point = f"{bend.id} {side}"
            points.append(_box(point, bend.main + side * bend.length / 2, bend.cross, 1, 1, "is-bend", ""))
            stops.append(point)
    stops.append(last.id)
    links = []
    for index, (source, target) in enumerate(pairwise(stops)):
        link = _link(f"{source} → {target} {chain.edge.conditional}", chain.edge, source, target)
        if chain.reversed and index == 0:
            link["markerStart"] = ARROW
        if not chain.reversed and index == len(stops) - 2:
            link["markerEnd"] = ARROW
        if chain.edge.label and index == (len(stops) - 2) // 2:
            link["label"] = _short(chain.edge.label)
        links.append(link)
    return points, links


def _link(name: str, edge: Edge, source: str, target: str) -> Json:
    link: Json = {"id": name, "source": source, "target": target, "type": "default", "data": {}}
    if edge.conditional:
        link["style"] = {"strokeDasharray": "5 4"}
    return link


def _box(name: str, x: float, y: float, width: float, height: float, looks: str, label: str) -> Json:
    return {
        "id": name,
        "type": "panel",
        "label": label,
        "className": looks,
        "position": {"x": x - width / 2, "y": y - height / 2},
        "data": {},
        "draggable": False,
        "connectable": False,
        "selectable": False,
        "style": {"width": f"{width:.0f}px", "height": f"{height:.0f}px"},
    }


def _width(node: Node) -> float:
    return max(64.0 if node.is_terminal else 104.0, len(_short(node.label)) * LETTER + 30)


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
