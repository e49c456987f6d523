"""A graph in the hand: its picture, its schemas, and its assistants."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from duragraph_ext.client import panes
from duragraph_ext.client.drawing import GraphShape, draw_graph, mermaid

if TYPE_CHECKING:
    from duragraph_ext.client.client import Client
    from duragraph_ext.client.runs import Run


class Graph:
    """A graph that workers serve, or one that does not load; shows itself as a picture."""

    def __init__(self, client: Client, graph_id: str, shape: GraphShape) -> None:
        self._client = client
        self.graph_id = graph_id
        self.shape = shape

    def run(self, input: Any = None, **options: Any) -> Run:
        """Run the graph; `options` as in `Client.run`."""
        return self._client.run(self.graph_id, input, **options)

    @property
    def nodes(self) -> list[str]:
        """The names of the nodes, without start and end."""
        return [node.id for node in self.shape.nodes if not node.is_terminal]

    @property
    def mermaid(self) -> str:
        """The graph as Mermaid text."""
        return mermaid(self.shape)

    @property
    def svg(self) -> str:
        """The graph as SVG."""
        return draw_graph(self.shape, title=f"graph {self.graph_id}")

    def __repr__(self) -> str:
        return f"<Graph {self.graph_id}: {', '.join(self.nodes)}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        picture = panes.block(self.svg, "overflow-x:auto")
        return {"text/plain": repr(self), "text/html": picture, "text/vnd.mermaid": self.mermaid}


class Assistant:
    """A graph with a configuration of its own."""

    def __init__(self, client: Client, row: dict[str, Any]) -> None:
        self._client = client
        self.assistant_id = str(row["assistant_id"])
        self.graph_id = str(row["graph_id"])
        self.name = str(row.get("name") or "")
        self.version = int(row.get("version") or 1)
        self.info = row

    @property
    def graph(self) -> Graph:
        """The assistant's graph."""
        return self._client.graph(self.graph_id)

    @property
    def schemas(self) -> dict[str, Any]:
        """The JSON schemas of input, output, state, config and context."""
        return self._client.call(self._client.aio.schemas(self.assistant_id))

    def run(self, input: Any = None, **options: Any) -> Run:
        """Run the assistant; `options` as in `Client.run`."""
        return self._client.run(self.assistant_id, input, graph_id=self.graph_id, **options)

    def __repr__(self) -> str:
        return f"<Assistant {self.name or self.assistant_id} of {self.graph_id}, version {self.version}>"

    def _repr_html_(self) -> str:
        given = {name: self.info[name] for name in ("config", "context", "metadata") if self.info.get(name)}
        head = f"<b>{escape(self.name or self.graph_id)}</b> {panes.code(self.assistant_id)}"
        words = f" of graph <b>{escape(self.graph_id)}</b>, version {self.version}"
        return panes.block(head + words + (panes.json_text(given) if given else ""))
