"""The workers, the graphs they serve, and the queue between."""

from __future__ import annotations

import asyncio
from typing import Any

from panel.viewable import Viewable

from duragraph_dashboard.api import ApiAddress, ApiError
from duragraph_dashboard.feed import LONGEST_PAUSE, FeedState
from duragraph_dashboard.pages.base import Page
from duragraph_dashboard.pages.runs import queue_figures
from duragraph_dashboard.rows import Column, Row, Table
from duragraph_dashboard.view import View

LOOK_SECONDS = 2.0
NO_WORKERS = {
    "title": "No worker is alive",
    "text": "Runs wait until one is. Serve a graph from a notebook, or start a worker.",
    "code": "%duragraph serve my_graph\njupyter duragraph worker --help",
}
NO_GRAPHS = {
    "title": "No graph is served",
    "text": "Name graphs in a langgraph.json, or serve one from a notebook.",
}


class WorkersPage(Page):
    """`/workers`"""

    title = "Workers"
    template = "workers.html"
    here = "Workers"

    def __init__(self, address: ApiAddress) -> None:
        super().__init__(address)
        self.figures: list[dict[str, Any]] = []
        self.workers = Table(
            [
                Column("status", "Status", "status", narrow=True),
                Column("name", "Worker", "text", narrow=True),
                Column("runs", "Runs", "links", narrow=True),
                Column("load", "Slots used", "number"),
                Column("graphs", "Graphs", "text"),
                Column("process", "Process", "mono"),
                Column("started", "Started", "time"),
            ],
            NO_WORKERS,
        )
        self.graphs = Table(
            [
                Column("status", "Status", "status", narrow=True),
                Column("graph", "Graph", "text", narrow=True),
                Column("workers", "Workers", "number"),
                Column("problem", "Problem", "words"),
            ],
            NO_GRAPHS,
        )
        self.numbers = View("numbers", lambda: {"figures": self.figures})
        self.worker_list = View("table", self.workers.whole)
        self.graph_list = View("table", self.graphs.whole)

    def views(self) -> dict[str, Viewable]:
        """The figures and the tables."""
        return {"figures": self.numbers, "workers": self.worker_list, "graphs": self.graph_list}

    async def load(self) -> None:
        """Look every other second: leases and queues are no events, so nothing could wake the page."""
        while True:
            try:
                await self._read()
                self._on_feed(FeedState.LIVE)
                pause = LOOK_SECONDS
            except ApiError as error:
                if not error.is_passing:
                    raise
                self._on_feed(FeedState.RECONNECTING)
                pause = LONGEST_PAUSE
            await asyncio.sleep(pause)

    async def _read(self) -> None:
        workers, graphs, queue = await asyncio.gather(
            self.api.get("workers"), self.api.get("graphs"), self.api.get("queue")
        )
        figures = queue_figures(queue)
        if figures != self.figures:
            self.figures = figures
            self.change("figures", self.numbers.draw)
        for table, view, rows in (
            (self.workers, self.worker_list, [worker_row(worker) for worker in workers]),
            (self.graphs, self.graph_list, [graph_row(graph) for graph in graphs]),
        ):
            patch = table.replace(rows)
            if patch is not None:
                self.change(f"rows {id(patch)}", lambda view=view, patch=patch: view.patch(patch))  # type: ignore[misc]


def worker_row(worker: dict[str, Any]) -> Row:
    """A worker as a row of a table."""
    runs = worker["runs"]
    return {
        "id": worker["worker_id"],
        "cells": {
            "status": worker["status"],
            "name": worker["name"],
            "runs": [{"href": f"run?id={run}", "text": run[-8:]} for run in runs],
            "load": f"{len(runs)} of {worker['slots']}",
            "graphs": ", ".join(worker["graphs"]),
            "process": f"{worker['host']}:{worker['pid'] or 'HTTP'}",
            "started": worker["started_at"],
        },
    }


def graph_row(graph: dict[str, Any]) -> Row:
    """A graph as a row of a table; a broken one says where and why."""
    broken = graph["broken"]
    problem = ""
    if broken:
        problem = f"{broken.get('exception')}: {broken.get('message')} ({broken.get('file')}:{broken.get('line')})"
    return {
        "id": graph["graph_id"],
        "cells": {
            "status": "broken" if broken else "served" if graph["workers"] else "not served",
            "graph": graph["graph_id"],
            "workers": graph["workers"],
            "problem": problem or None,
        },
    }
