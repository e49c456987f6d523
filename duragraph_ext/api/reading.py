"""Reading a run's frames: a live reader that also hears of the run's end, and the order to make frames."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.messaging import subjects

if TYPE_CHECKING:
    from .context import ApiContext
    from .live import Reader


@asynccontextmanager
async def reading(api: ApiContext, run_id: UUID) -> AsyncIterator[Reader]:
    """A reader of the run's live frames that also hears of its end."""
    reader = await api.live.join(run_id)
    end = api.outcomes.expect(run_id)
    end.add_done_callback(lambda end: None if end.cancelled() else reader.end(complete=False))
    try:
        yield reader
    finally:
        api.outcomes.forget(run_id, end)
        await api.live.leave(run_id, reader)


async def attach(core: Core, run_id: UUID, worker_id: UUID | str) -> None:
    """Have a worker make frames of a run from now on, if it does not yet."""
    await core.bus.publish(subjects.control(worker_id), jsonx.dumps({"attach": run_id}))
