"""Draw a graph as SVG: nodes lit by what they do, conditional edges dashed, loops led around."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from duragraph_ext.client.drawing.layout import NODE_HEIGHT, RANK_GAP, Chain, Spot, rank_graph
from duragraph_ext.client.drawing.palette import GREY, NODE_TONES, NodeStatus
from duragraph_ext.client.drawing.shape import Edge, GraphShape, Node
from duragraph_ext.client.drawing.svg import document, label, number, shorten, text_width

MARGIN = 14.0
LONGEST_LABEL = 26
LONGEST_EDGE_LABEL = 16
WIDEST_ROW = 1150.0
PORT_GAP = 9.0
ARROW = 7.0
LOOP = 26.0


@dataclass(frozen=True, slots=True)
class NodeState:
    """What a node is doing, and how often it has run."""

    status: NodeStatus = NodeStatus.IDLE
    count: int = 0


IDLE = NodeState()


def draw_graph(
    shape: GraphShape,
    states: Mapping[str, NodeState] | None = None,
    *,
    taken: Collection[tuple[str, str]] = (),
    horizontal: bool | None = None,
    title: str = "graph",
) -> str:
    """Draw a graph as inline SVG without a script, a style sheet or an asset.

    `states` by node id; `taken` are the (source, target) of edges that were followed;
    `horizontal` None chooses left to right unless that grows too wide.
    """
    if not shape.nodes:
        return document(160, 40, title, [label(80, 24, "no nodes", anchor="middle", opacity=0.6)])
    picture = _Picture(shape, states or {}, taken, horizontal is not False)
    if horizontal is None and picture.width > WIDEST_ROW:
        picture = _Picture(shape, states or {}, taken, False)
    return picture.draw(title)


class _Picture:
    """One drawing of one graph: `main` runs along the ranks, `cross` across them."""

    def __init__(
        self,
        shape: GraphShape,
        states: Mapping[str, NodeState],
        taken: Collection[tuple[str, str]],
        horizontal: bool,
    ) -> None:
        self.shape, self.states, self.taken, self.horizontal = shape, states, taken, horizontal
        widths = {node.id: _width(node) for node in shape.nodes}
        heights = dict.fromkeys(widths, NODE_HEIGHT)
        lengths, breadths = (widths, heights) if horizontal else (heights, widths)
        words = [edge.label for edge in shape.edges if edge.label and horizontal]
        widest = max((text_width(shorten(text, LONGEST_EDGE_LABEL), 9.5) for text in words), default=0.0)
        self.ranking = rank_graph(shape, lengths, breadths, max(RANK_GAP, widest + 30))
        spots = [spot for rank in self.ranking.ranks for spot in rank]
        main = max(spot.main + spot.length / 2 for spot in spots)
        cross = max(spot.cross + spot.breadth / 2 for spot in spots)
        self.lead = LOOP if self.ranking.loops else 0.0
        extent = (main, cross) if horizontal else (cross, main)
        self.width = extent[0] + 2 * MARGIN + (0 if horizontal else self.lead)
        self.height = extent[1] + 2 * MARGIN + (self.lead if horizontal else 0)
        self.out_ports = self._ports(leaving=True)
        self.in_ports = self._ports(leaving=False)

    def draw(self, title: str) -> str:
        body = [self._loop(edge) for edge in self.ranking.loops]
        body += [self._edge(index, chain) for index, chain in enumerate(self.ranking.chains)]
        body += [self._node(node) for node in self.shape.nodes]
        body += [self._edge_label(index) for index, it in enumerate(self.ranking.chains) if it.edge.label]
        return document(self.width, self.height, title, body)

    def _point(self, main: float, cross: float) -> tuple[float, float]:
        if self.horizontal:
            return main + MARGIN, cross + MARGIN + self.lead
        return cross + MARGIN, main + MARGIN

    def _ports(self, *, leaving: bool) -> dict[int, float]:
        """Where each edge meets its node's side, across from the middle, by the edge's index."""
        sides: dict[str, list[tuple[float, int, Spot]]] = defaultdict(list)
        for index, chain in enumerate(self.ranking.chains):
            node, other = (chain.spots[0], chain.spots[1]) if leaving else (chain.spots[-1], chain.spots[-2])
            sides[node.id].append((other.cross, index, node))
        ports: dict[int, float] = {}
        for ends in sides.values():
            ends.sort(key=lambda end: end[:2])
            gap = min(PORT_GAP, (ends[0][2].breadth - 10) / len(ends))
            for place, (_, index, _node) in enumerate(ends):
                ports[index] = (place - (len(ends) - 1) / 2) * gap
        return ports

    def _edge(self, index: int, chain: Chain) -> str:
        first, last = chain.spots[0], chain.spots[-1]
        tip = ARROW - 1
        start = (first.main + first.length / 2, first.cross + self.out_ports[index])
        end = (last.main - last.length / 2, last.cross + self.in_ports[index])
        knots = [(start[0] + (tip if chain.reversed else 0), start[1])]
        for bend in chain.spots[1:-1]:
            knots += [(bend.main - bend.length / 2, bend.cross), (bend.main + bend.length / 2, bend.cross)]
        knots.append((end[0] - (0 if chain.reversed else tip), end[1]))
        colour = self._edge_colour(chain.edge)
        dash = ' stroke-dasharray="5 4"' if chain.edge.conditional else ""
        head = self._arrow(start, -1, colour) if chain.reversed else self._arrow(end, 1, colour)
        return (
            f'<path d="{self._curve(knots)}" fill="none" stroke="{colour}" stroke-width="1.4"{dash}>'
            f"<title>{escape(_describe(chain.edge))}</title></path>{head}"
        )

    def _edge_colour(self, edge: Edge) -> str:
        return NODE_TONES[NodeStatus.DONE].colour if (edge.source, edge.target) in self.taken else GREY

    def _curve(self, knots: list[tuple[float, float]]) -> str:
        x, y = self._point(*knots[0])
        path = f"M{number(x)} {number(y)}"
        for step, ((main, cross), (to_main, to_cross)) in enumerate(pairwise(knots)):
            x, y = self._point(to_main, to_cross)
            if step % 2:
                path += f"L{number(x)} {number(y)}"
                continue
            half = (to_main - main) / 2
            x1, y1 = self._point(main + half, cross)
            x2, y2 = self._point(to_main - half, to_cross)
            path += f"C{number(x1)} {number(y1)} {number(x2)} {number(y2)} {number(x)} {number(y)}"
        return path

    def _arrow(self, tip: tuple[float, float], direction: int, colour: str) -> str:
        corners = (
            (tip[0], tip[1]),
            (tip[0] - direction * ARROW, tip[1] - ARROW / 2),
            (tip[0] - direction * ARROW, tip[1] + ARROW / 2),
        )
        points = " ".join(f"{number(x)},{number(y)}" for x, y in (self._point(*corner) for corner in corners))
        return f'<polygon points="{points}" fill="{colour}"/>'

    def _loop(self, edge: Edge) -> str:
        """An edge from a node to itself: a small bow over the node's upper or right side."""
        spot = self.ranking.spots[edge.source]
        side = spot.cross + (-spot.breadth / 2 if self.horizontal else spot.breadth / 2)
        out = side + (-LOOP if self.horizontal else LOOP)
        (x, y), (x1, y1) = self._point(spot.main - 12, side), self._point(spot.main - 16, out)
        (x2, y2), (x3, y3) = self._point(spot.main + 16, out), self._point(spot.main + 12, side)
        dash = ' stroke-dasharray="5 4"' if edge.conditional else ""
        colour = self._edge_colour(edge)
        wings = ((-3.5, -7.0), (3.5, -7.0)) if self.horizontal else ((7.0, -3.5), (7.0, 3.5))
        points = f"{number(x3)},{number(y3)} " + " ".join(f"{number(x3 + dx)},{number(y3 + dy)}" for dx, dy in wings)
        return (
            f'<path d="M{number(x)} {number(y)}C{number(x1)} {number(y1)} {number(x2)} {number(y2)}'
            f' {number(x3)} {number(y3)}" fill="none" stroke="{colour}" stroke-width="1.4"{dash}>'
            f'<title>{escape(_describe(edge))}</title></path><polygon points="{points}" fill="{colour}"/>'
        )

    def _edge_label(self, index: int) -> str:
        chain = self.ranking.chains[index]
        middle = (len(chain.spots) - 1) // 2
        upper, lower = chain.spots[middle], chain.spots[middle + 1]
        leaves = upper.cross + (self.out_ports[index] if upper is chain.spots[0] else 0)
        arrives = lower.cross + (self.in_ports[index] if lower is chain.spots[-1] else 0)
        main = (upper.main + upper.length / 2 + lower.main - lower.length / 2) / 2
        x, y = self._point(main, (leaves + arrives) / 2)
        return label(x, y - 4, shorten(chain.edge.label, LONGEST_EDGE_LABEL), size=9.5, anchor="middle", opacity=0.8)

    def _node(self, node: Node) -> str:
        spot = self.ranking.spots[node.id]
        x, y = self._point(spot.main, spot.cross)
        state = self.states.get(node.id, IDLE)
        tone = NODE_TONES[state.status]
        width = _width(node)
        left, top = x - width / 2, y - NODE_HEIGHT / 2
        idle = state.status is NodeStatus.IDLE
        corner = NODE_HEIGHT / 2 if node.is_terminal else 7
        weight = 2.4 if state.status is NodeStatus.RUNNING else 1.5
        pulse = (
            '<animate attributeName="stroke-opacity" values="1;0.35;1" dur="1.4s" repeatCount="indefinite"/>'
            if state.status is NodeStatus.RUNNING
            else ""
        )
        text = shorten(node.label, LONGEST_LABEL)
        parts = [
            f"<g><title>{escape(f'{node.label}: {tone.word}')}</title>",
            f'<rect x="{number(left)}" y="{number(top)}" width="{number(width)}"'
            f' height="{number(NODE_HEIGHT)}" rx="{number(corner)}" fill="{tone.colour}"'
            f' fill-opacity="{"0.08" if idle else "0.18"}" stroke="{tone.colour}"'
            f' stroke-width="{number(weight)}">{pulse}</rect>',
            label(x, y + 4.3, text, anchor="middle", opacity=0.75 if idle or node.is_terminal else 1),
        ]
        if tone.glyph and not node.is_terminal:
            parts.append(_badge(left + width, top, tone.colour, _badge_text(tone.glyph, state.count)))
        return "".join([*parts, "</g>"])


def _badge_text(glyph: str, count: int) -> str:
    return f"{glyph}{count}" if count > 1 else glyph


def _badge(x: float, y: float, colour: str, text: str) -> str:
    width = max(16.0, text_width(text, 10) + 8)
    return (
        f'<rect x="{number(x - width + 6)}" y="{number(y - 8)}" width="{number(width)}" height="16" rx="8"'
        f' fill="{colour}"/>'
        + label(x + 6 - width / 2, y + 3.5, text, size=10, anchor="middle", fill="#fff", weight="600")
    )


def _width(node: Node) -> float:
    return max(56.0, text_width(shorten(node.label, LONGEST_LABEL)) + 26)


def _describe(edge: Edge) -> str:
    words = f"{edge.source} → {edge.target}"
    if edge.conditional:
        words += f" when {edge.label}" if edge.label else ", sometimes"
    return words
