"""The checkpointer passes LangGraph's own conformance suite, unfenced and on behalf of a run."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable

import pytest
from duragraph_kernel.checkpointer import Saver
from duragraph_kernel.readmodel import ReadModel
from duragraph_kernel.recording import Recording
from duragraph_kernel.serde import Serde
from langgraph.checkpoint.conformance import checkpointer_test, validate

from duragraph_ext.core import Core
from duragraph_ext.core.ids import NIL
from tests.kernel.platform import Platform

CAPABILITIES = 8


def saver(core: Core, run_id: uuid.UUID, epoch: int) -> Saver:
    recording = Recording(core.writer, run_id, epoch, "default", lambda error: None)
    return Saver(core.db, recording, ReadModel(recording, {}, {}), Serde())


def unfenced(core: Core) -> Callable[[], AsyncIterator[Saver]]:
    async def make() -> AsyncIterator[Saver]:
        yield saver(core, NIL, 0)

    return make


def fenced(core: Core) -> Callable[[], AsyncIterator[Saver]]:
    async def make() -> AsyncIterator[Saver]:
        run_id = uuid.uuid4()
        await core.db.execute(
            "INSERT INTO event_streams (stream_id, stream_type, tenant_id, owner, epoch) "
            "VALUES (%s, 'run', 'default', 'jupyter', 3)",
            (run_id,),
        )
        yield saver(core, run_id, 3)

    return make


@pytest.mark.parametrize("kind", [unfenced, fenced])
async def test_passes_langgraphs_conformance_suite(
    platform: Platform, kind: Callable[[Core], Callable[[], AsyncIterator[Saver]]]
) -> None:
    registered = checkpointer_test(name=kind.__name__)(kind(platform.core))
    report = await validate(registered)
    assert {name: result.failures for name, result in report.results.items() if result.failures} == {}
    passed = [name for name, result in report.results.items() if result.detected and result.passed]
    assert len(passed) == CAPABILITIES, report.results
