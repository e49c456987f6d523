"""F29: a long thread stays readable page by page; deleting it, even at work, leaves nothing."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.faults.harness.invariants import replay_differences
from tests.faults.harness.pids import dsn_of
from tests.support.server import Server
from tests.support.waiting import eventually

LOAD = Path(__file__).parent / "graphs" / "load.json"
STEPS = 400
TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes", "checkpoint_json", "blob_json", "write_json")


def rows_of(server: Server, thread: str) -> dict[str, int]:
    found = {}
    with psycopg.connect(dsn_of(server), autocommit=True) as connection:
        for table in TABLES:
            row = connection.execute(f"SELECT count(*) FROM {table} WHERE thread_id = %s", (thread,)).fetchone()  # type: ignore[arg-type]
            assert row is not None
            found[table] = int(row[0])
    return found


@pytest.mark.faults
def test_a_long_thread_is_read_page_by_page_and_deleted_whole(duragraph_server: Callable[..., Server]) -> None:
    server = duragraph_server(config=LOAD)
    with server.client() as http:
        thread = http.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "steps", "input": {"n": 0, "until": STEPS}, "config": {"recursion_limit": STEPS + 5}}
        values = http.post(f"/threads/{thread}/runs/wait", json=body, timeout=120).json()
        assert values["trail"] == list(range(STEPS))
        seen, before = [], None
        while page := http.post(f"/threads/{thread}/history", json={"limit": 100, "before": before}).json():
            seen += [state["checkpoint"]["checkpoint_id"] for state in page]
            before = page[-1]["checkpoint"]
        assert len(seen) == len(set(seen)) == STEPS + 2
        assert seen == sorted(seen, reverse=True)
        # the next run works while its thread is deleted
        body["input"] = {"n": 0, "until": 10_000}
        body["config"] = {"recursion_limit": 20_000}
        run = http.post(f"/threads/{thread}/runs", json=body).json()["run_id"]
        eventually(lambda: http.get(f"/threads/{thread}/runs/{run}").json()["status"] == "running", 20)
        assert http.delete(f"/threads/{thread}").status_code == 204
        assert http.get(f"/threads/{thread}").status_code == 404
        eventually(lambda: not any(rows_of(server, thread).values()), 30, "the thread's rows to go")
        after = http.post("/runs/wait", json={"assistant_id": "noop", "input": {}}, timeout=60)
        assert after.json() == {"n": 1}
        assert not any(rows_of(server, thread).values())
    assert replay_differences(dsn_of(server)) == []
