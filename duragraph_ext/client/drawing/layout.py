"""A layered layout (Sugiyama's): cycles broken, ranks by longest path, crossings reduced, edges routed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from duragraph_ext.client.drawing.shape import END, START, Edge, GraphShape

NODE_HEIGHT = 30.0
RANK_GAP = 46.0
NODE_GAP = 18.0
LANE = 12.0
"""Room that an edge takes where it passes a rank without stopping."""
SWEEPS = 8


@dataclass(slots=True)
class Spot:
    """A node, or a bend of a long edge; `main` runs along the ranks, `cross` across them."""

    id: str
    rank: int
    length: float
    breadth: float
    bend: bool = False
    main: float = 0.0
    cross: float = 0.0


@dataclass(slots=True)
class Chain:
    """An edge as the spots it passes, from the lower rank to the higher; reversed when it closes a loop."""

    edge: Edge
    spots: list[Spot]
    reversed: bool


@dataclass(slots=True)
class Ranking:
    """Spots by rank, in order, and the edges between them."""

    ranks: list[list[Spot]]
    chains: list[Chain]
    loops: list[Edge]
    spots: dict[str, Spot]
    below: dict[str, list[Spot]] = field(default_factory=lambda: defaultdict(list))
    above: dict[str, list[Spot]] = field(default_factory=lambda: defaultdict(list))


def rank_graph(
    shape: GraphShape, lengths: dict[str, float], breadths: dict[str, float], rank_gap: float = RANK_GAP
) -> Ranking:
    """Place the nodes of a graph: every node has its rank, its order in it, and its coordinates.

    `lengths` and `breadths` are the sizes of the nodes along and across the ranks, in pixels;
    `rank_gap` is the free room between two ranks.
    """
    loops = [edge for edge in shape.edges if edge.source == edge.target]
    edges = [edge for edge in shape.edges if edge.source != edge.target]
    backward = _back_edges([node.id for node in shape.nodes], edges)
    depth = _ranks([node.id for node in shape.nodes], edges, backward)
    spots = {node.id: Spot(node.id, depth[node.id], lengths[node.id], breadths[node.id]) for node in shape.nodes}
    ranks: list[list[Spot]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for spot in spots.values():
        ranks[spot.rank].append(spot)
    ranking = Ranking(ranks, [], loops, spots)
    for index, edge in enumerate(edges):
        _add_chain(ranking, edge, index, index in backward)
    _order(ranking)
    _place(ranking, rank_gap)
    return ranking


def _back_edges(nodes: Sequence[str], edges: Sequence[Edge]) -> set[int]:
    """Indexes of the edges that close a cycle, in the order a reader follows the graph."""
    outgoing: dict[str, list[int]] = defaultdict(list)
    for index, edge in enumerate(edges):
        outgoing[edge.source].append(index)
    backward: set[int] = set()
    open_nodes: set[str] = set()
    seen: set[str] = set()
    for root in [START, *nodes]:
        if root in seen or root not in nodes:
            continue
        seen.add(root)
        open_nodes.add(root)
        stack = [(root, iter(outgoing[root]))]
        while stack:
            node, following = stack[-1]
            try:
                index = next(following)
            except StopIteration:
                open_nodes.discard(node)
                stack.pop()
                continue
            target = edges[index].target
            if target in open_nodes:
                backward.add(index)
            elif target not in seen:
                seen.add(target)
                open_nodes.add(target)
                stack.append((target, iter(outgoing[target])))
    return backward


def _ranks(nodes: Sequence[str], edges: Sequence[Edge], backward: set[int]) -> dict[str, int]:
    forward = [
        (edge.target, edge.source) if index in backward else (edge.source, edge.target)
        for index, edge in enumerate(edges)
    ]
    waiting = dict.fromkeys(nodes, 0)
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in forward:
        waiting[target] += 1
        following[source].append(target)
    depth = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waiting[node]]
    while ready:
        node = ready.pop()
        for target in following[node]:
            depth[target] = max(depth[target], depth[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    linked = {node for pair in forward for node in pair}
    for node in nodes:
        if node not in linked and node != START:
            depth[node] = 1
    if END in depth:
        depth[END] = max(depth[END], *(rank for node, rank in depth.items() if node != END), 1)
    return depth


def _add_chain(ranking: Ranking, edge: Edge, index: int, backward: bool) -> None:
    source, target = (edge.target, edge.source) if backward else (edge.source, edge.target)
    first, last = ranking.spots[source], ranking.spots[target]
    bends = [Spot(f"{index}/{rank}", rank, 0.0, LANE, bend=True) for rank in range(first.rank + 1, last.rank)]
    for bend in bends:
        ranking.ranks[bend.rank].append(bend)
    chain = Chain(edge, [first, *bends, last], backward)
    ranking.chains.append(chain)
    for upper, lower in pairwise(chain.spots):
        ranking.below[upper.id].append(lower)
        ranking.above[lower.id].append(upper)


def _order(ranking: Ranking) -> None:
    """Reorder each rank by the mean place of its neighbours; keep the order with the fewest crossings."""
    best = [list(rank) for rank in ranking.ranks]
    fewest = _crossings(ranking)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        downwards = sweep % 2 == 0
        neighbours = ranking.above if downwards else ranking.below
        for rank in ranking.ranks if downwards else reversed(ranking.ranks):
            place = _places(ranking.ranks)
            key = {spot.id: _mean((place[other.id] for other in neighbours[spot.id]), place[spot.id]) for spot in rank}
            rank.sort(key=lambda spot: key[spot.id])
        crossings = _crossings(ranking)
        if crossings < fewest:
            best, fewest = [list(rank) for rank in ranking.ranks], crossings
    ranking.ranks[:] = best


def _places(ranks: Iterable[Sequence[Spot]]) -> dict[str, float]:
    return {spot.id: float(index) for rank in ranks for index, spot in enumerate(rank)}


def _crossings(ranking: Ranking) -> int:
    place = _places(ranking.ranks)
    count = 0
    for rank in ranking.ranks:
        ends = [(place[spot.id], place[other.id]) for spot in rank for other in ranking.below[spot.id]]
        count += sum(
            1
            for index, (upper, lower) in enumerate(ends)
            for other_upper, other_lower in ends[index + 1 :]
            if (upper - other_upper) * (lower - other_lower) < 0
        )
    return count


def _mean(values: Iterable[float], fallback: float) -> float:
    found = list(values)
    return sum(found) / len(found) if found else fallback


def _place(ranking: Ranking, rank_gap: float) -> None:
    """Give every spot its coordinates: straight edges where the order allows them, no overlap anywhere."""
    main = 0.0
    for rank in ranking.ranks:
        length = max((spot.length for spot in rank), default=0.0)
        cross = 0.0
        for spot in rank:
            spot.main = main + length / 2
            if spot.bend:
                spot.length = length
            spot.cross = cross + spot.breadth / 2
            cross += spot.breadth + NODE_GAP
        main += length + rank_gap
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        neighbours = ranking.above if downwards else ranking.below
        for rank in ranking.ranks if downwards else reversed(ranking.ranks):
            wanted = [_mean((other.cross for other in neighbours[spot.id]), spot.cross) for spot in rank]
            _spread(rank, wanted)
    top = min((spot.cross - spot.breadth / 2 for rank in ranking.ranks for spot in rank), default=0.0)
    for rank in ranking.ranks:
        for spot in rank:
            spot.cross -= top


def _spread(rank: Sequence[Spot], wanted: Sequence[float]) -> None:
    """Move spots as near to their wanted places as their order and sizes allow."""
    pushed_down: list[float] = []
    for index, spot in enumerate(rank):
        least = wanted[index]
        if index:
            least = max(least, pushed_down[-1] + _apart(rank[index - 1], spot))
        pushed_down.append(least)
    pushed_up = list(wanted)
    for index in range(len(rank) - 2, -1, -1):
        pushed_up[index] = min(wanted[index], pushed_up[index + 1] - _apart(rank[index], rank[index + 1]))
    for spot, low, high in zip(rank, pushed_down, pushed_up, strict=True):
        spot.cross = (low + high) / 2


def _apart(upper: Spot, lower: Spot) -> float:
    return (upper.breadth + lower.breadth) / 2 + NODE_GAP
