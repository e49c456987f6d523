"""The threads, and the state of the one that is chosen."""

from __future__ import annotations

import asyncio
from typing import Any

from panel.viewable import Viewable

from duragraph_dashboard.api import ApiAddress, ApiError
from duragraph_dashboard.feed import FeedQuery
from duragraph_dashboard.pages.base import Page
from duragraph_dashboard.pages.runs import run_row
from duragraph_dashboard.rows import Column, Row, Table
from duragraph_dashboard.view import View

PAGE = 50
SETTLE_SECONDS = 0.6
NONE_YET = {
    "title": "No threads yet",
    "text": "A thread keeps the state of its runs. A run on a thread makes one.",
}
NO_RUNS = {"title": "No runs on this thread"}


class ThreadsPage(Page):
    """`/threads`, and `/threads?id=…` for one of them."""

    title = "Threads"
    template = "threads.html"
    here = "Threads"

    def __init__(self, address: ApiAddress) -> None:
        super().__init__(address)
        self.thread_id = self.argument("id")
        self.thread: dict[str, Any] | None = None
        self.state: dict[str, Any] | None = None
        self.table = Table(_run_columns(), NO_RUNS) if self.thread_id else Table(_thread_columns(), NONE_YET)
        self.list = View("table", self.table.whole)
        self.facts = View("facts", self._facts)
        self.values = View("tree", self._state)
        self._stale = asyncio.Event()

    def views(self) -> dict[str, Viewable]:
        """The head, the table and the state."""
        return {"facts": self.facts, "threads": self.list, "state": self.values}

    async def load(self) -> None:
        """Show the threads or the chosen one, and follow what happens to them."""
        self.spawn(self.keep_fresh(self._stale, self._read, SETTLE_SECONDS))
        query: FeedQuery = {"thread_id": self.thread_id} if self.thread_id else {"types": ["thread", "run"]}
        self.follow(query, self._read, self._on_event)

    async def _on_event(self, _envelope: dict[str, Any]) -> None:
        self._stale.set()

    async def _read(self) -> None:
        if self.thread_id:
            self.thread = await self.api.get(f"threads/{self.thread_id}")
            runs = await self.api.get("runs", thread_id=self.thread_id, limit=PAGE)
            asked = await self.api.get("interrupts", status="open", thread_id=self.thread_id)
            rows = [run_row(run, {one["run_id"] for one in asked}) for run in runs]
            await self._read_state()
            self.change("facts", self.facts.draw)
            self.change("state", self.values.draw)
        else:
            select = ["thread_id", "status", "metadata", "created_at", "updated_at"]
            body = {"limit": PAGE, "sort_by": "updated_at", "sort_order": "desc", "select": select}
            rows = [thread_row(thread) for thread in await self.api.post("threads/search", body)]
        patch = self.table.replace(rows)
        if patch is not None:
            self.change(f"rows {id(patch)}", lambda: self.list.patch(patch))

    async def _read_state(self) -> None:
        try:
            self.state = await self.api.get(f"threads/{self.thread_id}/state")
        except ApiError as error:
            if error.status != 404:
                raise
            self.state = None

    def _facts(self) -> dict[str, Any]:
        if self.thread is None:
            return {"title": "", "facts": [], "hidden": True}
        facts = [
            {"label": "Thread", "kind": "id", "value": self.thread["thread_id"]},
            {"label": "Created", "kind": "time", "value": self.thread["created_at"]},
            {"label": "Updated", "kind": "time", "value": self.thread["updated_at"]},
        ]
        if graph := (self.thread.get("metadata") or {}).get("graph_id"):
            facts.append({"label": "Graph", "kind": "text", "value": str(graph)})
        return {"title": "Thread", "status": self.thread["status"], "facts": facts}

    def _state(self) -> dict[str, Any]:
        if self.state is None:
            return {"hidden": not self.thread_id, "empty": {"title": "This thread has no state yet"}}
        shown = {key: self.state.get(key) for key in ("values", "next", "tasks", "metadata")}
        return {"value": shown, "at": self.state.get("created_at")}


def thread_row(thread: dict[str, Any]) -> Row:
    """A thread as a row of a table."""
    metadata = thread.get("metadata") or {}
    return {
        "id": thread["thread_id"],
        "href": f"threads?id={thread['thread_id']}",
        "cells": {
            "status": thread["status"],
            "thread": thread["thread_id"],
            "graph": metadata.get("graph_id"),
            "created": thread["created_at"],
            "updated": thread["updated_at"],
        },
    }


def _thread_columns() -> list[Column]:
    return [
        Column("status", "Status", "status", narrow=True),
        Column("thread", "Thread", "mono"),
        Column("graph", "Graph", "text", narrow=True),
        Column("created", "Created", "time"),
        Column("updated", "Updated", "time", narrow=True),
    ]


def _run_columns() -> list[Column]:
    return [
        Column("status", "Status", "status", narrow=True),
        Column("graph", "Graph", "text"),
        Column("run", "Run", "id", narrow=True),
        Column("created", "Created", "time", narrow=True),
        Column("elapsed", "Elapsed", "elapsed"),
        Column("attempt", "Attempts", "number"),
        Column("worker", "Worker", "text"),
    ]
