"""Every node has a place of its own, and edges lead forward unless they close a loop."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from duragraph_ext.client.drawing.layout import Ranking, rank_graph
from duragraph_ext.client.drawing.shape import END, START, Edge, GraphShape, Node


def shape(*edges: tuple[str, str], extra: tuple[str, ...] = ()) -> GraphShape:
    names = dict.fromkeys([*(name for edge in edges for name in edge), *extra])
    return GraphShape(
        tuple(Node(name, name) for name in names), tuple(Edge(source, target) for source, target in edges)
    )


def placed(graph: GraphShape) -> Ranking:
    sizes = {node.id: 80.0 for node in graph.nodes}
    return rank_graph(graph, sizes, dict.fromkeys(sizes, 30.0))


def assert_no_overlap(ranking: Ranking) -> None:
    for rank in ranking.ranks:
        for upper, lower in pairwise(rank):
            assert lower.cross - upper.cross >= (upper.breadth + lower.breadth) / 2


def test_a_chain_is_a_straight_line() -> None:
    ranking = placed(shape((START, "a"), ("a", "b"), ("b", END)))
    spots = [ranking.spots[name] for name in (START, "a", "b", END)]
    assert [spot.rank for spot in spots] == [0, 1, 2, 3]
    assert len({spot.cross for spot in spots}) == 1
    assert all(left.main + left.length / 2 < right.main - right.length / 2 for left, right in pairwise(spots))


def test_the_edge_that_closes_a_loop_is_turned_around() -> None:
    ranking = placed(shape((START, "model"), ("model", "tools"), ("tools", "model"), ("model", END)))
    turned = [(chain.edge.source, chain.edge.target) for chain in ranking.chains if chain.reversed]
    assert turned == [("tools", "model")]
    assert ranking.spots["model"].rank < ranking.spots["tools"].rank


def test_an_edge_to_itself_is_set_apart() -> None:
    ranking = placed(shape((START, "turn"), ("turn", "turn"), ("turn", END)))
    assert [(edge.source, edge.target) for edge in ranking.loops] == [("turn", "turn")]


def test_a_long_edge_bends_around_the_nodes_it_passes() -> None:
    ranking = placed(shape((START, "a"), ("a", "b"), ("b", "c"), ("c", END), ("a", "c")))
    [long] = [chain for chain in ranking.chains if len(chain.spots) > 2]
    [bend] = long.spots[1:-1]
    assert bend.bend
    assert bend.rank == ranking.spots["b"].rank
    assert_no_overlap(ranking)


def test_the_end_stands_last_and_lone_nodes_have_a_place() -> None:
    ranking = placed(shape((START, "a"), ("a", "b"), ("a", END), extra=("lone",)))
    assert ranking.spots[END].rank >= max(spot.rank for spot in ranking.spots.values())
    assert ranking.spots["lone"].rank > ranking.spots[START].rank


@pytest.mark.parametrize("seed", range(20))
def test_any_graph_is_laid_out(seed: int) -> None:
    dice = random.Random(seed)
    names = [START, *(f"n{index}" for index in range(dice.randrange(1, 14))), END]
    edges = {(dice.choice(names[:-1]), dice.choice(names[1:])) for _ in range(dice.randrange(1, 30))}
    ranking = placed(shape(*sorted(edges), extra=tuple(names)))
    assert set(ranking.spots) == set(names)
    assert len(ranking.chains) + len(ranking.loops) == len(edges)
    assert_no_overlap(ranking)
    for chain in ranking.chains:
        assert [spot.rank for spot in chain.spots] == list(range(chain.spots[0].rank, chain.spots[-1].rank + 1))
