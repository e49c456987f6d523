"""The picture of a graph."""

from __future__ import annotations

from typing import Any

import pytest
from duragraph_dashboard.graph import RunGraph
from duragraph_dashboard.timeline import NodeState

GRAPH = {
    "nodes": [{"id": "__start__"}, {"id": "plan"}, {"id": "search"}, {"id": "read"}, {"id": "__end__"}],
    "edges": [
        {"source": "__start__", "target": "plan"},
        {"source": "plan", "target": "search", "conditional": True},
        {"source": "plan", "target": "__end__", "conditional": True, "data": "done"},
        {"source": "search", "target": "read"},
        {"source": "read", "target": "plan"},
    ],
}


@pytest.fixture
def picture() -> RunGraph:
    picture = RunGraph(on_drawn=lambda: None)
    picture.draw(GRAPH, {"plan": NodeState("success", 2, 1.5)})
    return picture


def drawn(picture: RunGraph) -> Any:
    return picture.holder.objects[0]


def test_nodes_stand_from_left_to_right(picture: RunGraph) -> None:
    x = {node["id"]: node["position"]["x"] for node in drawn(picture).nodes}
    assert x["__start__"] < x["plan"] < x["search"] < x["read"] < x["__end__"]


def test_conditional_edges_are_dashed_and_loops_point_back(picture: RunGraph) -> None:
    edges = drawn(picture).edges
    dashed = [edge for edge in edges if "style" in edge]
    assert any(edge["source"] == "plan" and edge["target"] == "search" for edge in dashed)
    backward = [edge for edge in edges if "markerStart" in edge]
    assert [edge["source"] for edge in backward] == ["plan"]
    assert [edge["label"] for edge in edges if edge.get("label")] == ["done"]


def test_a_node_says_how_often_it_ran_and_for_how_long(picture: RunGraph) -> None:
    plan = next(node for node in drawn(picture).nodes if node["id"] == "plan")
    assert plan["label"] == "plan\n2 × · 1.5 s"
    assert plan["className"] == "is-success"


def test_lighting_patches_only_what_changed(picture: RunGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []
    flow = drawn(picture)
    monkeypatch.setattr(flow, "patch_node_props", lambda name, patch: sent.append((name, patch)))
    states = {"plan": NodeState("success", 2, 1.5), "search": NodeState("running", 1)}
    picture.light(states)
    picture.light(states)
    assert sent == [("search", {"className": "is-running", "label": "search\nrunning"})]


def test_what_was_patched_before_the_browser_drew_is_patched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    states = {"plan": NodeState("running", 1)}
    picture = RunGraph(on_drawn=lambda: picture.light(states))
    picture.draw(GRAPH, states)
    sent: list[str] = []
    monkeypatch.setattr(drawn(picture), "patch_node_props", lambda name, patch: sent.append(name))
    picture.light(states)
    assert sent == []
    drawn(picture).viewport = {"x": 0, "y": 0, "zoom": 1}
    assert "plan" in sent


def test_an_empty_graph_is_no_error() -> None:
    picture = RunGraph(on_drawn=lambda: None)
    picture.draw({}, {})
    assert drawn(picture).nodes == []
