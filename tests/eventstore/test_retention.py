"""Retention: what is overdue goes, what is at work or young stays, and the log still gives the projections."""

from uuid import UUID

import psycopg
import pytest

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.commands.idempotency import Key, take_key
from duragraph_ext.core.commands.retention import archive_thread, overdue, prune
from duragraph_ext.core.commands.threads import NewThread, create_thread, delete_thread, update_thread
from duragraph_ext.core.commands.transactions import Transaction
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.domain.retention import RetentionPolicy
from duragraph_ext.core.duties.purge import Purge
from duragraph_ext.core.duties.retention import Retention
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.eventstore.replay import differences, load_run, rebuild
from duragraph_ext.core.queries.runs import get_run
from duragraph_ext.core.queries.state import get_history, get_state
from duragraph_ext.telemetry import metrics
from tests.eventstore.test_runs import finish, new_run, now, one_claim
from tests.eventstore.test_threads import with_history

EVERYTHING = RetentionPolicy(deleted=0, log=0, frames=0, dead_letters=0)


async def count(core: Core, table: str, where: str = "true") -> int:
    row = await core.db.fetchone(f"SELECT count(*)::int AS n FROM {table} WHERE {where}")
    return int(row["n"]) if row else 0


async def ended_run(core: Core, worker_id: UUID, thread_id: UUID | None = None) -> tuple[UUID, UUID]:
    """A run with a node execution and frames, ended."""
    granted = await one_claim(core, worker_id, await new_run(core, thread_id))
    op = Op(granted.run_id, granted.epoch)
    started = '{"task_id": "t", "node": "n", "ns": "", "step": 1, "attempt": 1}'
    at = now()
    op.event("execution.node_started", started, at)
    op.event("execution.node_completed", started[:-1] + ', "duration_ms": 1.0}', at)
    op.execution("t", "n", "", 1, "completed", at, at, None)
    op.frames(1, 1, b"event: values\ndata: {}\n\n")
    await core.writer.submit(op)
    await finish(core, granted)
    return granted.run_id, granted.thread_id


async def test_deleted_threads_are_forgotten_with_everything_of_theirs(core: Core, worker_id: UUID) -> None:
    await ended_run(core, worker_id)
    kept = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    deleted = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    await ended_run(core, worker_id, deleted)
    async with Transaction(core) as tx:
        for scope in (f"threads/{deleted}/runs", f"threads/{deleted}/runs of ada", f"threads/{kept}/runs", "runs"):
            await take_key(tx.connection, LOCAL, Key(scope, "k", "hash"), [deleted])
    await delete_thread(core, LOCAL, deleted)
    purge = Purge(core)
    purge.kept = 0
    await purge.work()
    policy = RetentionPolicy(deleted=0)
    assert (await overdue(core.db, policy))["deleted"] == 2
    assert (await overdue(core.db, RetentionPolicy()))["deleted"] == 0
    assert (await prune(core.db, policy))["deleted"] == 2
    rows = await core.db.fetch("SELECT thread_id FROM threads")
    assert [row["thread_id"] for row in rows] == [kept]
    for table in ("runs", "frames", "execution_history"):
        assert await count(core, table) == 0
    scopes = await core.db.fetch("SELECT scope FROM idempotency_keys ORDER BY scope")
    assert [row["scope"] for row in scopes] == ["runs", f"threads/{kept}/runs"]
    assert await count(core, "event_streams", "stream_type IN ('run', 'thread')") == 1
    assert await count(core, "events", "stream_type IN ('run', 'thread')") == 1


async def test_a_snapshot_stands_in_for_the_log_of_a_thread_at_rest(core: Core, worker_id: UUID) -> None:
    thread_id = (await create_thread(core, LOCAL, NewThread(metadata={"k": 1})))["thread_id"]
    run_id, _ = await ended_run(core, worker_id, thread_id)
    before = await get_run(core, LOCAL, thread_id, run_id)
    policy = RetentionPolicy(log=0)
    assert (await overdue(core.db, policy))["log"] == 1
    assert (await prune(core.db, policy))["log"] == 1
    assert await count(core, "events", "stream_type IN ('run', 'thread')") == 0
    assert (await overdue(core.db, policy))["log"] == 0
    assert await get_run(core, LOCAL, thread_id, run_id) == before
    assert (await load_run(core.db, run_id)).status == "success"
    # the stream goes on behind its base, and is pruned again
    await update_thread(core, LOCAL, thread_id, {"k": 2})
    await ended_run(core, worker_id, thread_id)
    assert await differences(core.db) == []
    assert (await prune(core.db, policy))["log"] == 1
    await rebuild(core.db)
    assert await count(core, "execution_history") == 2


async def test_a_thread_at_work_keeps_its_log(core: Core, worker_id: UUID) -> None:
    thread_id = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    granted = await one_claim(core, worker_id, await new_run(core, thread_id))
    assert not await archive_thread(core.db, thread_id)
    assert (await prune(core.db, EVERYTHING))["log"] == 0
    await finish(core, granted)
    assert await archive_thread(core.db, thread_id)


async def test_frames_go_by_whole_runs_and_the_run_says_so(core: Core, worker_id: UUID) -> None:
    thread_id = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    run_id, _ = await ended_run(core, worker_id, thread_id)
    assert (await prune(core.db, RetentionPolicy(frames=3600)))["frames"] == 0
    assert (await prune(core.db, RetentionPolicy(frames=0)))["frames"] == 1
    assert await count(core, "runs", f"frames_dropped_at IS NOT NULL AND run_id = '{run_id}'") == 1


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (RetentionPolicy(checkpoints=3), 3),
        (RetentionPolicy(checkpoints_age=0), 1),
        (RetentionPolicy(checkpoints_age=3600), 4),
        (RetentionPolicy(checkpoints=2, checkpoints_age=3600), 2),
        (RetentionPolicy(checkpoints=9), 4),
        (RetentionPolicy(), 4),
    ],
)
async def test_histories_are_shortened_by_number_and_age(
    core: Core, worker_id: UUID, policy: RetentionPolicy, left: int
) -> None:
    threads = [await with_history(core, worker_id) for _ in range(3)]
    busy = await with_history(core, worker_id)
    await new_run(core, busy)
    before = [jsonx.dumps(await get_state(core, LOCAL, thread_id)) for thread_id in threads]
    assert (await overdue(core.db, policy))["checkpoints"] == 3 * (4 - left)
    assert (await prune(core.db, policy))["checkpoints"] == 3 * (4 - left)
    assert (await overdue(core.db, policy))["checkpoints"] == 0
    assert [len(await get_history(core, LOCAL, thread_id)) for thread_id in threads] == [left] * 3
    assert [jsonx.dumps(await get_state(core, LOCAL, thread_id)) for thread_id in threads] == before
    assert len(await get_history(core, LOCAL, busy)) == 4


async def test_the_duty_counts_what_it_took(core: Core, worker_id: UUID) -> None:
    thread_id = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    await ended_run(core, worker_id, thread_id)
    before = metrics.retention_pruned.labels("log")._value.get()
    await Retention(core, EVERYTHING).work()
    assert metrics.retention_pruned.labels("log")._value.get() == before + 1


async def test_only_the_purge_gets_past_the_trigger(core: Core, worker_id: UUID) -> None:
    await ended_run(core, worker_id)
    with pytest.raises(psycopg.errors.RestrictViolation):
        await core.db.execute("DELETE FROM events")
    async with core.db.transaction() as connection:
        await connection.execute("SELECT purge_events('{}'::uuid[])")
        with pytest.raises(psycopg.errors.RestrictViolation):
            await connection.execute("DELETE FROM events")
