"""Where the nodes of a graph stand: in layers from left to right, with few crossings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LAYER_WIDTH = 230.0
ROW_HEIGHT = 92.0
SWEEPS = 4

Edge = tuple[str, str]


def layered(nodes: Sequence[str], edges: Iterable[Edge]) -> dict[str, tuple[float, float]]:
    """Place each node at (x, y), pixels. Edges of unknown nodes and loops to oneself have no say."""
    known = set(nodes)
    edges = [(a, b) for a, b in edges if a in known and b in known and a != b]
    forward = [edge for edge in edges if edge not in back_edges(nodes, edges)]
    layers = _layers(nodes, forward)
    rows: list[list[str]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node in nodes:
        rows[layers[node]].append(node)
    _uncross(rows, forward)
    tallest = max((len(row) for row in rows), default=0)
    return {
        node: (x * LAYER_WIDTH, (y + (tallest - len(row)) / 2) * ROW_HEIGHT)
        for x, row in enumerate(rows)
        for y, node in enumerate(row)
    }


def back_edges(nodes: Sequence[str], edges: Iterable[Edge]) -> set[Edge]:
    """The edges that close a cycle when the graph is walked from its first nodes on, depth first."""
    after: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        if source in after and target in after:
            after[source].append(target)
    closing: set[Edge] = set()
    done: set[str] = set()
    for root in nodes:
        path: list[tuple[str, int]] = [(root, 0)] if root not in done else []
        on_path = {node for node, _ in path}
        while path:
            node, index = path.pop()
            if index == len(after[node]):
                done.add(node)
                on_path.discard(node)
                continue
            path.append((node, index + 1))
            target = after[node][index]
            if target in on_path:
                closing.add((node, target))
            elif target not in done:
                path.append((target, 0))
                on_path.add(target)
    return closing


def _layers(nodes: Sequence[str], forward: Iterable[Edge]) -> dict[str, int]:
    before: dict[str, set[str]] = {node: set() for node in nodes}
    for source, target in forward:
        before[target].add(source)
    layers: dict[str, int] = {}
    waiting = list(nodes)
    while waiting:
        ready = [node for node in waiting if before[node] <= layers.keys()]
        for node in ready:
            layers[node] = max((layers[source] + 1 for source in before[node]), default=0)
        waiting = [node for node in waiting if node not in layers]
    return layers


def _uncross(rows: list[list[str]], forward: Iterable[Edge]) -> None:
    sources: dict[str, list[str]] = {}
    targets: dict[str, list[str]] = {}
    for source, target in forward:
        sources.setdefault(target, []).append(source)
        targets.setdefault(source, []).append(target)
    for sweep in range(SWEEPS):
        downward = sweep % 2 == 0
        neighbours = sources if downward else targets
        for row in rows if downward else reversed(rows):
            place = {node: index / max(len(line), 1) for line in rows for index, node in enumerate(line)}
            row.sort(key=lambda node, place=place: _middle(node, neighbours, place))  # type: ignore[misc]


def _middle(node: str, neighbours: Mapping[str, list[str]], place: Mapping[str, float]) -> float:
    around = neighbours.get(node, [])
    if not around:
        return place[node]
    return sum(place[other] for other in around) / len(around)
