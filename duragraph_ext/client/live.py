"""Keep a run's Progress true while it goes on, through lost connections and into the run that resumes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from duragraph_ext.client.aio import AsyncClient
from duragraph_ext.client.errors import ApiError, DuraGraphError
from duragraph_ext.client.progress import Phase, Progress, goes_on

LAST_FRAMES_SECONDS = 5.0


class Follower:
    """Feeds a Progress from the server's events and the run's stream, and says when it changed."""

    def __init__(
        self,
        client: AsyncClient,
        thread_id: str,
        run_id: str,
        progress: Progress,
        changed: Callable[[], None],
    ) -> None:
        self.client, self.thread_id, self.run_id = client, thread_id, run_id
        self.progress, self._changed = progress, changed
        self._lost: set[str] = set()

    async def follow(self) -> None:
        """Follow the run, and the runs that resume it, until one ends without a pause.

        A refusal of the server ends it, with `progress.trouble` saying why.
        """
        run_id: str | None = self.run_id
        try:
            while run_id is not None:
                await self._run(run_id)
                run_id = await self._resumption() if self.progress.is_paused else None
        except DuraGraphError as error:
            self.progress.trouble = error.detail if isinstance(error, ApiError) else str(error)
            self._changed()

    async def _run(self, run_id: str) -> None:
        frames = asyncio.create_task(self._frames(run_id))
        try:
            await self._events(run_id)
            await asyncio.wait((frames,), timeout=LAST_FRAMES_SECONDS)
            if frames.done():
                frames.result()
        finally:
            frames.cancel()
        if self.progress.status == "success" and self.progress.values is None:
            self.progress.values = await self.client.join(self.thread_id, run_id, LAST_FRAMES_SECONDS)
            self._changed()

    async def _events(self, run_id: str) -> None:
        def is_over() -> bool:
            phase = self._phase(run_id)
            return phase is not None and phase.is_over

        connection = self._connection("events")
        stream = self.client.event_stream(run_id=run_id, is_over=is_over, on_connection=connection)
        async with aclosing(stream) as parts:
            async for part in parts:
                if self.progress.apply(part.data):
                    self._changed()
                if is_over():
                    return

    async def _frames(self, run_id: str) -> None:
        def is_over() -> bool:
            phase = self._phase(run_id)
            return phase is not None and phase.is_over

        stream = self.client.run_stream(
            self.thread_id, run_id, is_over=is_over, on_connection=self._connection("frames")
        )
        async with aclosing(stream) as parts:
            async for part in parts:
                if self.progress.apply_frame(part.event, part.data):
                    self._changed()

    async def _resumption(self) -> str | None:
        """The run that goes on from here, whoever starts it; None when one with a new input replaces it."""
        known = {phase.run_id for phase in self.progress.phases}
        last = self.progress.phases[-1]
        stream = self.client.event_stream(
            thread_id=self.thread_id, types=("run",), on_connection=self._connection("events")
        )
        earlier = True
        async with aclosing(stream) as parts:
            async for part in parts:
                run_id = str(part.data["aggregate_id"])
                earlier = earlier and run_id != last.run_id
                if earlier or run_id in known or part.data["event_type"] != "run.created":
                    continue
                if goes_on(part.data["payload"]):
                    return run_id
                self.progress.questions.clear()
                self._changed()
                return None
        return None

    def _phase(self, run_id: str) -> Phase | None:
        return next((phase for phase in self.progress.phases if phase.run_id == run_id), None)

    def _connection(self, name: str) -> Callable[[bool], None]:
        """Both streams must be connected for the picture to be called live."""

        def note(connected: bool) -> None:
            (self._lost.discard if connected else self._lost.add)(name)
            if self.progress.connected == bool(self._lost):
                self.progress.connected = not self._lost
                self._changed()

        return note
