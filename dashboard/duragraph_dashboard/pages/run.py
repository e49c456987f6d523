"""One run: its graph lit, its timeline, its events, its state, its words, and the answers it waits for."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from panel.viewable import Viewable

from duragraph_dashboard.answers import form
from duragraph_dashboard.api import ApiAddress, ApiError
from duragraph_dashboard.eventlog import line
from duragraph_dashboard.graph import RunGraph
from duragraph_dashboard.pages.base import Page
from duragraph_dashboard.runfacts import ENDED, given_config, resume_body, run_facts
from duragraph_dashboard.timeline import Timeline
from duragraph_dashboard.transcript import Transcript
from duragraph_dashboard.view import View

EVENTS_PAGE = 1000
SIBLINGS = 20
SETTLE_SECONDS = 0.3
STATE_SETTLE_SECONDS = 1.0
STREAMED = {"messages", "messages-tuple"}


class RunPage(Page):
    """`/run?id=…`"""

    title = "Run"
    template = "run.html"
    here = "Runs"

    def __init__(self, address: ApiAddress) -> None:
        super().__init__(address)
        self.run_id = self.argument("id")
        self.run: dict[str, Any] = {}
        self.siblings: list[dict[str, Any]] = []
        self.interrupts: list[dict[str, Any]] = []
        self.state: dict[str, Any] | None = None
        self.unserved = False
        self.busy = False
        self.refused = ""
        self.timeline = Timeline()
        self.lines: list[dict[str, Any]] = []
        self.transcript = Transcript()
        self.graph = RunGraph(self._light)
        self._new_lines: list[dict[str, Any]] = []
        self._new_messages: dict[str, dict[str, Any]] = {}
        self._run_stale = asyncio.Event()
        self._state_stale = asyncio.Event()
        self._streaming = False
        self.facts = View("facts", self._facts, cancel=lambda _message: self.spawn(self._cancel()))
        self.bars = View("timeline", self._whole_timeline)
        self.events = View("events", self._whole_log, payload=self._open_payload)
        self.words = View("messages", self._whole_transcript)
        self.answer = View("answer", self._answer, answer=lambda message: self.spawn(self._resume(message)))
        self.values = View("tree", self._state)
        self.input = View("tree", self._input)

    def views(self) -> dict[str, Viewable]:
        """Every view of the page."""
        return {
            "facts": self.facts,
            "graph": self.graph.holder,
            "answer": self.answer,
            "messages": self.words,
            "timeline": self.bars,
            "events": self.events,
            "state": self.values,
            "input": self.input,
        }

    async def load(self) -> None:
        """Show the run, then follow its thread."""
        try:
            UUID(self.run_id)
        except ValueError:
            raise ApiError(404, f"{self.run_id!r} is not the id of a run") from None
        self.run = await self.api.get(f"runs/{self.run_id}")
        self.change("input", self.input.draw)
        self.spawn(self.keep_fresh(self._run_stale, self._read_run, SETTLE_SECONDS))
        self.spawn(self.keep_fresh(self._state_stale, self._read_state, STATE_SETTLE_SECONDS))
        self.spawn(self._draw_graph())
        self.follow({"thread_id": self.run["thread_id"]}, self._catch_up, self._on_event)

    async def _catch_up(self) -> None:
        await asyncio.gather(self._read_events(), self._read_run(), self._read_state())

    async def _on_event(self, envelope: dict[str, Any]) -> None:
        if envelope["aggregate_id"] != self.run_id:
            self._run_stale.set()
            return
        if envelope["version"] > self.timeline.version + 1:
            await self._read_events()
        else:
            self._take(envelope)
        if envelope["aggregate_type"] == "run" and not envelope["event_type"].startswith("execution."):
            self._run_stale.set()
        if envelope["event_type"] != "execution.node_started":
            self._state_stale.set()

    def _take(self, envelope: dict[str, Any]) -> None:
        if envelope["version"] <= self.timeline.version:
            return
        self.timeline.apply(envelope)
        row = line(envelope)
        self.lines.append(row)
        self._new_lines.append(row)
        self.change("timeline", self._patch_timeline)
        self.change("events", self._patch_events)

    async def _read_events(self) -> None:
        while True:
            after = self.timeline.version
            page = await self.api.get(f"runs/{self.run_id}/events", after=after, limit=EVENTS_PAGE)
            for envelope in page:
                self._take(envelope)
            if len(page) < EVENTS_PAGE:
                return

    async def _read_run(self) -> None:
        thread_id = self.run["thread_id"]
        self.run, self.siblings, self.interrupts = await asyncio.gather(
            self.api.get(f"runs/{self.run_id}"),
            self.api.get("runs", thread_id=thread_id, limit=SIBLINGS),
            self.api.get("interrupts", status="open", thread_id=thread_id),
        )
        self.unserved = self.run["status"] == "pending" and not await self._served()
        self.change("facts", self.facts.draw)
        self.change("answer", self.answer.draw)
        if self.run["status"] in ENDED:
            self._draw_messages(self.transcript.settle())
        elif not self._streaming and STREAMED & set(self.run["kwargs"].get("stream_mode") or []):
            self._streaming = True
            self.spawn(self._read_stream())

    async def _served(self) -> bool:
        graphs = await self.api.get("graphs")
        return any(one["workers"] for one in graphs if one["graph_id"] == self.run["graph_id"])

    async def _read_state(self) -> None:
        ended = self.run["status"] in ENDED and self.run.get("checkpoint_id")
        path = f"threads/{self.run['thread_id']}/state"
        try:
            self.state = await self.api.get(f"{path}/{self.run['checkpoint_id']}" if ended else path)
        except ApiError as error:
            if error.status != 404:
                raise
            self.state = None
        self.change("state", self.values.draw)
        if self.state is not None:
            self._draw_messages(self.transcript.apply_state(self.state["values"]))

    async def _read_stream(self) -> None:
        path = f"threads/{self.run['thread_id']}/runs/{self.run_id}/stream"
        try:
            async with self.api.stream(path) as parts:
                async for part in parts:
                    self._draw_messages(self.transcript.apply_part(part.event, part.data))
        except ApiError as error:
            if error.status == 401:
                raise
        finally:
            self._streaming = False

    async def _draw_graph(self) -> None:
        try:
            graph = await self.api.get(f"assistants/{self.run['assistant_id']}/graph")
        except ApiError as error:
            if error.status != 404:
                raise
            return
        self.change("graph", lambda: self.graph.draw(graph, self.timeline.nodes()))

    async def _cancel(self) -> None:
        await self.api.post(f"threads/{self.run['thread_id']}/runs/{self.run_id}/cancel", action="interrupt")

    async def _resume(self, message: dict[str, Any]) -> None:
        if self.busy:
            return
        self.busy, self.refused = True, ""
        self.change("answer", self.answer.draw)
        body = resume_body(self.run, self.interrupts, str(message.get("interrupt_id")), message.get("value"))
        try:
            run = await self.api.post(f"threads/{self.run['thread_id']}/runs", body)
        except ApiError as error:
            self.busy, self.refused = False, error.detail
            self.change("answer", self.answer.draw)
            if error.status == 401:
                raise
            return
        self.change("go", lambda: self.answer.go(f"run?id={run['run_id']}"))

    def _open_payload(self, message: dict[str, Any]) -> None:
        version = message.get("version")
        if isinstance(version, int) and version > 0:
            self.spawn(self._read_payload(version))

    async def _read_payload(self, version: int) -> None:
        found = await self.api.get(f"runs/{self.run_id}/events", after=version - 1, limit=1)
        if found:
            opened = {"version": version, "envelope": found[0]}
            self.change("payload", lambda: self.events.patch({"payload": opened}))

    def _draw_messages(self, messages: list[dict[str, Any]]) -> None:
        if messages:
            self._new_messages.update({one["id"]: one for one in messages})
            self.change("messages", self._patch_messages)

    def _patch_messages(self) -> None:
        changed, self._new_messages = list(self._new_messages.values()), {}
        self.words.patch({"put": changed})

    def _patch_timeline(self) -> None:
        self.bars.patch(self._difference())
        self._light()

    def _light(self) -> None:
        self.graph.light(self.timeline.nodes())

    def _patch_events(self) -> None:
        added, self._new_lines = self._new_lines, []
        self.events.patch({"add": added})

    def _whole_log(self) -> dict[str, Any]:
        return {"rows": self.lines, "live": self.timeline.end is None}

    def _whole_timeline(self) -> dict[str, Any]:
        self.timeline.changed = set(self.timeline.bars)
        return self._difference()

    def _difference(self) -> dict[str, Any]:
        line = self.timeline
        changed, line.changed = line.changed, set()
        return {
            "start": line.start,
            "end": line.end,
            "rows": line.rows,
            "bars": [line.bars[name].wire() for name in sorted(changed)],
            "waits": line.waits,
            "marks": line.marks,
        }

    def _whole_transcript(self) -> dict[str, Any]:
        return {"messages": list(self.transcript.messages.values()), "hidden": not self.transcript.messages}

    def _facts(self) -> dict[str, Any]:
        if not self.run:
            return {"title": "Run", "facts": []}
        asking = {one["run_id"] for one in self.interrupts}
        return run_facts(self.run, self.siblings, asking, unserved=self.unserved)

    def _answer(self) -> dict[str, Any]:
        own = [one for one in self.interrupts if one["run_id"] == self.run_id]
        asked = [{"id": one["interrupt_id"], "node": one["node"], "form": form(one["value"])} for one in own]
        return {"interrupts": asked, "busy": self.busy, "problem": self.refused, "hidden": not asked}

    def _state(self) -> dict[str, Any]:
        if self.state is None:
            return {"empty": {"title": "No state", "text": "A stateless run's state goes with its end."}}
        shown = {key: self.state.get(key) for key in ("values", "next", "tasks", "metadata")}
        return {"value": shown, "at": self.state.get("created_at")}

    def _input(self) -> dict[str, Any]:
        kwargs = self.run.get("kwargs") or {}
        keys = ("input", "command", "context", "interrupt_before", "interrupt_after", "stream_mode")
        shown = {key: kwargs[key] for key in keys if kwargs.get(key)}
        if config := given_config(kwargs):
            shown["config"] = config
        if self.run.get("metadata"):
            shown["metadata"] = self.run["metadata"]
        return {"value": shown or None, "empty": {"title": "No input"}}
