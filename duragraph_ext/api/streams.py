"""Runs as streams of events: created and followed, or joined later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from duragraph_ext.core import jsonx
from duragraph_ext.core.domain.errors import NotFound
from duragraph_ext.core.ids import uuid7
from duragraph_ext.core.messaging import subjects
from duragraph_ext.core.queries.runs import frames_dropped_at, get_run
from duragraph_ext.core.queries.state import get_state
from duragraph_ext.models import FollowQuery, JoinStreamQuery, RunWaitStateful, RunWaitStateless

from .frames import END, START, RunFrames, parse_position
from .live import Reader
from .operation import operation
from .reading import attach, reading
from .run_answers import UNFINISHED, UNKNOWN_RUN
from .run_requests import RunRequest
from .sse import SseHandler
from .stored_frames import Position

EXPIRED = "The events of this run are no longer kept; its state follows."


class _RunStreamHandler(SseHandler):
    async def create_and_stream(self, body: RunWaitStateful | RunWaitStateless, thread_id: UUID | None) -> None:
        self.count_in()
        request = RunRequest(body, thread_id=thread_id, streaming=True, key=self.idempotency_key)
        run_id = uuid7()
        async with reading(self.api, run_id) as reader:  # before the run exists, so that no frame is missed
            created = await request.accept(self.core, self.principal, self.api.limits, run_id, self.api.durability)
            self.name(created.run["run_id"], thread_id)
            cancels = body.on_disconnect == "cancel"
            if created.created:
                self.attend(created.run["thread_id"], run_id, cancels=cancels)
                await self.follow(reader, run_id, START, [])
        if not created.created:
            await self.rejoin(created.run, START, JoinStreamQuery(cancel_on_disconnect=cancels))

    def name(self, run_id: UUID, thread_id: UUID | None) -> None:
        """Tell the client which run this is and where to come back to."""
        base = f"/threads/{thread_id}/runs/{run_id}" if thread_id else f"/runs/{run_id}"
        self.set_header("Location", f"{base}/stream")
        self.set_header("Content-Location", base)

    async def say_hidden(self, kind: str) -> None:
        """As for a run that there is not."""
        path = {
            name: UUID(str(given, "ascii") if isinstance(given, bytes) else given)
            for name, given in self.path_kwargs.items()
        }
        run_id = path.get("run_id") or UUID(self.get_query_argument("run_id"))
        self.name(run_id, path.get("thread_id"))
        await super().say_hidden(kind)

    async def join(self, thread_id: UUID | None, run_id: UUID, query: JoinStreamQuery) -> None:
        """Follow a run from Last-Event-ID, or from now; one that has ended only replays."""
        if query.cancel_on_disconnect:
            self.require_intention()
        self.name(run_id, thread_id)
        position = parse_position(self.request.headers.get("Last-Event-ID"))
        try:
            run = await get_run(self.core, self.principal, thread_id, run_id)
        except NotFound:
            await self.start_stream()
            self.finish(b"event: error\ndata: " + jsonx.dumps(UNKNOWN_RUN) + b"\n\n")
            return
        await self.rejoin(run, position, query)

    async def rejoin(self, run: dict[str, Any], position: Position | None, query: JoinStreamQuery) -> None:
        """Follow a run that exists."""
        run_id = run["run_id"]
        asked: object = None
        async with reading(self.api, run_id) as reader:
            if position is not None:
                reader.lose()
            try:
                # read again: now that we listen, nothing that happens after this is missed
                run = await get_run(self.core, self.principal, None, run_id)
                kwargs = jsonx.parse(jsonx.dumps(run["kwargs"]))
                if run["status"] not in UNFINISHED:
                    if position is not None and await frames_dropped_at(self.core, self.principal, run_id):
                        await self.tell_expired(run)
                        return
                    reader.end(complete=True)
                elif not (kwargs["streaming"] or kwargs["resumable"]):
                    asked = await self.ask_for_frames(run_id)
                self.attend(run["thread_id"], run_id, cancels=query.cancel_on_disconnect)
                await self.follow(reader, run_id, position, query.stream_mode)
            finally:
                if asked is not None:
                    await self.api.tail.forget(asked)

    async def tell_expired(self, run: dict[str, Any]) -> None:
        """Say that the events of a run that has ended are gone, and show the state that it left."""
        state: dict[str, Any] = {}
        if run["checkpoint_id"] is not None:
            checkpoint = {"checkpoint_id": run["checkpoint_id"]}
            state = jsonx.parse(jsonx.dumps(await get_state(self.core, self.principal, run["thread_id"], checkpoint)))
        await self.start_stream()
        self.write(b"event: expired\ndata: " + jsonx.dumps({"message": EXPIRED}) + END)
        self.finish(b"event: values\ndata: " + jsonx.dumps(state.get("values")) + END)

    async def follow(self, reader: Reader, run_id: UUID, position: Position | None, modes: Sequence[str]) -> None:
        """Send the run's frames until it ends."""
        frames = RunFrames(
            self.api.live,
            reader,
            run_id,
            position=position,
            keepalive=self.api.keepalive,
            modes=modes,
        )
        await self.start_stream()
        await self.pump("run", frames.chunks())
        if self.gone:
            return
        if reader.over:
            self.release()
            self.finish()
        else:
            self.hang_up()

    async def ask_for_frames(self, run_id: UUID) -> object:
        """Have the run's worker send frames that nobody asked for so far: now, and whenever it is claimed."""

        def claimed(event: dict[str, Any] | None) -> None:
            if event is None or event["event_type"] != "run.started":
                return
            if event["aggregate_id"] == str(run_id):
                self.core.later(attach(self.core, run_id, event["payload"]["worker_id"]))

        key = await self.api.tail.listen([subjects.events("runs", self.principal.tenant_id)], claimed)
        run = await get_run(self.core, self.principal, None, run_id)
        if run["status"] == "running" and run["worker_id"] is not None:
            await attach(self.core, run_id, run["worker_id"])
        return key


class ThreadRunsStream(_RunStreamHandler):
    """POST /threads/{thread_id}/runs/stream"""

    @operation(
        "Create a run and stream its events",
        auth="threads.create_run",
        body=RunWaitStateful,
        medium="sse",
        errors=(404, 409),
        creates=True,
    )
    async def post(self, thread_id: UUID, body: RunWaitStateful) -> None:
        await self.create_and_stream(body, thread_id)


class RunsStream(_RunStreamHandler):
    """POST /runs/stream"""

    @operation(
        "Create a stateless run and stream its events",
        auth="threads.create_run",
        body=RunWaitStateless,
        creates=True,
        medium="sse",
        errors=(404, 409),
    )
    async def post(self, body: RunWaitStateless) -> None:
        await self.create_and_stream(body, None)


class ThreadRunStream(_RunStreamHandler):
    """GET /threads/{thread_id}/runs/{run_id}/stream"""

    @operation("Join the stream of a run", auth="threads.read", query=JoinStreamQuery, medium="sse")
    async def get(self, thread_id: UUID, run_id: UUID, query: JoinStreamQuery) -> None:
        await self.join(thread_id, run_id, query)


class Follow(_RunStreamHandler):
    """GET /stream"""

    @operation("Join the stream of a run named in the query", auth="threads.read", query=FollowQuery, medium="sse")
    async def get(self, query: FollowQuery) -> None:
        await self.join(None, query.run_id, query)


class RunStream(_RunStreamHandler):
    """GET /runs/{run_id}/stream"""

    @operation("Join the stream of a run", auth="threads.read", query=JoinStreamQuery, medium="sse")
    async def get(self, run_id: UUID, query: JoinStreamQuery) -> None:
        await self.join(None, run_id, query)
