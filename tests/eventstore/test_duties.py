"""What the leader repairs: dead workers' runs, lost messages, forgotten promotions; and how leadership moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.idempotency import Key, take_key
from duragraph_ext.core.commands.recovery import requeue
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.commands.workers import ClaimRequest, Worker, claim, note_end, register_worker
from duragraph_ext.core.domain.errors import Conflict
from duragraph_ext.core.domain.principal import LOCAL, Principal
from duragraph_ext.core.duties import Duties
from duragraph_ext.core.duties.keys import Keys
from duragraph_ext.core.duties.purge import Purge
from duragraph_ext.core.duties.relay import Relay
from duragraph_ext.core.duties.snapshots import Snapshots
from duragraph_ext.core.duties.sweeper import Sweeper
from duragraph_ext.core.eventstore.leases import EXPIRE, RENEW
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.eventstore.replay import SNAPSHOT_EVERY, load_run, rebuild
from duragraph_ext.core.jsonx import parse
from duragraph_ext.core.queries.runs import get_run
from duragraph_ext.embedded import Services
from tests.eventstore.test_runs import RESOLVED, finish, new_run, now, one_claim
from tests.support.waiting import soon


async def expire(core: Core, worker_id: UUID) -> None:
    await core.db.execute(EXPIRE.replace("$1", "%s"), (worker_id,))


async def test_a_dead_workers_run_waits_again_and_its_late_writes_are_fenced(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    await expire(core, worker_id)
    await Sweeper(core, 3600).work()
    run = await get_run(core, LOCAL, None, granted.run_id)
    assert (run["status"], run["attempt"], run["worker_id"]) == ("pending", 1, None)
    other = Worker(uuid4(), "w2", "host", 2, None, None, ["g"], 16, 30)
    await register_worker(core, other)
    (again,) = await claim(core, other.worker_id, [ClaimRequest(granted.run_id)])
    assert again.attempt == 2
    assert again.epoch > granted.epoch
    await finish(core, again)


async def test_a_worker_that_is_back_in_time_keeps_its_run(core: Core, worker_id: UUID) -> None:
    """Between the look at all runs and the lock on one of them its worker may have renewed."""
    granted = await one_claim(core, worker_id, await new_run(core))
    assert not await requeue(core, granted.run_id, granted.thread_id, "worker died", crashed=True)
    run = await get_run(core, LOCAL, None, granted.run_id)
    assert (run["status"], run["worker_id"]) == ("running", worker_id)
    await finish(core, granted)


async def test_a_run_that_kills_three_workers_is_poison(core: Core) -> None:
    run = await new_run(core)
    for _ in range(3):
        worker = Worker(uuid4(), "w", "host", 1, None, None, ["g"], 16, 30)
        await register_worker(core, worker)
        await one_claim(core, worker.worker_id, run)
        assert await note_end(core, "w", "host", 1, "SIGSEGV")
        await Sweeper(core, 3600).work()
    row = await get_run(core, LOCAL, None, run["run_id"])
    assert row["status"] == "error"
    assert parse(row["error"])["message"] == "worker died (SIGSEGV), 3 times"
    assert row["ended_at"] is not None


async def test_a_live_lease_is_left_alone(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    renewed = await core.db.execute(RENEW.replace("$1", "%s").replace("$2", "%s"), (30, worker_id))
    assert renewed == 1
    await Sweeper(core, 3600).work()
    assert (await get_run(core, LOCAL, None, granted.run_id))["status"] == "running"
    await finish(core, granted)


async def test_a_run_is_late_by_its_attempt_alone(core: Core, worker_id: UUID) -> None:
    """A run that began before a night without a server goes on after it."""
    resumed, late = [await one_claim(core, worker_id, await new_run(core)) for _ in range(2)]
    ago = "UPDATE runs SET {0} = {0} - interval '2 days' WHERE run_id = %s"
    await core.db.execute(ago.format("started_at"), (resumed.run_id,))
    await core.db.execute(ago.format("updated_at"), (late.run_id,))
    await Sweeper(core, 3600).work()
    assert (await get_run(core, LOCAL, None, resumed.run_id))["status"] == "running"
    row = await get_run(core, LOCAL, None, late.run_id)
    assert (row["status"], parse(row["error"])["error"]) == ("timeout", "TimeoutError")
    await core.db.execute(ago.replace("-", "+").format("started_at"), (resumed.run_id,))  # as the log says
    await finish(core, resumed)


async def test_an_expired_lease_is_not_renewed(core: Core, worker_id: UUID) -> None:
    await expire(core, worker_id)
    assert await core.db.execute(RENEW.replace("$1", "%s").replace("$2", "%s"), (30, worker_id)) == 0


async def test_the_relay_publishes_what_was_left_behind(core: Core) -> None:
    await core.db.execute(
        "INSERT INTO outbox (id, subject, aggregate_type, payload, tenant_id, owner, created_at)"
        " SELECT gen_random_uuid(), 'duragraph.runs.default', 'run', '{\"events\": []}', 'default', 'jupyter',"
        " now() - interval '1 minute' FROM generate_series(1, 300)"
    )
    await Relay(core).work()
    assert await core.outbox.backlog() == (0, 0)


async def test_a_row_that_never_goes_out_becomes_a_dead_letter(core: Core) -> None:
    row_id = uuid4()
    await core.db.execute(
        "INSERT INTO outbox (id, subject, aggregate_type, payload, tenant_id, owner)"
        " VALUES (%s, 'nowhere', 'run', '{}', 'default', 'jupyter')",
        (row_id,),
    )
    for _ in range(12):
        await core.outbox.defer([row_id], "no stream")
    assert (await core.outbox.backlog())[1] == 1


async def test_a_store_that_acknowledges_nothing_is_reported(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only when that lasts, and no row pays for it."""
    monkeypatch.setattr("duragraph_ext.core.duties.relay.ACK_WITHIN", 0.2)
    reports: list[str] = []
    core.bus.on_unwritten(lambda: reports.append("unwritten"))
    await core.bus.js.add_stream(name="MUTE", subjects=["mute"], no_ack=True)
    try:
        await core.db.execute(
            "INSERT INTO outbox (id, subject, aggregate_type, payload, tenant_id, owner, created_at)"
            " VALUES (gen_random_uuid(), 'mute', 'run', '{\"events\": []}', 'default', 'jupyter',"
            " now() - interval '1 minute')"
        )
        relay = Relay(core)
        await relay.work()
        assert reports == []
        await relay.work()
        assert reports == ["unwritten"]
        assert await core.db.fetch("SELECT 1 FROM outbox WHERE attempts = 0") != []
        await core.db.execute("DELETE FROM outbox")
        await relay.work()  # all is well
        assert relay._unanswered == 0
    finally:
        await core.bus.js.delete_stream("MUTE")


async def test_an_ephemeral_thread_is_purged_after_its_run(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, (await create_run(core, LOCAL, NewRun("g", {}))).run)
    op = Op(granted.run_id, granted.epoch)
    op.checkpoint(str(granted.thread_id), "", "c", None, "{}", "{}")
    await core.writer.submit(op)
    await finish(core, granted)
    purge = Purge(core)
    await purge.work()
    assert await core.db.fetch("SELECT 1 FROM checkpoints") != []
    purge.kept = 0.0
    await purge.work()
    assert await core.db.fetch("SELECT 1 FROM checkpoints") == []
    assert await core.db.fetch("SELECT 1 FROM threads WHERE purged_at IS NULL") == []


async def test_a_long_run_is_loaded_from_its_snapshot(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    op = Op(granted.run_id, granted.epoch)
    for _ in range(SNAPSHOT_EVERY):
        op.event("interrupt.resolved", RESOLVED, now())
    await core.writer.submit(op)
    before = await load_run(core.db, granted.run_id)
    await Snapshots(core).work()
    (row,) = await core.db.fetch("SELECT version FROM snapshots WHERE stream_id = %s", (granted.run_id,))
    assert row["version"] == before.version
    await finish(core, granted)
    after = await load_run(core.db, granted.run_id)
    assert (after.status, after.version) == ("success", before.version + 1)
    assert after.kwargs == before.kwargs
    assert after.created_at == before.created_at


async def test_lost_projections_are_rebuilt_from_the_log(core: Core, worker_id: UUID) -> None:
    await finish(core, await one_claim(core, worker_id, await new_run(core)))
    await core.db.execute("UPDATE runs SET status = 'pending', error = '{}'")
    written = await rebuild(core.db)
    assert written["runs"] == 1
    assert written["assistants"] == 1


@asynccontextmanager
async def second_core(core: Core, data_plane: Services) -> AsyncIterator[Core]:
    facts = data_plane.facts
    other = await Core.open(CoreConfig(core.config.dsn, facts.nats_url, facts.nats_token_file, name="other"))
    try:
        yield other
    finally:
        await other.close()


async def test_one_server_leads_and_another_takes_over(core: Core, data_plane: Services) -> None:
    async with second_core(core, data_plane) as other:
        first, second = Duties(core), Duties(other)
        first.start()
        await soon(lambda: first.leading)
        second.start()
        assert not second.leading
        await first.stop()
        await soon(lambda: second.leading)
        await second.stop()


async def test_the_leader_hears_of_a_death_at_once(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    duties = Duties(core)
    duties.start()
    await soon(lambda: duties.leading)
    await expire(core, worker_id)

    async def requeued() -> bool:
        return (await get_run(core, LOCAL, None, granted.run_id))["status"] == "pending"

    await soon(requeued)
    await duties.stop()


async def test_keys_are_forgotten_after_a_day(core: Core) -> None:
    key, run_id = Key("runs", "k", "hash"), uuid4()
    other = Principal("default", "somebody else")
    async with core.db.transaction() as connection:
        assert (await take_key(connection, LOCAL, key, [run_id])).fresh
        assert (await take_key(connection, other, key, [uuid4()])).fresh
        assert (await take_key(connection, LOCAL, Key("threads", "k", "hash"), [uuid4()])).fresh
        found = await take_key(connection, LOCAL, key, [uuid4()])
        assert (found.fresh, found.ids) == (False, [run_id])
        with pytest.raises(Conflict):
            await take_key(connection, LOCAL, Key("runs", "k", "another"), [uuid4()])
        await connection.execute(
            "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE owner = %s", (LOCAL.user_id,)
        )
    await Keys(core).work()
    async with core.db.transaction() as connection:
        assert (await take_key(connection, LOCAL, key, [uuid4()])).fresh
        assert not (await take_key(connection, other, key, [uuid4()])).fresh
