"""A claim brings the state along from which its run goes on: exactly what a query would find, and no query is made."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from duragraph_kernel.checkpointer import Saver
from duragraph_kernel.readmodel import ReadModel
from duragraph_kernel.recording import Recording
from duragraph_kernel.serde import Serde
from langchain_core.runnables import RunnableConfig
from psycopg.rows import DictRow

from duragraph_ext.core.commands.workers import Claim, ClaimRequest, Worker, claim, register_worker, release_run
from tests.kernel.platform import Platform, values
from tests.kernel.shapes import SHAPES, State, adds, chain, two_nodes

VARIED = (
    "linear", "sends_that_ask", "two_questions", "subgraph_asks", "fails", "messages", "delta_channel",
    "exotic_channels", "functional_open",
)  # fmt: skip


def saver(platform: Platform, granted: Claim, stored: DictRow | None) -> Saver:
    recording = Recording(platform.core.writer, granted.run_id, granted.epoch, "default", lambda error: None)
    return Saver(platform.core.db, recording, ReadModel(recording, {}, {}), Serde(), stored=stored)


def place(thread_id: uuid.UUID, **more: str) -> RunnableConfig:
    return {"configurable": {"thread_id": str(thread_id), "checkpoint_ns": "", **more}}


async def granted_after(platform: Platform, graph: Any, thread_id: uuid.UUID, given: Any) -> tuple[uuid.UUID, Claim]:
    """Run a graph to its end or pause; then the claim of another run on its thread, and the worker that made it."""
    async with platform.worker({"g": graph}):
        await platform.wait("g", given, thread_id=thread_id)
    run = await platform.start("g", given, thread_id=thread_id)
    worker = Worker(uuid.uuid4(), "w", "host", 1, None, None, [platform.graph_id("g")], 16, 30)
    await register_worker(platform.core, worker)
    (granted,) = await claim(platform.core, worker.worker_id, [ClaimRequest(run["run_id"])])
    return worker.worker_id, granted


@pytest.mark.parametrize("shape", VARIED)
async def test_a_claim_tells_what_a_query_finds(platform: Platform, shape: str) -> None:
    thread_id = uuid.uuid4()
    graph, (given, *_) = SHAPES[shape]()
    _, granted = await granted_after(platform, graph, thread_id, given)
    found = await saver(platform, granted, None).aget_tuple(place(thread_id))
    assert found is not None
    assert granted.stored is not None
    assert await saver(platform, granted, granted.stored).aget_tuple(place(thread_id)) == found


async def test_it_answers_the_first_question_for_the_latest_checkpoint_alone(platform: Platform) -> None:
    thread_id = uuid.uuid4()
    _, granted = await granted_after(platform, two_nodes().compile(), thread_id, {"xs": []})
    assert granted.stored is not None
    parent_id = granted.stored["parent_checkpoint_id"]
    once = saver(platform, granted, granted.stored)
    older = await once.aget_tuple(place(thread_id, checkpoint_id=parent_id))
    assert older is not None
    assert older.config["configurable"]["checkpoint_id"] == parent_id
    twice = saver(platform, granted, granted.stored)
    await twice.aget_tuple(place(thread_id))
    await platform.core.db.execute("DELETE FROM checkpoints WHERE thread_id = %s", (str(thread_id),))
    assert await twice.aget_tuple(place(thread_id)) is None
    assert await once.aget_tuple(place(thread_id)) is None


async def test_a_second_attempt_looks_for_itself(platform: Platform) -> None:
    """The first may have written while the second's claim waited for its locks."""
    worker_id, granted = await granted_after(platform, two_nodes().compile(), uuid.uuid4(), {"xs": []})
    await release_run(platform.core, granted.run_id, granted.thread_id, "test")
    (again,) = await claim(platform.core, worker_id, [ClaimRequest(granted.run_id)])
    assert again.epoch > granted.epoch
    assert again.stored is None


@pytest.mark.parametrize(("size", "told"), [(60_000, True), (70_000, False)])
async def test_large_values_do_not_travel_with_claims(platform: Platform, size: int, told: bool) -> None:
    graph = chain(State, ("a", adds("x" * size))).compile()
    _, granted = await granted_after(platform, graph, uuid.uuid4(), {"xs": []})
    assert (granted.stored is not None) == told


async def test_a_run_on_a_thread_asks_for_no_state(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    thread_id = uuid.uuid4()
    async with platform.worker({"g": two_nodes().compile()}):
        await platform.wait("g", {"xs": []}, thread_id=thread_id)

        def refuse(self: Saver, **options: Any) -> Any:
            raise AssertionError("a query for the thread's state")

        monkeypatch.setattr(Saver, "_cursor", refuse)
        outcome = await platform.wait("g", {"xs": []}, thread_id=thread_id)
    assert outcome.status == "success"
    assert values(outcome)["xs"] == ["a", "b", "a", "b"]
