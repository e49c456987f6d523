"""The list of runs: newest first, filtered by the server, live, older pages by their last run."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from panel.viewable import Viewable

from duragraph_dashboard.api import ApiAddress
from duragraph_dashboard.pages.base import Page
from duragraph_dashboard.rows import Column, Row, Table
from duragraph_dashboard.runfacts import shown_status
from duragraph_dashboard.view import View

PAGE = 50
SETTLE_SECONDS = 0.4
STATUSES = ["pending", "running", "success", "error", "timeout", "interrupted"]
NONE_YET = {
    "title": "No runs yet",
    "text": "Start one from a notebook cell, or from any LangGraph client. It appears here at once.",
    "code": '%load_ext duragraph_ext\n%duragraph graph\n\n%%duragraph run GRAPH\n{"messages": "Hello"}',
}
NONE_MATCH = {"title": "No run matches", "text": "Choose another status or graph."}


class RunsPage(Page):
    """`/?status=…&graph=…&before=…`"""

    title = "Runs"
    template = "runs.html"
    here = "Runs"

    def __init__(self, address: ApiAddress) -> None:
        super().__init__(address)
        status = self.argument("status")
        self.chosen = {"status": status if status in STATUSES else "", "graph": self.argument("graph")}
        self.before = self.argument("before")
        self.graphs: list[str] = []
        self.table = Table(
            [
                Column("status", "Status", "status", narrow=True),
                Column("graph", "Graph", "text", narrow=True),
                Column("run", "Run", "id"),
                Column("thread", "Thread", "link"),
                Column("created", "Created", "time", narrow=True),
                Column("elapsed", "Elapsed", "elapsed"),
                Column("attempt", "Attempts", "number"),
                Column("worker", "Worker", "text"),
            ],
            NONE_YET,
        )
        self.figures: list[dict[str, Any]] = []
        self.runs = View(
            "table",
            self.table.whole,
            filter=self._filter,
            older=lambda _message: self._older(),
            newest=lambda _message: self._turn(""),
        )
        self.numbers = View("numbers", lambda: {"figures": self.figures})
        self._stale = asyncio.Event()

    def views(self) -> dict[str, Viewable]:
        """The figures and the table."""
        return {"figures": self.numbers, "runs": self.runs}

    async def load(self) -> None:
        """Show the page's runs, then follow what happens to runs."""
        self._draw_filters()
        self.spawn(self.keep_fresh(self._stale, self._read, SETTLE_SECONDS))
        self.follow({"types": ["run", "graph"]}, self._catch_up, self._on_event)

    async def _catch_up(self) -> None:
        await asyncio.gather(self._read(), self._read_graphs())

    async def _read(self) -> None:
        asked = (dict(self.chosen), self.before)
        rows, queue, asking = await asyncio.gather(
            self.api.get(
                "runs",
                status=self.chosen["status"] or None,
                graph_id=self.chosen["graph"] or None,
                before=self.before or None,
                limit=PAGE,
            ),
            self.api.get("queue"),
            self.api.get("interrupts", status="open"),
        )
        if asked != (self.chosen, self.before):
            return  # The viewer has turned to other runs in the meantime.
        open_in = {one["run_id"] for one in asking}
        self.table.empty = NONE_MATCH if any(self.chosen.values()) or self.before else NONE_YET
        shown = [run_row(run, open_in) for run in rows]
        patch = self.table.replace(shown, newer=bool(self.before), older=len(rows) == PAGE)
        if patch is not None:
            self.change(f"rows {id(patch)}", lambda: self.runs.patch(patch))
        figures = queue_figures(queue)
        if figures != self.figures:
            self.figures = figures
            self.change("figures", self.numbers.draw)

    async def _read_graphs(self) -> None:
        self.graphs = sorted(graph["graph_id"] for graph in await self.api.get("graphs"))
        self._draw_filters()

    async def _on_event(self, envelope: dict[str, Any]) -> None:
        if envelope["event_type"] == "graph.defined":
            await self._read_graphs()
        else:
            self._stale.set()

    def _draw_filters(self) -> None:
        graphs = self.graphs + [self.chosen["graph"]] * (self.chosen["graph"] not in [*self.graphs, ""])
        self.table.filters = [
            _choice("status", "Status", STATUSES, self.chosen["status"]),
            {**_choice("graph", "Graph", graphs, self.chosen["graph"]), "menu": True},
        ]
        self.change("whole", self.runs.draw)

    def _filter(self, message: dict[str, Any]) -> None:
        name, value = message.get("name"), str(message.get("value") or "")
        if name in self.chosen and (name != "status" or value in ["", *STATUSES]):
            self.chosen[name] = value
            self._draw_filters()
            self._turn("")

    def _older(self) -> None:
        if self.table.rows:
            self._turn(str(self.table.rows[-1]["id"]))

    def _turn(self, before: str) -> None:
        self.before = before
        query = {**self.chosen, "before": before}
        words = urlencode({key: value for key, value in query.items() if value})
        self.change("address", lambda: self.runs.address(f"?{words}" if words else "."))
        self.spawn(self._read())


def run_row(run: dict[str, Any], asking: set[str]) -> Row:
    """A run as a row of a table."""
    thread = run["thread_id"]
    return {
        "id": run["run_id"],
        "href": f"run?id={run['run_id']}",
        "cells": {
            "status": shown_status(run, asking),
            "graph": run["graph_id"],
            "run": run["run_id"],
            "thread": {"href": f"threads?id={thread}", "text": thread[-8:], "title": thread} if thread else None,
            "created": run["created_at"],
            "elapsed": {"start": run["started_at"], "end": run["ended_at"]},
            "attempt": run["attempt"] or None,
            "worker": run["worker"],
        },
    }


def queue_figures(queue: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of the queue; what is wrong stands out, what is empty and unusual stays away."""
    oldest = queue["oldest_pending_seconds"]
    figures: list[dict[str, Any]] = [
        {"label": "Running", "value": queue["running"]},
        {"label": "Waiting", "value": queue["pending"]},
    ]
    if queue["pending"] and oldest is not None:
        tone = "warn" if oldest > 10 else ""
        figures.append({"label": "Longest wait", "value": oldest, "kind": "duration", "tone": tone})
    if queue["outbox_pending"]:
        figures.append({"label": "Messages to send", "value": queue["outbox_pending"]})
    if queue["outbox_dead"]:
        figures.append({"label": "Undeliverable messages", "value": queue["outbox_dead"], "tone": "bad"})
    return figures


def _choice(name: str, label: str, values: list[str], chosen: str) -> dict[str, Any]:
    options = [{"value": "", "label": "All"}] + [{"value": value, "label": value} for value in values]
    return {"name": name, "label": label, "options": options, "value": chosen}
