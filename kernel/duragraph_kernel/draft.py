"""A checkpointer inside one transaction: reads see its writes, and nothing stands before the transaction commits."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row

from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.eventstore.rows import write_rows
from duragraph_ext.core.ids import NIL

from .checkpointer import Saver
from .readmodel import Place
from .recording import Recording


@dataclass(frozen=True, slots=True)
class Made:
    """A checkpoint that was made, and the versions of its channels whose value only the graph can tell."""

    place: Place
    derived: Mapping[str, str]


class DraftRecording(Recording):
    """Gathers rows like a run's recording, and writes them into the transaction when they are needed."""

    def __init__(self, connection: AsyncConnection[DictRow]) -> None:
        self._connection = connection
        self._lock = asyncio.Lock()
        self._gathered = Op(NIL, 0)
        self.error = None

    def op(self, *, soon: bool = False, held: bool = False) -> Op:
        """The op that rows join now."""
        return self._gathered

    def commit(self) -> "asyncio.Future[None]":
        """Write what is gathered."""
        return asyncio.ensure_future(self.settle())

    async def settle(self) -> None:
        """Write what is gathered. Raises DataError for a value that the database refuses."""
        async with self._lock:
            op, self._gathered = self._gathered, Op(NIL, 0)
            if op:
                await write_rows(self._connection, op)


class DraftSaver(Saver):
    """Notes the checkpoints that it makes, and those on which tasks write."""

    made: list[Made]
    written: set[Place]
    connection: AsyncConnection[DictRow]

    def begin(self, connection: AsyncConnection[DictRow]) -> None:
        """Work on this connection."""
        self.connection, self.made, self.written = connection, [], set()

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        await self.recording.settle()
        async with self.connection.cursor(binary=True, row_factory=dict_row) as cursor:
            yield cursor

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint. Raises Unstorable for a value that cannot be kept."""
        stored = await super().aput(config, checkpoint, metadata, new_versions)
        ns = stored["configurable"]["checkpoint_ns"]
        derived = self.readmodel.derived_channels(ns)
        versions = {channel: str(version) for channel, version in new_versions.items() if channel in derived}
        self.made.append(Made((ns, checkpoint["id"]), versions))
        return stored

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote. Raises Unstorable."""
        await super().aput_writes(config, writes, task_id, task_path)
        configurable = config["configurable"]
        self.written.add((configurable.get("checkpoint_ns", ""), configurable["checkpoint_id"]))
