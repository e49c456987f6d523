"""The picture of a graph is well-formed, tells states without colour, and lets no markup of a user's in."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from duragraph_ext.client.drawing import GraphShape, NodeState, NodeStatus, draw_graph, mermaid

SVG = "{http://www.w3.org/2000/svg}"

AGENT = GraphShape.from_json(
    {
        "nodes": [{"id": name} for name in ("__start__", "model", "tools", "__end__")],
        "edges": [
            {"source": "__start__", "target": "model"},
            {"source": "model", "target": "tools", "conditional": True, "data": "call"},
            {"source": "tools", "target": "model"},
            {"source": "model", "target": "__end__", "conditional": True},
        ],
    }
)


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [item.text or "" for item in read(svg).iter(f"{SVG}text")]


def titles(svg: str) -> list[str]:
    return [item.text or "" for item in read(svg).iter(f"{SVG}title")]


def test_every_node_and_edge_is_drawn() -> None:
    svg = draw_graph(AGENT)
    assert {"start", "model", "tools", "end", "call"} <= set(texts(svg))
    dashed = [path for path in read(svg).iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(list(read(svg).iter(f"{SVG}path"))) == 4
    assert len(dashed) == 2


def test_states_are_told_in_words_and_glyphs() -> None:
    states = {
        "model": NodeState(NodeStatus.DONE, 3),
        "tools": NodeState(NodeStatus.RUNNING, 1),
    }
    svg = draw_graph(AGENT, states)
    assert "model: done" in titles(svg)
    assert "tools: running" in titles(svg)
    assert "✓3" in texts(svg)
    assert "<animate" in svg
    assert "<animate" not in draw_graph(AGENT, {"model": NodeState(NodeStatus.DONE, 1)})


def test_only_edges_that_were_taken_are_lit() -> None:
    def colours(svg: str) -> dict[str, str]:
        found = {}
        for path in read(svg).iter(f"{SVG}path"):
            title = path.find(f"{SVG}title")
            assert title is not None
            found[str(title.text)] = str(path.get("stroke"))
        return found

    dark = colours(draw_graph(AGENT))
    lit = colours(draw_graph(AGENT, taken={("__start__", "model")}))
    changed = [title for title in dark if dark[title] != lit[title]]
    assert changed == ["__start__ → model"]


def test_names_are_escaped_and_long_ones_shortened() -> None:
    name = "<script>alert('x')</script> & a very long name indeed"
    svg = draw_graph(GraphShape.from_json({"nodes": [{"id": name}], "edges": []}))
    assert "<script>" not in svg
    assert any(text.startswith("<script>") and text.endswith("…") for text in texts(svg))


def test_a_graph_without_nodes_says_so() -> None:
    assert texts(draw_graph(GraphShape((), ()))) == ["no nodes"]


def test_a_long_chain_turns_downwards_unless_told() -> None:
    names = [f"a_long_step_{index}" for index in range(12)]
    chain = GraphShape.from_json(
        {
            "nodes": [{"id": name} for name in names],
            "edges": [{"source": left, "target": right} for left, right in pairwise(names)],
        }
    )
    tall, wide = read(draw_graph(chain)), read(draw_graph(chain, horizontal=True))
    assert float(tall.attrib["height"]) > float(tall.attrib["width"])
    assert float(wide.attrib["width"]) > float(wide.attrib["height"])


def test_nothing_is_loaded_from_anywhere() -> None:
    svg = draw_graph(AGENT).replace("http://www.w3.org/2000/svg", "")
    assert "http" not in svg
    assert "href" not in svg
    assert "<style" not in svg


def test_mermaid_text_is_safe_for_any_name() -> None:
    text = mermaid(AGENT)
    assert text.startswith("graph TD;")
    assert 'n1 -.->|"call"| n2;' in text
    odd = mermaid(GraphShape.from_json({"nodes": [{"id": 'a"b;\n<c>'}], "edges": []}))
    assert "a#quot;b; #lt;c#gt;" in odd
