"""Pictures of graphs and timelines as inline SVG: pure functions, no server, no assets."""

from duragraph_ext.client.drawing.graph import NodeState, draw_graph
from duragraph_ext.client.drawing.mermaid import mermaid
from duragraph_ext.client.drawing.palette import NODE_TONES, RUN_TONES, NodeStatus, Tone
from duragraph_ext.client.drawing.shape import Edge, GraphShape, Node
from duragraph_ext.client.drawing.timeline import Mark, Row, Span, draw_timeline, duration

__all__ = [
    "NODE_TONES",
    "RUN_TONES",
    "Edge",
    "GraphShape",
    "Mark",
    "Node",
    "NodeState",
    "NodeStatus",
    "Row",
    "Span",
    "Tone",
    "draw_graph",
    "draw_timeline",
    "duration",
    "mermaid",
]
