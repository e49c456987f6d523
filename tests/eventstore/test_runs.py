"""A run's life in the event store: created, claimed, written, ended; and what races do to it."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.commands.idempotency import Key
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.commands.threads import NewThread, create_thread, delete_thread
from duragraph_ext.core.commands.workers import Claim, ClaimRequest, claim, claim_waiting, release_runs
from duragraph_ext.core.domain.errors import Conflict, Fenced, NotFound
from duragraph_ext.core.domain.principal import LOCAL, Principal
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.eventstore.store import sql
from duragraph_ext.core.queries.events import run_events
from duragraph_ext.core.queries.runs import get_run
from duragraph_ext.core.queries.threads import get_thread_row
from duragraph_ext.core.queries.waiters import Outcomes
from duragraph_ext.embedded import Services
from tests.support.crashes import lose_two_workers
from tests.support.waiting import soon

RESOLVED = f'{{"thread_id": "{uuid4()}"}}'


def now() -> datetime:
    return datetime.now(UTC)


async def new_run(core: Core, thread_id: UUID | None = None, **more: Any) -> dict[str, Any]:
    return (await create_run(core, LOCAL, NewRun("g", {"input": 1}, thread_id=thread_id, **more))).run


async def one_claim(core: Core, worker_id: UUID, run: dict[str, Any]) -> Claim:
    (granted,) = await claim(core, worker_id, [ClaimRequest(run["run_id"])])
    return granted


async def waiting(core: Core, worker_id: UUID, limit: int = 10) -> list[Claim]:
    return (await claim_waiting(core, worker_id, ["g"], limit, older_than=0))[0]


async def finish(core: Core, granted: Claim, status: str = "success", thread_status: str = "idle") -> None:
    op = Op(granted.run_id, granted.epoch)
    op.finish(status, granted.thread_id, thread_status, "c1", None, now())
    await core.writer.submit(op)


async def test_a_run_is_created_claimed_and_completed(core: Core, worker_id: UUID) -> None:
    thread = await create_thread(core, LOCAL, NewThread(metadata={"k": 1}))
    run = await new_run(core, thread["thread_id"], metadata={"m": 2})
    assert run["metadata"] == {
        "created_by": "system", "graph_id": "g", "k": 1, "m": 2, "assistant_id": str(run["assistant_id"]),
    }  # fmt: skip
    waiters = Outcomes(core)
    await waiters.open()
    ended = asyncio.create_task(waiters.wait(run["run_id"], 10))
    granted = await one_claim(core, worker_id, run)
    assert (granted.epoch, granted.attempt, granted.kwargs) == (1, 1, {"input": 1})
    assert (await get_thread_row(core, LOCAL, thread["thread_id"]))["status"] == "busy"
    await finish(core, granted)
    outcome = await ended
    assert outcome is not None
    assert outcome.status == "success"
    assert (await get_run(core, LOCAL, None, granted.run_id))["status"] == "success"
    assert (await get_thread_row(core, LOCAL, thread["thread_id"]))["status"] == "idle"
    events = await run_events(core, LOCAL, granted.run_id)
    assert [(e["version"], e["event_type"]) for e in events] == [
        (1, "run.created"),
        (2, "run.started"),
        (3, "run.completed"),
    ]
    await waiters.close()


async def test_a_stale_worker_changes_nothing(core: Core, worker_id: UUID) -> None:
    run = await new_run(core)
    stale = await one_claim(core, worker_id, run)
    await release_runs(core, worker_id)
    fresh = await one_claim(core, worker_id, run)
    assert fresh.epoch > stale.epoch
    op = Op(stale.run_id, stale.epoch)
    op.checkpoint(str(stale.thread_id), "", "c", None, "{}", "{}")
    op.event("execution.node_started", "{}", now())
    with pytest.raises(Fenced):
        await core.writer.submit(op)
    with pytest.raises(Fenced):
        await finish(core, stale)
    assert await core.db.fetch("SELECT 1 FROM checkpoints") == []
    await finish(core, fresh)


async def test_terminal_is_final(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    await finish(core, granted)
    with pytest.raises(Fenced):
        await finish(core, granted, "error", "error")
    assert await claim(core, worker_id, [ClaimRequest(granted.run_id)]) == []


async def test_a_claim_is_idempotent_by_its_attempt_and_exclusive(core: Core, worker_id: UUID) -> None:
    run = await new_run(core)
    wish = ClaimRequest(run["run_id"])
    (first,) = await claim(core, worker_id, [wish])
    (again,) = await claim(core, worker_id, [wish])
    assert (again.epoch, again.attempt) == (first.epoch, first.attempt)
    assert await claim(core, worker_id, [ClaimRequest(first.run_id)]) == []


async def test_one_bad_payload_fails_alone(core: Core, worker_id: UUID) -> None:
    claims = [await one_claim(core, worker_id, await new_run(core)) for _ in range(3)]
    ops = [Op(c.run_id, c.epoch) for c in claims]
    for number, op in enumerate(ops):
        op.event("interrupt.resolved", RESOLVED if number != 1 else "not json", now())
    results = await asyncio.gather(*(core.writer.submit(op) for op in ops), return_exceptions=True)
    assert [isinstance(r, psycopg.DataError) for r in results] == [False, True, False]


async def test_racing_runs_on_a_thread_run_one_after_the_other(core: Core, worker_id: UUID) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    runs = await asyncio.gather(*(new_run(core, thread) for _ in range(8)))
    done = []
    async with asyncio.timeout(20):
        while len(done) < len(runs):
            granted, _ = await claim_waiting(core, worker_id, ["g"], 10, older_than=0)
            assert len(granted) <= 1
            for one in granted:
                done.append(one.run_id)
                await finish(core, one)
    assert sorted(done) == sorted(r["run_id"] for r in runs)
    row = await core.db.fetchone("SELECT status, active_run_id, queued FROM threads WHERE thread_id = %s", (thread,))
    assert row == {"status": "idle", "active_run_id": None, "queued": 0}


async def test_runs_wait_in_the_order_of_their_admission(
    core: Core, worker_id: UUID, fresh_database: str, data_plane: Services
) -> None:
    """A batch that began first but waits for the lock of another thread is admitted second."""
    held, thread = sorted([(await create_thread(core, LOCAL, NewThread()))["thread_id"] for _ in range(2)])
    facts = data_plane.facts
    other = await Core.open(CoreConfig(fresh_database, facts.nats_url, facts.nats_token_file, name="other"))
    try:
        await new_run(core)  # now the graph is known, and the two below go in one batch
        async with await psycopg.AsyncConnection.connect(fresh_database) as holder:
            await holder.execute("SELECT 1 FROM threads WHERE thread_id = %s FOR UPDATE", (held,))
            slow = asyncio.gather(new_run(core, held), new_run(core, thread))
            blocked = "SELECT 1 FROM pg_locks WHERE NOT granted"
            await soon(lambda: core.db.fetch(blocked))
            first = await new_run(other, thread)
            await holder.rollback()
        _, second = await slow
    finally:
        await other.close()
    assert second["created_at"] > first["created_at"]
    (granted,) = [claim for claim in await waiting(core, worker_id) if claim.thread_id == thread]
    assert granted.run_id == first["run_id"]
    await finish(core, granted)
    (last,) = await soon(lambda: waiting(core, worker_id))
    assert last.run_id == second["run_id"]


async def test_runs_that_lost_two_workers_come_one_at_a_time_and_crowd_nobody_out(core: Core, worker_id: UUID) -> None:
    doubtful = [(await new_run(core))["run_id"] for _ in range(5)]
    await lose_two_workers(core, ["g"], doubtful)
    others = [(await new_run(core))["run_id"] for _ in range(3)]
    granted, more = await claim_waiting(core, worker_id, ["g"], 2, older_than=0)
    assert ([one.run_id for one in granted], more) == ([doubtful[0], others[0]], True)
    granted += (rest := await waiting(core, worker_id))
    assert [one.run_id for one in rest] == others[1:]
    assert await claim_waiting(core, worker_id, ["g"], 2, older_than=0) == ([], False)
    hinted = await core.db.fetch(sql("runs", "unclaimed"), {"age": 0, "limit": 100})
    assert [row["run_id"] for row in hinted] == doubtful[1:2]
    for one in granted:
        await finish(core, one)
    for run in doubtful[1:]:
        (one,) = await waiting(core, worker_id)
        assert one.run_id == run
        await finish(core, one)


async def test_reject_admits_exactly_one(core: Core) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    results = await asyncio.gather(
        *(new_run(core, thread, multitask_strategy="reject") for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(r, dict) for r in results) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 7


@pytest.mark.parametrize("strategy", ["interrupt", "rollback"])
async def test_a_newcomer_makes_the_active_run_give_way(core: Core, worker_id: UUID, strategy: str) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    old = await one_claim(core, worker_id, await new_run(core, thread))
    new = await new_run(core, thread, multitask_strategy=strategy)
    with pytest.raises(Fenced):
        await finish(core, old)
    if strategy == "rollback":
        with pytest.raises(NotFound):
            await get_run(core, LOCAL, None, old.run_id)
    else:
        assert (await get_run(core, LOCAL, None, old.run_id))["status"] == "interrupted"
    await finish(core, await one_claim(core, worker_id, new))
    assert (await get_thread_row(core, LOCAL, thread))["status"] == "idle"


async def test_cancel_is_final_and_frees_the_thread(core: Core, worker_id: UUID) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    running = await one_claim(core, worker_id, await new_run(core, thread))
    behind = await new_run(core, thread)
    await cancel_run(core, LOCAL, thread, running.run_id)
    with pytest.raises(Fenced):
        await finish(core, running)
    granted = await soon(lambda: waiting(core, worker_id))
    assert granted[0].run_id == behind["run_id"]
    await finish(core, granted[0])
    row = await core.db.fetchone("SELECT status, queued FROM threads WHERE thread_id = %s", (thread,))
    assert row == {"status": "idle", "queued": 0}


async def test_a_cancelled_queued_run_leaves_the_active_one(core: Core, worker_id: UUID) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    running = await one_claim(core, worker_id, await new_run(core, thread))
    behind = await new_run(core, thread)
    await cancel_run(core, LOCAL, thread, behind["run_id"])
    row = await core.db.fetchone("SELECT status, queued, active_run_id FROM threads WHERE thread_id = %s", (thread,))
    assert row == {"status": "busy", "queued": 0, "active_run_id": running.run_id}
    await finish(core, running)


async def test_an_idempotency_key_gives_one_run(core: Core) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]

    async def post(body_hash: str) -> object:
        new = NewRun("g", {}, thread_id=thread, key=Key("s", "k", body_hash))
        return (await create_run(core, LOCAL, new)).run["run_id"]

    ids = await asyncio.gather(*(post("a") for _ in range(8)))
    assert len(set(ids)) == 1
    with pytest.raises(Conflict):
        await post("b")


async def test_runs_belong_to_their_owner(core: Core) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    run = await new_run(core, thread)
    other = Principal("default", "mallory")
    with pytest.raises(NotFound):
        await get_run(core, other, None, run["run_id"])
    with pytest.raises(NotFound):
        await create_run(core, other, NewRun("g", {}, thread_id=thread))
    with pytest.raises(NotFound):
        await cancel_run(core, other, thread, run["run_id"])
    with pytest.raises(NotFound):
        await delete_thread(core, other, thread)


async def test_a_deleted_thread_takes_everything_along(core: Core, worker_id: UUID) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    granted = await one_claim(core, worker_id, await new_run(core, thread))
    op = Op(granted.run_id, granted.epoch)
    op.checkpoint(str(thread), "", "c", None, "{}", "{}")
    op.frames(1, 1, b"event: x\n\n")
    await core.writer.submit(op)
    await delete_thread(core, LOCAL, thread)
    with pytest.raises(Fenced):
        await finish(core, granted)
    for table in ("checkpoints", "frames"):
        assert await core.db.fetch(f"SELECT 1 FROM {table}") == []


async def test_events_cannot_be_changed(core: Core) -> None:
    await new_run(core)
    for statement in ("UPDATE events SET type = 'x'", "DELETE FROM events", "TRUNCATE events"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            await core.db.execute(statement)


async def test_the_outbox_drains_by_itself(core: Core, worker_id: UUID) -> None:
    await finish(core, await one_claim(core, worker_id, await new_run(core)))

    async def empty() -> bool:
        return (await core.outbox.backlog())[0] == 0

    await soon(empty)


async def test_a_worker_without_a_lease_claims_nothing(core: Core) -> None:
    run = await new_run(core)
    assert await claim(core, uuid4(), [ClaimRequest(run["run_id"])]) == []


async def test_a_deleted_threads_id_can_be_used_again(core: Core, worker_id: UUID) -> None:
    thread = (await create_thread(core, LOCAL, NewThread(metadata={"old": 1})))["thread_id"]
    await finish(core, await one_claim(core, worker_id, await new_run(core, thread)))
    await delete_thread(core, LOCAL, thread)
    again = await create_thread(core, LOCAL, NewThread(thread, {"new": 1}))
    assert (again["metadata"], again["status"], again["checkpoint_id"]) == ({"new": 1}, "idle", None)
    await delete_thread(core, LOCAL, thread)
    run = await new_run(core, thread, if_not_exists="create")
    await finish(core, await one_claim(core, worker_id, run))


async def test_what_a_lost_attempt_left_running_is_closed(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    op = Op(granted.run_id, granted.epoch)
    started = now()
    op.event("execution.node_started", '{"task_id": "t", "node": "n", "ns": "", "step": 1, "attempt": 1}', started)
    op.execution("t", "n", "", 1, "running", started, None, None)
    await core.writer.submit(op)
    await release_runs(core, worker_id)
    (row,) = await core.db.fetch("SELECT status, ended_at, error FROM execution_history")
    assert (row["status"], row["error"]) == ("lost", "worker stopped")
    assert row["ended_at"] is not None


async def test_a_flush_that_is_repeated_applies_once(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    op = Op(granted.run_id, granted.epoch)
    op.event("interrupt.resolved", RESOLVED, now())
    await core.writer.submit(op)
    standing, outbox, _ = await core.writer._write([op])  # as after a lost acknowledgement
    assert granted.run_id in standing
    assert outbox == []
    events = await run_events(core, LOCAL, granted.run_id)
    assert [e["event_type"] for e in events] == ["run.created", "run.started", "interrupt.resolved"]
    await finish(core, granted)


async def test_a_worker_whose_lease_has_ended_claims_nothing(core: Core, worker_id: UUID) -> None:
    run = await new_run(core)
    await core.db.execute("UPDATE workers SET lease_until = now() - interval '1 second'")
    assert await claim(core, worker_id, [ClaimRequest(run["run_id"])]) == []
    await core.db.execute("UPDATE workers SET lease_until = now() + interval '30 seconds'")
    await finish(core, await one_claim(core, worker_id, run))
