"""A thread in the hand: its state, its past and its runs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from duragraph_ext.client import frames, panes
from duragraph_ext.client.errors import DuraGraphError

if TYPE_CHECKING:
    from pandas import DataFrame

    from duragraph_ext.client.client import Client
    from duragraph_ext.client.runs import Run


class Thread:
    """A conversation: the state that runs share."""

    def __init__(self, client: Client, thread_id: str) -> None:
        self._client = client
        self.thread_id = thread_id

    @property
    def info(self) -> dict[str, Any]:
        """The thread as the server has it: status, metadata, values, interrupts."""
        return self._client.call(self._client.aio.get_thread(self.thread_id))

    @property
    def status(self) -> str:
        """`idle`, `busy`, `interrupted` or `error`."""
        return str(self.info["status"])

    @property
    def state(self) -> dict[str, Any]:
        """The state: values, next nodes, tasks and their interrupts."""
        return self._client.call(self._client.aio.state(self.thread_id))

    @property
    def values(self) -> Any:
        """The values of the state."""
        return self.state["values"]

    def history(self, limit: int = 10) -> list[dict[str, Any]]:
        """The states, newest first."""
        return self._client.call(self._client.aio.history(self.thread_id, limit))

    def runs(self) -> DataFrame:
        """The thread's runs as a DataFrame, newest first."""
        rows = self._client.call(self._client.aio.list_runs(thread_id=self.thread_id))
        return frames.runs(rows, self._client.call(self._client.aio.interrupts(thread_id=self.thread_id)))

    def run(self, graph: str, input: Any = None, **options: Any) -> Run:
        """Run a graph on this thread; `options` as in `Client.run`."""
        return self._client.run(graph, input, thread=self.thread_id, **options)

    def __repr__(self) -> str:
        try:
            return f"<Thread {self.thread_id}: {self.status}>"
        except DuraGraphError as error:
            return f"<Thread {self.thread_id}: {error}>"

    def _repr_html_(self) -> str:
        try:
            info = self.info
        except DuraGraphError as error:
            return panes.block(f"thread {panes.code(self.thread_id)}: {escape(str(error))}")
        head = f"thread {panes.code(self.thread_id)} <b>{escape(str(info['status']))}</b>"
        return panes.block(head + panes.json_text(info.get("values")))
