"""The runs that a worker executes now."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from uuid import UUID

from duragraph_ext.core import Core
from duragraph_ext.core.commands.workers import Claim

from .catalogue import Catalogue
from .run import Execution

log = logging.getLogger(__name__)


class Slots:
    """Begins runs and keeps them until they end.

    `on_end` is called when a run ended, with its execution and task; `on_deadline` with the moment (monotonic) at
    which the first of the runs must have ended, None without runs.
    """

    def __init__(
        self,
        core: Core,
        catalogue: Catalogue,
        run_timeout: float,
        on_end: Callable[[Execution, "asyncio.Task[None]"], None],
        on_deadline: Callable[[float | None], None],
    ) -> None:
        self._core = core
        self._catalogue = catalogue
        self._run_timeout = run_timeout
        self._on_end = on_end
        self._on_deadline = on_deadline
        self._executions: dict[UUID, Execution] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._deadlines: dict[UUID, float] = {}
        self._returned: dict[UUID, Claim] = {}
        self.done = 0

    def __len__(self) -> int:
        return len(self._executions)

    def __iter__(self) -> Iterator[Execution]:
        return iter(list(self._executions.values()))

    def begin(self, claims: Iterable[Claim]) -> None:
        """Execute claimed runs."""
        for claim in claims:
            before = self._executions.get(claim.run_id)
            if before is None:
                self._begin(claim)
            elif claim.epoch > before.claim.epoch:  # our own attempt lost the run, and has not noticed yet
                self._returned[claim.run_id] = claim
                before.cancel(ended=False)

    def attach(self, run_id: UUID) -> None:
        """Somebody reads a run's frames."""
        if (execution := self._executions.get(run_id)) is not None:
            execution.attach()

    def cancel(self, run_id: UUID) -> "asyncio.Task[None] | None":
        """Stop a run that has been ended; its task, to see that it does stop."""
        if (execution := self._executions.get(run_id)) is None:
            return None
        execution.cancel(ended=True)
        return self._tasks[run_id]

    def abandon(self) -> None:
        """Stop every run; they are others' now."""
        self._returned.clear()
        for execution in self:
            execution.cancel(ended=False)

    async def empty(self, timeout: float) -> None:
        """Wait until every run has stopped, at most `timeout` seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=timeout)

    def _begin(self, claim: Claim) -> None:
        served = self._catalogue.graphs[claim.graph_id]
        execution = Execution(self._core, claim, served, self._catalogue.serde(), self._run_timeout)
        self._executions[claim.run_id] = execution
        self._deadlines[claim.run_id] = time.monotonic() + self._run_timeout
        task = asyncio.create_task(execution.execute(), name=f"run {claim.run_id}")
        self._tasks[claim.run_id] = task
        task.add_done_callback(partial(self._ended, claim.run_id))
        self._on_deadline(next(iter(self._deadlines.values())))

    def _ended(self, run_id: UUID, task: "asyncio.Task[None]") -> None:
        execution = self._executions.pop(run_id)
        del self._tasks[run_id], self._deadlines[run_id]
        self.done += 1
        self._on_deadline(next(iter(self._deadlines.values()), None))
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("run %s could not be ended; it will be taken up again", run_id, exc_info=error)
        if (claim := self._returned.pop(run_id, None)) is not None:
            self._begin(claim)
        self._on_end(execution, task)
