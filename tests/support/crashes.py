"""Workers that die with all their runs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from duragraph_ext.core import Core
from duragraph_ext.core.commands.workers import ClaimRequest, Worker, claim, note_end, register_worker
from duragraph_ext.core.duties.sweeper import Sweeper


async def lose_two_workers(core: Core, graphs: Sequence[str], runs: Sequence[UUID]) -> None:
    """Execute runs on two workers that die, one after the other."""
    for _ in range(2):
        worker = Worker(uuid4(), "doomed", "host", 1, None, None, graphs, len(runs), 30)
        await register_worker(core, worker)
        assert len(await claim(core, worker.worker_id, [ClaimRequest(run) for run in runs])) == len(runs)
        assert await note_end(core, "doomed", "host", 1, "SIGKILL")
        await Sweeper(core, 3600).work()
