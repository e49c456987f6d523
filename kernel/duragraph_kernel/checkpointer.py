"""LangGraph's Postgres saver with another write path: fenced, group-committed, and with a JSON read model beside it.

Its tables stay as they are, so that LangGraph's other tools read our threads.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncCursor
from psycopg.rows import DictRow, dict_row

from duragraph_ext.core.eventstore.database import Database

from .jsontext import Unstorable, dumps, is_utf8
from .langgraph_inside import DeltaSnapshot
from .readmodel import ReadModel, is_state
from .recording import Recording
from .serde import Serde

SAFE_INTEGER = 2**63
SAFE_FLOAT = 1e15
"""Beyond this PostgreSQL prints a float without its point, and it would come back as an integer."""
CURRENT = 4
"""LangGraph's version of a checkpoint's form; those of earlier ones are read with their sends from elsewhere."""
COPIED = (
    ("checkpoints", "checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata"),
    ("checkpoint_blobs", "checkpoint_ns, channel, version, type, blob"),
    ("checkpoint_writes", "checkpoint_ns, checkpoint_id, task_id, idx, channel, type, blob, task_path"),
    ("checkpoint_json", "checkpoint_ns, checkpoint_id, tasks, live"),
    ("blob_json", "checkpoint_ns, channel, version, value"),
    ("write_json", "checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, value"),
)
"""Every table that belongs to a thread, with its columns but the thread's id."""


DELETE_FOR_RUNS = """
WITH gone AS (
    DELETE FROM checkpoints WHERE metadata ->> 'run_id' = ANY(%s)
    RETURNING thread_id, checkpoint_ns, checkpoint_id),
shown AS (DELETE FROM checkpoint_json USING gone
    WHERE (checkpoint_json.thread_id, checkpoint_json.checkpoint_ns, checkpoint_json.checkpoint_id) =
          (gone.thread_id, gone.checkpoint_ns, gone.checkpoint_id)),
written AS (DELETE FROM write_json USING gone
    WHERE (write_json.thread_id, write_json.checkpoint_ns, write_json.checkpoint_id) =
          (gone.thread_id, gone.checkpoint_ns, gone.checkpoint_id))
DELETE FROM checkpoint_writes USING gone
    WHERE (checkpoint_writes.thread_id, checkpoint_writes.checkpoint_ns, checkpoint_writes.checkpoint_id) =
          (gone.thread_id, gone.checkpoint_ns, gone.checkpoint_id)
"""


class Saver(AsyncPostgresSaver):
    """One light instance a run; its copies (LangGraph makes some) share the recording and the read model.

    `on_writes` hears of every task's writes, with its id, as they join the op. `stepwise` says that whoever follows the
    graph releases the recording before each step: then a checkpoint goes with what the graph shows of its step.
    `stored` is the row of the thread's latest checkpoint where that is known: the first question for it is no query.
    """

    def __init__(
        self,
        db: Database,
        recording: Recording,
        readmodel: ReadModel,
        serde: Serde | None = None,
        on_writes: Callable[[str, Sequence[tuple[str, Any]]], None] | None = None,
        *,
        stepwise: bool = False,
        stored: DictRow | None = None,
    ) -> None:
        BaseCheckpointSaver.__init__(self, serde=serde or Serde())
        self.db = db
        self.pipe = None
        self.loop = asyncio.get_running_loop()
        self.recording = recording
        self.readmodel = readmodel
        self.on_writes = on_writes
        self.stepwise = stepwise
        self._stored = [] if stored is None or stored["checkpoint"]["v"] < CURRENT else [stored]

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        await self.recording.settle()  # our own writes are seen
        opened = self.db.transaction() if pipeline else self.db.connection()
        async with opened as connection, connection.cursor(binary=True, row_factory=dict_row) as cursor:
            yield cursor

    async def setup(self) -> None:
        """Nothing: the tables come with our migrations."""

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that a config names, or its namespace's latest."""
        configurable = config["configurable"]
        named = configurable.get("checkpoint_id")
        if not named and self.readmodel.is_empty(configurable.get("checkpoint_ns", "")):
            return None
        if self._stored and not named and not configurable.get("checkpoint_ns", ""):
            found: CheckpointTuple | None = self._tuple(self._stored.pop())
        else:
            self._stored.clear()
            found = await super().aget_tuple(config)
        if found is not None:
            self.readmodel.loaded(found)
        return found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; returns when it is durable, unless no node waits for it or its step is to be released.

        Raises Unstorable for a value that cannot be kept, Fenced when the run is no longer ours.
        """
        configurable = config["configurable"]
        thread_id, ns = configurable["thread_id"], configurable.get("checkpoint_ns", "")
        checkpoint_id = checkpoint["id"]
        place = (thread_id, ns)
        held = self.stepwise and not ns and not self.readmodel.is_begin(ns, metadata)
        waits = not held and self.readmodel.is_awaited(ns, checkpoint, metadata)
        described = dumps(get_serializable_checkpoint_metadata(config, metadata))
        derived = self.readmodel.derived_channels(ns)
        inline: dict[str, Any] = {}
        rows: list[tuple[str, str, str, bytes, str | None]] = []
        for channel, value in checkpoint["channel_values"].items():
            if isinstance(value, DeltaSnapshot):
                inline[channel] = True
            elif _is_inline(value):
                inline[channel] = value
                continue
            if channel in new_versions:
                shown = is_state(channel) and channel not in derived and not isinstance(value, DeltaSnapshot)
                rows.append((channel, str(new_versions[channel]), *self._serialise(channel, value, shown)))
        document = dumps({**checkpoint, "channel_values": inline})
        op = self.recording.op(soon=waits, held=held)
        for channel, version, kind, blob, shown_as in rows:
            op.blob(*place, channel, version, kind, blob)
            if shown_as is not None:
                op.json_blob(*place, channel, version, shown_as)
        op.checkpoint(*place, checkpoint_id, configurable.get("checkpoint_id"), document, described)
        self.readmodel.stored(op, thread_id, ns, checkpoint, metadata, new_versions)
        if waits:
            await self.recording.commit()
        return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote, ahead of the checkpoint it leads to or together with it. Raises Unstorable."""
        configurable = config["configurable"]
        place = (
            configurable["thread_id"],
            configurable.get("checkpoint_ns", ""),
            configurable["checkpoint_id"],
        )
        upsert = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        rows = [
            (WRITES_IDX_MAP.get(channel, number), channel, *self._serialise(channel, value, shown=False)[:2])
            for number, (channel, value) in enumerate(writes)
        ]
        texts = self.readmodel.write_texts(writes)
        op = self.recording.op(soon=self.readmodel.stands_alone(*place[1:], task_id))
        for idx, channel, kind, blob in rows:
            op.write(*place, task_id, task_path, idx, channel, kind, blob, upsert=upsert)
        for number, channel, text in texts:
            idx = WRITES_IDX_MAP.get(channel, number)
            op.json_write(*place, task_id, task_path, idx, channel, text)
        self.readmodel.wrote(*place[1:], task_id, writes)
        if self.on_writes is not None:
            self.on_writes(task_id, writes)

    async def adelete_thread(self, thread_id: str) -> None:
        """Remove everything of a thread, the read model included."""
        async with self._cursor(pipeline=True) as cursor:
            for table, _ in COPIED:
                await cursor.execute(f"DELETE FROM {table} WHERE thread_id = %s", (str(thread_id),))  # noqa: S608

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Keep only the latest checkpoints of threads, or nothing of them."""
        if strategy != "delete" or isinstance(thread_ids, str):
            await super().aprune(thread_ids, strategy=strategy)
            return
        for thread_id in thread_ids:
            await self.adelete_thread(thread_id)

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Remove the checkpoints that some runs made, and what was written on them."""
        async with self._cursor(pipeline=True) as cursor:
            await cursor.execute(DELETE_FOR_RUNS, ([str(run_id) for run_id in run_ids],))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy everything of a thread to another one."""
        async with self._cursor(pipeline=True) as cursor:
            for table, columns in COPIED:
                await cursor.execute(
                    f"INSERT INTO {table} (thread_id, {columns}) SELECT %s, {columns} FROM {table} "  # noqa: S608
                    "WHERE thread_id = %s ON CONFLICT DO NOTHING",
                    (str(target_thread_id), str(source_thread_id)),
                )

    async def _load_checkpoint_tuple(self, value: DictRow) -> CheckpointTuple:
        return self._tuple(value)

    def _tuple(self, row: DictRow) -> CheckpointTuple:
        """As LangGraph's, but in this thread: to hand writes to another one takes longer than to read them."""
        place = {"thread_id": row["thread_id"], "checkpoint_ns": row["checkpoint_ns"]}
        checkpoint, parent = row["checkpoint"], row["parent_checkpoint_id"]
        values = {**(checkpoint.get("channel_values") or {}), **self._load_blobs(row["channel_values"])}
        return CheckpointTuple(
            {"configurable": {**place, "checkpoint_id": row["checkpoint_id"]}},
            cast(Checkpoint, {**checkpoint, "channel_values": values}),
            row["metadata"],
            {"configurable": {**place, "checkpoint_id": parent}} if parent else None,
            self._load_writes(row["pending_writes"]),
        )

    def _serialise(self, channel: str, value: Any, shown: bool) -> tuple[str, bytes, str | None]:
        try:
            return (*self.serde.dumps_typed(value), dumps(value) if shown else None)
        except Unstorable as error:
            raise Unstorable(f'the value of "{channel}" cannot be stored: {error}') from None


def _is_inline(value: Any) -> bool:
    """Whether a value survives a stay in the checkpoint's own jsonb document."""
    kind = type(value)
    if value is None or kind is bool:
        return True
    if kind is int:
        return bool(abs(value) < SAFE_INTEGER)
    if kind is float:
        return math.isfinite(value) and bool(abs(value) < SAFE_FLOAT)
    if kind is not str or "\0" in value:
        return False
    text: str = value
    return text.isascii() or is_utf8(text)
