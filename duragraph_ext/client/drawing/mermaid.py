"""A graph as Mermaid text, for front ends and documents that draw it themselves."""

from __future__ import annotations

import re

from duragraph_ext.client.drawing.shape import GraphShape


def mermaid(shape: GraphShape) -> str:
    """Write a graph as a Mermaid flow chart; ids are our own, so any node name is safe."""
    keys = {node.id: f"n{index}" for index, node in enumerate(shape.nodes)}
    lines = ["graph TD;"]
    for node in shape.nodes:
        text = _quoted(node.label)
        lines.append(f"  {keys[node.id]}([{text}]);" if node.is_terminal else f"  {keys[node.id]}({text});")
    for edge in shape.edges:
        arrow = "-.->" if edge.conditional else "-->"
        note = f"|{_quoted(edge.label)}|" if edge.label else ""
        lines.append(f"  {keys[edge.source]} {arrow}{note} {keys[edge.target]};")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    clean = re.sub(r"\s+", " ", text)
    for character, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;")):
        clean = clean.replace(character, entity)
    return f'"{clean}"'
