"""State and history from stored JSON are exactly what the graph itself says, whatever its shape."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

import pytest
from duragraph_kernel.checkpointer import Saver
from duragraph_kernel.describe import readmodel_info
from duragraph_kernel.readmodel import ReadModel
from duragraph_kernel.recording import Recording
from duragraph_kernel.snapshots import state_of
from duragraph_kernel.worker import Worker
from langgraph.types import Command

from duragraph_ext.core import jsonx
from duragraph_ext.core.commands.stateasking import create_with_state, update_state
from duragraph_ext.core.commands.threads import NewThread
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.eventstore.replay import differences as replay_differences
from duragraph_ext.core.queries.state import ThreadRow, get_history, get_state, thread_values
from tests.kernel.platform import Platform
from tests.kernel.shapes import SHAPES, FirstAnswer, Fork, Supersteps, Update


def plain(value: Any) -> Any:
    return jsonx.parse(jsonx.dumps(value))


class Thread:
    """A thread of one graph: takes each input in turn, as a client or as an operator would."""

    def __init__(self, platform: Platform, worker: Worker, name: str, durability: str) -> None:
        self.platform = platform
        self.name = name
        self.durability = durability
        self.thread_id = uuid.uuid4()
        self.served = worker.catalogue.graphs[platform.graph_id(name)]
        self.serde = worker.catalogue.serde()
        self.config: Any = {"configurable": {"thread_id": str(self.thread_id)}}

    async def take(self, given: Any) -> None:
        if isinstance(given, Update):
            await self.update(given)
            return
        if isinstance(given, Supersteps):
            await self.write(given.steps)
            return
        kwargs: dict[str, Any] = {}
        if isinstance(given, FirstAnswer):
            snapshot = await self.graph().aget_state(self.config)
            kwargs["command"] = {"resume": {snapshot.interrupts[0].id: given.value}}
        elif isinstance(given, Command):
            kwargs["command"] = {"resume": given.resume, "update": given.update, "goto": given.goto}
        elif isinstance(given, Fork):
            kwargs["checkpoint"] = {"checkpoint_id": await self.checkpoint(given.back)}
        else:
            kwargs["input"] = given
        await self.platform.wait(
            self.name, thread_id=self.thread_id, durability=self.durability, **{"input": None, **kwargs}
        )

    async def update(self, given: Update) -> None:
        checkpoint = None
        if given.back:
            checkpoint = {"checkpoint_id": await self.checkpoint(given.back)}
        elif given.nested:
            state = await self.graph().aget_state(self.config, subgraphs=True)
            named = state.tasks[0].state.config["configurable"]
            checkpoint = {name: named[name] for name in ("checkpoint_id", "checkpoint_ns", "checkpoint_map")}
        await self.write([[{"values": given.values, "as_node": given.as_node}]], checkpoint)

    async def write(self, supersteps: list[Any], checkpoint: Any = None) -> None:
        core = self.platform.core
        if await core.db.fetchone("SELECT 1 FROM threads WHERE thread_id = %s", (self.thread_id,)) is None:
            metadata = {"graph_id": self.served.graph_id}
            await create_with_state(core, LOCAL, NewThread(self.thread_id, metadata), supersteps)
        else:
            await update_state(core, LOCAL, self.thread_id, supersteps, checkpoint)

    async def checkpoint(self, back: int) -> str:
        history = [state async for state in self.graph().aget_state_history(self.config)]
        checkpoint_id: str = history[min(back, len(history) - 1)].config["configurable"]["checkpoint_id"]
        return checkpoint_id

    def recording(self, run_id: UUID) -> Recording:
        return Recording(self.platform.core.writer, run_id, 1, "default", lambda error: None)

    def graph(self, recording: Recording | None = None) -> Any:
        """The graph with a checkpointer that sees the thread as the worker's does."""
        recording = recording or self.recording(uuid.UUID(int=0))
        target: Any = self.served.target
        readmodel = ReadModel(recording, readmodel_info(target), target.trigger_to_nodes)
        return target.copy({"checkpointer": Saver(self.platform.core.db, recording, readmodel, self.serde)})


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
async def test_state_and_history_equal_the_graphs_own(platform: Platform, durability: str) -> None:
    shapes = {name: make() for name, make in SHAPES.items()}
    differing: dict[str, Any] = {}
    async with platform.worker({name: graph for name, (graph, _) in shapes.items()}) as worker:
        for name, (_, inputs) in shapes.items():
            thread = Thread(platform, worker, name, durability)
            for given in inputs:
                await thread.take(given)
            found = await compare(thread)
            if found:
                differing[name] = found
    assert differing == {}
    assert await replay_differences(platform.core.db) == []


async def compare(thread: Thread) -> list[Any]:
    """Where the views differ."""
    core, graph, found = thread.platform.core, thread.graph(), []
    for subgraphs in (False, True):
        own = plain(state_of(await graph.aget_state(thread.config, subgraphs=subgraphs)))
        ours = plain(await get_state(core, LOCAL, thread.thread_id, None, subgraphs))
        found += differences(own, ours, f"state(subgraphs={subgraphs})")
    own_history = [plain(state_of(state)) async for state in graph.aget_state_history(thread.config)]
    our_history = plain(await get_history(core, LOCAL, thread.thread_id, limit=100))
    found += differences(own_history, our_history, "history")
    for own in own_history:
        at = plain(await get_state(core, LOCAL, thread.thread_id, own["checkpoint"]))
        found += differences(own, at, f"state at step {own['metadata']['step']}")
    row = await core.db.fetchone("SELECT * FROM threads WHERE thread_id = %s", (thread.thread_id,))
    assert row is not None
    if row["checkpoint_id"] == own_history[0]["checkpoint_id"]:
        one = ThreadRow(thread.thread_id, row["checkpoint_id"], row["graph_id"], "default")
        values = plain(await thread_values(core, [one]))[str(thread.thread_id)]
        at = plain(await get_state(core, LOCAL, thread.thread_id, own_history[0]["checkpoint"]))
        if not at["tasks"]:
            found += differences(at["values"], values, "values")
    return found


def differences(own: Any, ours: Any, path: str) -> list[str]:
    if isinstance(own, dict) and isinstance(ours, dict):
        return [
            found
            for key in own.keys() | ours.keys()
            for found in differences(own.get(key, "<absent>"), ours.get(key, "<absent>"), f"{path}.{key}")
        ]
    if isinstance(own, list) and isinstance(ours, list) and len(own) == len(ours):
        return [
            found
            for number, (left, right) in enumerate(zip(own, ours, strict=True))
            for found in differences(left, right, f"{path}[{number}]")
        ]
    return [] if own == ours else [f"{path}: graph {own!r:.200}, stored {ours!r:.200}"]
