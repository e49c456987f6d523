"""The frames that Postgres has, read once for all who want the same at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from duragraph_ext.core.queries.runs import read_frames

if TYPE_CHECKING:
    from duragraph_ext.core import Core

Position: TypeAlias = tuple[int, int]
"""The epoch and number of the last frame that a client has."""
Row: TypeAlias = tuple[int, int, int, bytes]
PAGE = 64
"""Rows of stored frames that are read at once; a row has some 64 KB at most."""
AT_ONCE = 4
"""Reads under way at most: a crowd of readers leaves connections to everybody else."""


class StoredFrames:
    """One a process."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[tuple[UUID, Position], asyncio.Future[list[Row]]] = {}

    async def after(self, run_id: UUID, position: Position) -> list[Row]:
        """A page of a run's frames behind a position, as of a moment after the question. Raises Unavailable."""
        key = (run_id, position)
        answer = self._asked.get(key)
        if answer is None:
            answer = self._asked[key] = asyncio.ensure_future(self._read(run_id, position))
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to hear it
        return await asyncio.shield(answer)

    async def _read(self, run_id: UUID, position: Position) -> list[Row]:
        async with self._gate:
            del self._asked[run_id, position]  # who asks from now on might miss what is stored meanwhile
            return await read_frames(self._core, run_id, position, PAGE)
