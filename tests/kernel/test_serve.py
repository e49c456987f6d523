"""A notebook's kernel serves a graph of its own."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from duragraph_kernel.serve import Serve

from duragraph_ext.settings import SettingsError
from tests.kernel.platform import Platform, values
from tests.kernel.shapes import State, adds, chain
from tests.support.waiting import soon


async def test_a_graph_from_a_cell_is_served_until_it_is_stopped(platform: Platform) -> None:
    name = platform.graph_id("cell")
    graph = chain(State, ("a", adds("a"))).compile()
    serving = await asyncio.to_thread(Serve, graph, name, platform.settings(name="notebook"))
    try:
        assert "served from this kernel" in repr(serving)
        outcome = await platform.wait("cell", {"xs": []})
        assert values(outcome)["xs"] == ["a"]
        await soon(lambda: serving.status["done"] == 1)
    finally:
        await asyncio.to_thread(serving.stop)
    assert "no longer served" in repr(serving)


async def test_serving_again_replaces_the_definition(platform: Platform) -> None:
    name = platform.graph_id("cell")
    hashes = []
    for node in ("a", "b"):
        graph = chain(State, (node, adds(node))).compile()
        serving = await asyncio.to_thread(Serve, graph, name, platform.settings(name="notebook"))
        assert values(await platform.wait("cell", {"xs": []}))["xs"] == [node]
        await asyncio.to_thread(serving.stop)
        row = await platform.core.db.fetchone("SELECT source_hash FROM graphs WHERE graph_id = %s", (name,))
        assert row is not None
        hashes.append(row["source_hash"])
    assert hashes[0] != hashes[1]


async def test_what_cannot_be_served_is_refused(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    with pytest.raises(TypeError, match="a graph is expected"):
        Serve(42, "answer", platform.settings())
    monkeypatch.setenv("DURAGRAPH_DATA_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match="no DuraGraph server"):
        Serve(chain(State, ("a", adds("a"))).compile(), "cell")
    nowhere = dataclasses.replace(platform.settings(), dsn="host=/nowhere dbname=none")
    with pytest.raises(Exception, match="database"):
        await asyncio.to_thread(Serve, chain(State, ("a", adds("a"))).compile(), "cell", nowhere)
