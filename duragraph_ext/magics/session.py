"""What the magics of one shell share: the client, and the graphs that this kernel serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duragraph_ext.client.client import Client
from duragraph_ext.client.discovery import probe

if TYPE_CHECKING:
    from duragraph_kernel.serve import Serve


class Session:
    """The shell's connection to a server; made on first use, looked for anew when the server is gone."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._chosen = False
        self.serving: dict[str, Serve] = {}

    @property
    def client(self) -> Client:
        """The client. Raises ServerNotFound."""
        if self._client is not None and not self._chosen and probe(self._client.url)[0] is None:
            self._client = None
        if self._client is None:
            self._client = Client()
        return self._client

    def connect(self, url: str, token: str | None = None) -> Client:
        """Use this server from now on. Raises ServerNotFound."""
        self._client, self._chosen = Client(url, token), True
        return self._client

    def graph_names(self, seconds: float) -> list[str]:
        """The graphs that the server knows; within `seconds`."""
        return self.client.graph_names(seconds=seconds)


def is_graph(value: object) -> bool:
    """Whether a value looks like a graph, compiled or not; LangGraph need not be imported to ask."""
    members = ("get_graph", "add_conditional_edges")
    return not isinstance(value, type) and any(hasattr(value, member) for member in members)
