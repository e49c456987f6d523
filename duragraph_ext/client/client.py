"""The client for notebooks and scripts: plain calls, no `await` needed, all work in the background thread."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from duragraph_ext.client import frames
from duragraph_ext.client.aio import DEFAULT_MODES, AsyncClient
from duragraph_ext.client.discovery import Discovery, discover
from duragraph_ext.client.drawing import GraphShape
from duragraph_ext.client.errors import ApiError
from duragraph_ext.client.graphs import Assistant, Graph
from duragraph_ext.client.interrupts import Interrupt
from duragraph_ext.client.portal import PORTAL
from duragraph_ext.client.runs import Run
from duragraph_ext.client.threads import Thread

if TYPE_CHECKING:
    from pandas import DataFrame

T = TypeVar("T")

MOST_WATCHERS = 200
"""Live views that those who wait for a run can be told of."""


class Watcher(Protocol):
    """A live view, as far as those who wait for a run need to know."""

    async def caught_up(self, run_id: str) -> None:
        """Return once the view shows the end of a run, or soon after."""


class Client:
    """A server's runs, threads, assistants and graphs.

    `Client()` finds the server: `url`, else DURAGRAPH_URL, else the Jupyter server of this kernel, else any
    that runs. `token` is a DuraGraph key or the Jupyter token. Raises ServerNotFound.
    """

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        self.discovery = discover(url, token)
        self.endpoint = self.discovery.found()
        self.portal = PORTAL
        self.aio: AsyncClient = self.portal.call(self._open())
        self._watchers: deque[tuple[str, Watcher]] = deque(maxlen=MOST_WATCHERS)

    async def _open(self) -> AsyncClient:
        return AsyncClient(self.endpoint)

    @staticmethod
    def discover(url: str | None = None, token: str | None = None) -> Discovery:
        """Say which server `Client()` would take, why, and what else was tried."""
        return discover(url, token)

    @property
    def url(self) -> str:
        """The API's address, as LangGraph's own clients take it."""
        return self.endpoint.url

    @property
    def clock_offset(self) -> float:
        """Seconds that the server's clock is ahead of ours."""
        return self.aio.transport.clock_offset

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the background thread and wait for it."""
        return self.portal.call(work)

    def close(self) -> None:
        """Close the connections."""
        self.call(self.aio.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self,
        graph: str,
        input: Any = None,
        *,
        thread: str | Thread | None = None,
        graph_id: str = "",
        stream_mode: Sequence[str] = DEFAULT_MODES,
        key: str | None = None,
        **fields: Any,
    ) -> Run:
        """Start a run of a graph (or an assistant's id) and return at once.

        Without `thread` it gets a new one. `stream_mode` is what can be streamed and shown live; `()` saves
        the work. A `key` makes the call repeatable: whoever comes with it again, and asks for the same, gets the
        run of the first time. `fields` are LangGraph's: command, config, context, metadata, interrupt_before,
        interrupt_after, multitask_strategy, durability, after_seconds.
        """
        thread_id = thread.thread_id if isinstance(thread, Thread) else thread
        return self.call(self._run(graph, thread_id, graph_id, stream_mode, key, {"input": input, **fields}))

    async def _run(
        self,
        graph: str,
        thread_id: str | None,
        graph_id: str,
        modes: Sequence[str],
        key: str | None,
        fields: dict[str, Any],
    ) -> Run:
        row = await self.aio.create_thread(thread_id, key=None if thread_id else key)
        run = await self.aio.create_run(str(row["thread_id"]), graph, stream_mode=modes, key=key, **fields)
        name = graph_id or str((run.get("metadata") or {}).get("graph_id") or "")
        return Run(self, str(run["thread_id"]), str(run["run_id"]), name)

    def get_run(self, run_id: str) -> Run:
        """A run by its id."""
        row = self.call(self.aio.get_run(run_id))
        return Run(self, str(row["thread_id"]), str(row["run_id"]), str(row["graph_id"]))

    def runs(self, *, status: str | None = None, graph: str | None = None, limit: int = 20) -> DataFrame:
        """The runs of all threads as a DataFrame, newest first."""
        rows = self.call(self.aio.list_runs(status=status, graph_id=graph, limit=limit))
        return frames.runs(rows, self.call(self.aio.interrupts()))

    def thread(self, thread_id: str | None = None) -> Thread:
        """A thread by its id; without one, a new thread."""
        if thread_id is None:
            thread_id = str(self.call(self.aio.create_thread())["thread_id"])
        return Thread(self, thread_id)

    def threads(self, *, status: str | None = None, limit: int = 20) -> list[Thread]:
        """Threads, newest first."""
        rows = self.call(self.aio.search_threads(status, limit))
        return [Thread(self, str(row["thread_id"])) for row in rows]

    def assistant(self, assistant_id: str) -> Assistant:
        """An assistant by its id."""
        return Assistant(self, self.call(self.aio.get_assistant(assistant_id)))

    def assistants(self, *, graph: str | None = None, limit: int = 100) -> list[Assistant]:
        """Assistants, newest first."""
        return [Assistant(self, row) for row in self.call(self.aio.search_assistants(graph, limit))]

    def graph(self, name: str, *, xray: bool = False) -> Graph:
        """A graph by its name; with `xray` the subgraphs' nodes are drawn too."""
        return Graph(self, name, GraphShape.from_json(self.call(self.aio.graph_json(name, xray=xray))))

    def graph_names(self, *, seconds: float = 20.0) -> list[str]:
        """The names of the graphs that the server knows."""
        return [str(row["graph_id"]) for row in self.call(self.aio.graphs(seconds=seconds))]

    def shape(self, name: str) -> GraphShape | None:
        """The topology of a graph; None when the server has none."""
        return self.call(self.shape_of(name)) if name else None

    async def shape_of(self, name: str) -> GraphShape | None:
        """`shape`, for those who are in the background already."""
        try:
            return GraphShape.from_json(await self.aio.graph_json(name))
        except ApiError:
            return None

    def interrupts(self, *, status: str | None = "open") -> list[Interrupt]:
        """The questions of all threads that wait for an answer."""
        rows = self.call(self.aio.interrupts(status=status))
        return [Interrupt(Run(self, str(row["thread_id"]), str(row["run_id"])), row) for row in rows]

    def workers(self) -> DataFrame:
        """The workers and the runs they hold, as a DataFrame."""
        return frames.workers(self.call(self.aio.workers()))

    def queue(self) -> dict[str, Any]:
        """How many runs wait and work, and for how long the oldest has waited."""
        return self.call(self.aio.queue())

    def watch(self, run: Run, watcher: Watcher) -> None:
        """Remember a live view of a run's thread; of many, the latest."""
        self._watchers.append((run.thread_id, watcher))

    async def caught_up(self, run: Run) -> None:
        """Let the live views of a run's thread show its end before anybody is told of it."""
        views = [watcher.caught_up(run.run_id) for thread_id, watcher in self._watchers if thread_id == run.thread_id]
        await asyncio.gather(*views)

    def __repr__(self) -> str:
        return f"<Client {self.url}: {self.discovery.why}>"
