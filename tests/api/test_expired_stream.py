"""A run whose events retention took says so to a client that wants to resume."""

from __future__ import annotations

import httpx

from duragraph_ext.core.commands.retention import prune
from duragraph_ext.core.domain.retention import RetentionPolicy
from tests.support.acting import GRAPH, ActingWorker
from tests.support.server import Server


async def test_a_stream_whose_frames_are_gone(acted_server: Server, acting: ActingWorker) -> None:
    async with httpx.AsyncClient(base_url=acted_server.api_url, headers=acted_server.headers, timeout=30) as http:
        thread_id = (await http.post("/threads", json={})).json()["thread_id"]
        body = {"assistant_id": GRAPH, "input": {}, "stream_resumable": True}
        run_id = (await http.post(f"/threads/{thread_id}/runs", json=body)).json()["run_id"]
        run = await acting.take(run_id)
        await run.frames(("values", {"n": 1}), ("values", {"n": 2}))
        await run.finish({"n": 2})
        path, resume = f"/threads/{thread_id}/runs/{run_id}/stream", {"Last-Event-ID": "1-1"}
        kept = (await http.get(path, headers=resume)).text
        assert 'data: {"n":2}' in kept
        assert "event: expired" not in kept
        await prune(acting.core.db, RetentionPolicy(frames=0))
        gone = (await http.get(path, headers=resume)).text.strip().split("\n\n")
        assert [frame.split("\n")[0] for frame in gone] == ["event: expired", "event: values"]
        assert '"message":' in gone[0]
        assert gone[1].endswith('data: {"n":2}')
        assert "expired" not in (await http.get(path)).text  # who does not resume misses nothing
