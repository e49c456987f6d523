"""A run in the hand: wait for it, look into it, answer it, stop it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from duragraph_ext.client import frames, panes
from duragraph_ext.client.errors import DuraGraphError, RunCancelled
from duragraph_ext.client.interrupts import Interrupt
from duragraph_ext.client.progress import Progress
from duragraph_ext.client.sse import StreamPart

if TYPE_CHECKING:
    from pandas import DataFrame

    from duragraph_ext.client.client import Client
    from duragraph_ext.client.threads import Thread


class Run:
    """One execution of a graph on a thread. `await run` gives its final values."""

    def __init__(self, client: Client, thread_id: str, run_id: str, graph_id: str = "") -> None:
        self._client = client
        self.thread_id = thread_id
        self.run_id = run_id
        self._graph_id = graph_id
        self._final: Progress | None = None

    @property
    def graph_id(self) -> str:
        """The name of the run's graph."""
        if not self._graph_id:
            self._graph_id = self.progress().graph_id
        return self._graph_id

    @property
    def thread(self) -> Thread:
        """The thread that the run works on."""
        return self._client.thread(self.thread_id)

    def __await__(self) -> Generator[Any, None, Any]:
        return asyncio.wrap_future(self._client.portal.start(self._outcome(None))).__await__()

    def wait(self, timeout: float | None = None) -> Any:
        """Wait for the run's end and return the final values, with `__interrupt__` when it asks a question.

        Raises RunFailed as the run did, RunCancelled, or TimeoutError after `timeout` seconds.
        """
        return self._client.call(self._outcome(timeout))

    async def _outcome(self, timeout: float | None) -> Any:
        try:
            values = await self._client.aio.join(self.thread_id, self.run_id, timeout)
        finally:
            await self._client.caught_up(self)
        row = await self._client.aio.get_run(self.run_id)
        if row["status"] == "interrupted" and (await self._progress()).status != "interrupted":
            raise RunCancelled(self.run_id)
        return values

    @property
    def status(self) -> str:
        """`pending`, `running`, `success`, `error`, `timeout`, `interrupted` (it waits for an answer),
        `cancelled` or `rolled back`."""
        return self.progress().status

    @property
    def error(self) -> dict[str, str] | None:
        """`{"error", "message"}` of a run that failed."""
        error = self.progress().error
        return dict(error) if error else None

    @property
    def state(self) -> dict[str, Any]:
        """The thread's state: values, next nodes, tasks and their interrupts."""
        return self._client.call(self._client.aio.state(self.thread_id))

    def history(self, limit: int = 10) -> list[dict[str, Any]]:
        """The thread's states, newest first."""
        return self._client.call(self._client.aio.history(self.thread_id, limit))

    def events(self) -> DataFrame:
        """The run's events as a DataFrame."""
        return frames.events(self._client.call(self._client.aio.run_events(self.run_id)))

    def executions(self) -> DataFrame:
        """The run's node executions as a DataFrame, with `seconds`."""
        return frames.executions(self._client.call(self._client.aio.executions(self.run_id)))

    @property
    def interrupts(self) -> list[Interrupt]:
        """The questions of this run that wait for an answer."""
        rows = self._client.call(self._client.aio.interrupts(thread_id=self.thread_id))
        return [Interrupt(self, row) for row in rows if str(row["run_id"]) == self.run_id]

    def resume(self, value: Any, **options: Any) -> Run:
        """Answer the open question: a new run on the same thread, which a live view of this one shows too.

        With several questions open, `value` maps each interrupt's id to its answer. `options` as in
        `Client.run`.
        """
        progress = self.progress()
        return self._client.run(
            progress.assistant_id,
            command={"resume": value},
            thread=self.thread_id,
            graph_id=progress.graph_id,
            **options,
        )

    def cancel(self, *, rollback: bool = False) -> None:
        """Ask for the run's end; with `rollback` its work is taken back too."""
        action = "rollback" if rollback else "interrupt"
        self._client.call(self._client.aio.cancel(self.thread_id, self.run_id, action=action))

    async def stream(self, modes: Sequence[str] = (), *, after: str = "-1") -> AsyncIterator[StreamPart]:
        """Yield what the run streams, from its start or after an event's id; resumes by itself.

        Ends with the run. `modes` are among those that the run was created with.
        """
        queue: asyncio.Queue[StreamPart | BaseException | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(item: StreamPart | BaseException | None) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, item)

        pump = self._client.portal.start(self._pump(modes, after, put))
        try:
            while (item := await queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            pump.cancel()

    async def _pump(self, modes: Sequence[str], after: str, put: Any) -> None:
        last = after
        try:
            while True:
                stream = self._client.aio.run_stream(
                    self.thread_id, self.run_id, modes, last_id=last, is_over=lambda: True
                )
                async with aclosing(stream) as parts:
                    async for part in parts:
                        last = part.id or last
                        put(part)
                if (await self._progress()).is_over:
                    put(None)
                    return
        except DuraGraphError as error:
            put(error)

    def progress(self) -> Progress:
        """What the run's events tell, as it stands now."""
        return self._client.call(self._progress())

    async def _progress(self) -> Progress:
        if self._final is not None:
            return self._final
        progress = Progress(self._graph_id, self.thread_id)
        for envelope in await self._client.aio.run_events(self.run_id):
            progress.apply(envelope)
        if progress.is_over:
            self._final = progress
        return progress

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            progress = self.progress()
            shape = self._client.shape(progress.graph_id)
        except DuraGraphError as error:
            return {"text/plain": f"<Run {self.run_id}: {error}>"}
        now = time.time() + self._client.clock_offset
        return {"text/plain": progress.describe(self.run_id), "text/html": panes.snapshot(progress, shape, now)}

    def __repr__(self) -> str:
        try:
            return self.progress().describe(self.run_id)
        except DuraGraphError as error:
            return f"<Run {self.run_id}: {error}>"
