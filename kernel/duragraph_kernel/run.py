"""Executes one claimed run, and makes its end durable."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from duragraph_ext.core import Core
from duragraph_ext.core.commands.workers import Claim, release_run
from duragraph_ext.core.domain.errors import Fenced, Unavailable
from duragraph_ext.core.domain.items import Fence
from duragraph_ext.core.domain.principal import Principal
from duragraph_ext.core.eventstore.op import Op

from .checkpointer import Saver
from .config import changes_state, run_config, run_input
from .describe import readmodel_info
from .frames import error_frame, metadata_frame
from .jsontext import loose_dumps
from .loader import ServedGraph
from .nodes import NodeLog
from .outlet import Outlet
from .readmodel import ReadModel
from .recording import Recording, is_fenced, is_unavailable, now
from .serde import Serde
from .store import RunStore
from .stream import Stream, is_stepwise

log = logging.getLogger(__name__)
LATEST_RUN = """
SELECT metadata ->> 'run_id' AS run_id FROM checkpoints
WHERE thread_id = %s AND checkpoint_ns = '' ORDER BY checkpoint_id DESC LIMIT 1
"""
AGAIN_SECONDS = 0.5
"""Between tries to hand a run back while the database is away."""
current_run: ContextVar[UUID | None] = ContextVar("current_run", default=None)
"""The run on whose behalf code executes."""


@dataclass(frozen=True)
class Ending:
    """What became of a run and its thread."""

    status: str
    thread_status: str
    error: Mapping[str, Any] | None = None

    @classmethod
    def failed(cls, error: Exception) -> "Ending":
        """The end of a run whose graph raised."""
        return cls("error", "error", {"error": type(error).__name__, "message": str(error)})


class Execution:
    """One attempt at a run. `execute` returns when its end is durable, or when the run is somebody else's."""

    def __init__(self, core: Core, claim: Claim, served: ServedGraph, serde: Serde, timeout: float) -> None:
        self.claim = claim
        self._core = core
        self._served = served
        self._serde = serde
        self._timeout = timeout
        self._recording = Recording(core.writer, claim.run_id, claim.epoch, claim.tenant_id, self._on_lost)
        self._task: asyncio.Task[None] | None = None
        self._stream: Stream | None = None
        self._outlet: Outlet | None = None
        self._lost = False
        self._ended = False
        self.timed_out = False
        if claim.watched or claim.kwargs.get("streaming") or claim.kwargs.get("resumable"):
            self.attach()

    def attach(self) -> None:
        """Make frames from now on: somebody reads them."""
        if self._outlet is None:
            run_id = str(self.claim.run_id)
            self._outlet = Outlet(self._core.bus, self._recording, run_id)
            self._outlet.push(metadata_frame(run_id, self.claim.attempt))
            if self._stream is not None:
                self._stream.outlet = self._outlet

    def cancel(self, *, ended: bool) -> None:
        """Stop the run; `ended` if that has been made its end already, else another attempt will follow."""
        self._ended = ended
        if self._task is not None:
            self._task.cancel()

    async def execute(self) -> None:
        """Run to the end."""
        self._task = asyncio.current_task()
        current_run.set(self.claim.run_id)
        try:
            ending = await self._outcome()
            if ending is not None:
                self._task = None
                await self._finish(ending)
        except Fenced:
            log.info("run %s went to another attempt", self.claim.run_id)
        finally:
            self._recording.discard()
            if self._outlet is not None:
                self._outlet.stop()
                if self._ended:
                    await self._outlet.end()

    def _on_lost(self, error: Exception) -> None:
        """A write failed; when another attempt owns the run, nothing that the graph does from here on counts."""
        self._lost = is_fenced(error)
        if self._lost and self._task is not None and not self._ended:
            self._task.cancel()

    async def _outcome(self) -> Ending | None:
        """What becomes of the run; None when it is no longer ours."""
        try:
            async with asyncio.timeout(self._timeout) as deadline:
                await self._work()
        except asyncio.CancelledError:
            if not self._lost or self._task is None or self._task.uncancel():
                raise
            return None
        except Exception as error:
            if self._lost or is_fenced(error):
                return None
            if is_unavailable(error):
                await self._hand_back()
                return None
            if isinstance(error, TimeoutError) and deadline.expired():
                self.timed_out = True
                message = f"the run did not end within {self._timeout:g} s"
                return Ending("timeout", "error", {"error": "TimeoutError", "message": message})
            log.debug("run %s failed", self.claim.run_id, exc_info=error)
            return Ending.failed(self._recording.error or error)
        assert self._stream is not None
        return Ending("success", "interrupted" if self._stream.next else "idle")

    async def _hand_back(self) -> None:
        """Let the run wait again: it is not its fault that our database went away. Another attempt goes on with it."""
        log.warning("the database went away under run %s: handing it back", self.claim.run_id)
        while True:
            try:
                reason = "the database went away"
                return await release_run(self._core, self.claim.run_id, self.claim.thread_id, reason)
            except (Unavailable, psycopg.OperationalError):
                await asyncio.sleep(AGAIN_SECONDS)

    async def _work(self) -> None:
        claim, kwargs = self.claim, self.claim.kwargs
        continues = await self._continues()
        config = run_config(claim, continues=continues)
        async with self._served.open(config) as graph:
            info = self._served.info or readmodel_info(graph)
            command = None if continues else kwargs.get("command")
            readmodel = ReadModel(
                self._recording,
                info,
                graph.trigger_to_nodes,
                fresh=claim.epoch == 1 and bool(kwargs.get("temporary")),
                holds=kwargs.get("durability") == "exit",
                commanded=changes_state(command),
            )
            nodes = NodeLog(self._recording, claim.thread_id, claim.attempt, readmodel.finished_before)
            stepwise = is_stepwise(kwargs)
            saver = Saver(
                self._core.db, self._recording, readmodel, self._serde, nodes.wrote, stepwise=stepwise,
                stored=claim.stored,
            )  # fmt: skip
            store = RunStore(self._core, Principal(claim.tenant_id, claim.owner), Fence(claim.run_id, claim.epoch))
            graph = graph.copy({"checkpointer": saver, "store": store})
            self._stream = Stream(claim, graph, info, self._recording, readmodel, nodes, self._outlet)
            await self._stream.run(run_input(claim, continues=continues), config)

    async def _continues(self) -> bool:
        """Whether an earlier attempt left checkpoints of this run to go on from."""
        if self.claim.epoch == 1:
            return False
        row = await self._core.db.fetchone(LATEST_RUN, (str(self.claim.thread_id),))
        return row is not None and row["run_id"] == str(self.claim.run_id)

    async def _finish(self, ending: Ending) -> None:
        """Make the end durable, with everything that has not left yet."""
        stream, failure = self._stream, ending.error
        if stream is not None:
            if failure is not None:
                stream.nodes.abandon(f"{failure['error']}: {failure['message']}")
            await stream.settle(complete=ending.thread_status == "idle")
        if self._recording.error is None:
            try:
                await self._end(self._recording.op(soon=True), ending, self._recording.commit)
                return
            except psycopg.Error as error:
                ending = Ending.failed(error)
        elif failure is None:
            ending = Ending.failed(self._recording.error)
        # rows were refused: the end goes without them
        op = Op(self.claim.run_id, self.claim.epoch, self.claim.tenant_id)
        await self._end(op, ending, lambda: self._core.writer.submit(op))

    async def _end(self, op: Op, ending: Ending, commit: Callable[[], Awaitable[None]]) -> None:
        """Put the end into `op`, commit it, and let the last frames go."""
        stream, failure = self._stream, ending.error
        if self._outlet is not None:
            if failure is not None:
                self._outlet.push(error_frame(failure))
            self._outlet.finish(op)
        error = loose_dumps(failure).decode() if failure is not None else None
        checkpoint_id = stream.readmodel.root if stream is not None else None
        op.finish(ending.status, self.claim.thread_id, ending.thread_status, checkpoint_id, error, now())
        if stream is not None and failure is None:
            op.done_values = stream.final_values()
        await commit()
        if self._outlet is not None:
            await self._outlet.end()
