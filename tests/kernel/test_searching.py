"""Threads are found by their values wherever the read model keeps them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.queries.threads import ThreadFilter, count_threads
from tests.kernel.platform import Platform
from tests.kernel.shapes import SHAPES

WANTED: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    # shape: filters that find its thread, filters that do not
    "linear": ([{"n": 1}, {"s": "t"}, {"xs": ["b"]}, {"n": 1, "s": "t"}], [{"n": 2}, {"n": "1"}, {"none": None}]),
    "odd_values": ([], [{"s": "a"}, {"xs": [1]}]),
    "question_open": ([{"xs": ["a"]}], [{"xs": ["yes"]}]),
    "two_questions": ([{"n": 7}, {"xs": ["i", "ok"]}], [{"n": 8}]),
    "functional_answered": ([], [{"a": 1}]),
    "pydantic_state": ([{"p": {"x": 4}}], [{"p": {"x": 5}}]),
    "writes_nothing": ([{"xs": []}], [{"xs": [1]}, {"n": None}]),
}


@pytest.mark.parametrize("name", WANTED)
async def test_values_are_found_where_they_are(platform: Platform, name: str) -> None:
    graph, inputs = SHAPES[name]()
    async with platform.worker({name: graph}):
        thread_id = uuid.uuid4()
        for given in inputs:
            kwargs = {"input": given} if not hasattr(given, "resume") else {"command": {"resume": given.resume}}
            await platform.wait(name, thread_id=thread_id, **kwargs)
        found, missed = WANTED[name]
        counts = [await count_threads(platform.core, LOCAL, ThreadFilter(values=values)) for values in found + missed]
    assert counts == [1] * len(found) + [0] * len(missed)
