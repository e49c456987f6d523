"""The state of a run that an HTTP worker executes: an object whose keys are its channels, one checkpoint a change.

Its rows are those that LangGraph's checkpointer and our read model would have written, so that a thread reads the
same whoever works on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ..eventstore.store import sql
from ..ids import checkpoint_id_after
from ..jsonx import parse, text

PULL = "__pregel_pull"
INTERRUPT, ERROR = "__interrupt__", "__error__"


@dataclass
class RemoteState:
    """Where a run stands. Written inside the transaction that has locked the run."""

    connection: AsyncConnection[DictRow]
    thread_id: str
    run_id: str
    metadata: Mapping[str, Any]
    checkpoint_id: str | None = None
    newest: str | None = None
    own: bool = False
    step: int = -2
    inline: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    tasks: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    async def load(
        cls, connection: AsyncConnection[DictRow], thread_id: UUID, run_id: UUID, begins: str | None,
        metadata: Mapping[str, Any],
    ) -> "RemoteState":  # fmt: skip
        """The state that a run has reached, or begins with: at a checkpoint, else where its thread is."""
        state = cls(connection, str(thread_id), str(run_id), metadata)
        names = {"thread": state.thread_id, "run": state.run_id, "at": None}
        row = await (await connection.execute(sql("remote", "checkpoint"), names)).fetchone()
        state.newest = row["checkpoint_id"] if row else None
        if row is not None and not row["own"] and begins is not None:
            row = await (await connection.execute(sql("remote", "checkpoint"), {**names, "at": begins})).fetchone()
        if row is None:
            return state
        checkpoint = parse(row["checkpoint"])
        state.checkpoint_id, state.own = row["checkpoint_id"], row["own"]
        state.step = parse(row["metadata"]).get("step", -1)
        state.inline, state.versions = checkpoint.get("channel_values", {}), checkpoint["channel_versions"]
        beside = zip(row["channels"] or (), row["channel_values"] or (), strict=True)
        shown = {**state.inline, **{channel: parse(value) for channel, value in beside}}
        state.values = {name: value for name, value in shown.items() if not name.startswith(("__", "branch:", "join:"))}
        state.tasks = parse(row["tasks"]) or [] if state.own else []
        return state

    async def save(self, changes: Mapping[str, Any], source: str, at: datetime) -> None:
        """Merge changes into the values, as a new checkpoint without open tasks."""
        parent, self.step = self.checkpoint_id, self.step + 1
        self.checkpoint_id = self.newest = checkpoint_id_after(self.newest)
        number = max((int(version.partition(".")[0]) for version in self.versions.values()), default=0) + 1
        version = f"{number:032}.{self.checkpoint_id}"
        for channel, value in changes.items():
            self.inline.pop(channel, None)
            self.versions[channel] = version
            self.values[channel] = value
            await self.connection.execute(
                sql("remote", "put_channel"),
                {"thread": self.thread_id, "channel": channel, "version": version, "value": text(value)},
            )
        checkpoint = {
            "v": 4, "id": self.checkpoint_id, "ts": at.isoformat(), "channel_values": self.inline,
            "channel_versions": self.versions, "versions_seen": {}, "updated_channels": sorted(changes),
        }  # fmt: skip
        about = {**self.metadata, "source": source, "step": self.step, "parents": {}, "run_id": self.run_id}
        await self.connection.execute(
            sql("remote", "put_checkpoint"),
            (self.thread_id, self.checkpoint_id, parent, text(checkpoint), text(about)),
        )
        self.own = True
        await self.show([])

    async def show(self, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Let the checkpoint tell which tasks come next."""
        self.tasks = [dict(task) for task in tasks]
        await self.connection.execute(
            sql("remote", "put_tasks"), (self.thread_id, self.checkpoint_id, text(self.tasks))
        )

    async def wrote(self, task_id: str, writes: Sequence[tuple[str, Any]]) -> None:
        """Let the checkpoint tell what a task of it came to."""
        for number, (channel, value) in enumerate(writes):
            await self.connection.execute(
                sql("remote", "put_write"),
                (self.thread_id, self.checkpoint_id, task_id, number, channel, text(value)),
            )


def task(task_id: str, node: str) -> dict[str, Any]:
    """A task of a checkpoint."""
    return {"id": task_id, "name": node, "path": [PULL, node], "sub": None}
