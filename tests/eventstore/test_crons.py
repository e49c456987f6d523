"""Crons in the log: fired once whoever leads, once after a downtime, not after their end, not behind a deletion."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from duragraph_ext.api.cron_permit import CronPermit
from duragraph_ext.auth import Caller, CustomAuth
from duragraph_ext.auth.custom import Decision
from duragraph_ext.core import Core, CoreConfig
from duragraph_ext.core.commands.assistants import NewAssistant, create_assistant, delete_assistant
from duragraph_ext.core.commands.crons import (
    KEPT,
    NewCron,
    create_cron,
    delete_cron,
    fire_cron,
    update_cron,
    write_cron,
)
from duragraph_ext.core.commands.runs import NewRun
from duragraph_ext.core.commands.threads import NewThread, create_thread, delete_thread
from duragraph_ext.core.commands.transactions import Transaction
from duragraph_ext.core.domain.errors import DuragraphError, Invalid, NotFound
from duragraph_ext.core.domain.principal import LOCAL, Principal
from duragraph_ext.core.duties import Duties
from duragraph_ext.core.duties.crons import LONGEST, Crons
from duragraph_ext.core.eventstore.replay import differences, rebuild
from duragraph_ext.core.eventstore.store import sql
from duragraph_ext.core.jsonx import parse
from duragraph_ext.core.queries.crons import CronFilter, count_crons, get_cron, search_crons
from duragraph_ext.core.queries.runs import RunFilter, list_runs
from duragraph_ext.core.queries.threads import get_thread_row
from duragraph_ext.embedded import Services
from tests.support.waiting import soon

EVERY_SECOND, NEVER = "* * * * * *", "0 0 1 1 *"
WEBHOOK = "https://93.184.216.34/hook?token=canary"


async def new_cron(core: Core, schedule: str = NEVER, **more: Any) -> UUID:
    payload = {"assistant_id": "g", "schedule": schedule, "input": {"x": 1}, **more.pop("payload", {})}
    row = await create_cron(core, LOCAL, NewCron("g", schedule, payload, **more))
    cron_id: UUID = row["cron_id"]
    return cron_id


async def missed(core: Core, cron_id: UUID, ago: timedelta) -> None:
    """As after a downtime: the cron has been due since `ago`."""
    cron = await get_cron(core, LOCAL, cron_id)
    (row,) = await core.db.fetch("SELECT date_trunc('second', now()) - %s AS due", (ago,))
    body = {name: cron[name] for name in KEPT} | {"payload": parse(cron["payload"]), "next_run_date": row["due"]}
    async with Transaction(core) as tx:
        await write_cron(tx, LOCAL, cron_id, "cron.updated", cron["version"], body, cron["webhook"])


async def runs(core: Core) -> list[Any]:
    return await list_runs(core, LOCAL, None, RunFilter(limit=100))


async def firings(core: Core) -> list[Any]:
    return await core.db.fetch("SELECT * FROM cron_firings ORDER BY scheduled_for")


async def test_a_cron_fires_and_its_run_is_what_was_asked_for(core: Core) -> None:
    cron_id = await new_cron(
        core, EVERY_SECOND, metadata={"k": "v"}, webhook=WEBHOOK, on_run_completed="delete",
        payload={"metadata": {"k": "v"}, "config": {"configurable": {"a": 1}, "metadata": {"cm": 1}},
                 "stream_mode": "updates", "interrupt_before": ["n"], "durability": "exit", "bogus": 1},
    )  # fmt: skip
    await missed(core, cron_id, timedelta(seconds=0))
    assert 0 < await Crons(core, "sync").work() <= 1
    (run,) = await runs(core)
    assert run["metadata"]["k"] == "v"
    assert run["metadata"]["cm"] == 1
    kwargs = run["kwargs"].data.decode()
    assert '"stream_mode":["updates"]' in kwargs
    assert '"interrupt_before":["n"]' in kwargs
    assert '"durability":"exit"' in kwargs
    assert '"temporary":true' in kwargs
    assert f'"cron_id":"{cron_id}"' in kwargs
    assert '"a":1' in kwargs
    (firing,) = await firings(core)
    assert firing["run_id"] == run["run_id"]
    assert (await get_cron(core, LOCAL, cron_id))["next_run_date"] > firing["scheduled_for"]
    (delivery,) = await core.db.fetch("SELECT * FROM webhook_deliveries")
    assert (delivery["run_id"], delivery["url"]) == (run["run_id"], WEBHOOK)


async def test_a_webhook_is_in_no_event_and_no_kwargs(core: Core) -> None:
    cron_id = await new_cron(core, EVERY_SECOND, webhook=WEBHOOK, payload={"webhook": WEBHOOK})
    await update_cron(core, LOCAL, cron_id, {"payload": {"webhook": WEBHOOK}, "webhook": WEBHOOK})
    await missed(core, cron_id, timedelta(seconds=1))
    await Crons(core, "sync").work()
    for table in ("events", "outbox", "runs", "cron_firings"):
        assert await core.db.fetch(f"SELECT 1 FROM {table} t WHERE t::text LIKE '%%canary%%'") == [], table
    assert await core.db.fetch("SELECT 1 FROM events t WHERE t::text LIKE '%%https://93.184.216.34\"%%'") != []


async def test_after_a_downtime_the_latest_tick_is_caught_up_alone(core: Core) -> None:
    cron_id = await new_cron(core, "* * * * *")
    await missed(core, cron_id, timedelta(hours=5))
    await Crons(core, "sync").work()
    await Crons(core, "sync").work()
    (firing,) = await firings(core)
    assert datetime.now(UTC) - firing["scheduled_for"] < timedelta(minutes=2)
    assert len(await runs(core)) == 1


@asynccontextmanager
async def second_core(core: Core, data_plane: Services) -> AsyncIterator[Core]:
    facts = data_plane.facts
    other = await Core.open(CoreConfig(core.config.dsn, facts.nats_url, facts.nats_token_file, name="other"))
    try:
        yield other
    finally:
        await other.close()


async def test_two_leaders_at_once_spend_a_tick_once(core: Core, data_plane: Services) -> None:
    crons = [await new_cron(core, "*/2 * * * *") for _ in range(5)]
    for cron_id in crons:
        await missed(core, cron_id, timedelta(minutes=4))
    async with second_core(core, data_plane) as other:
        due = await core.db.fetch(sql("crons", "due"), (100,))
        assert len(due) == 5
        fired = await asyncio.gather(*(fire_cron(c, cron, "sync") for cron in due for c in (core, other, core)))
    assert len([run_id for run_id in fired if run_id]) == 5
    assert len(await runs(core)) == len(await firings(core)) == 5


async def test_a_tick_that_was_spent_is_not_spent_again_when_the_clock_goes_back(core: Core) -> None:
    cron_id = await new_cron(core, EVERY_SECOND)
    await missed(core, cron_id, timedelta(seconds=0))
    (cron,) = await core.db.fetch(sql("crons", "due"), (1,))
    first = (await get_cron(core, LOCAL, cron_id))["next_run_date"]
    for seconds in range(60):
        spent = (cron_id, first + timedelta(seconds=seconds), LOCAL.tenant_id, LOCAL.user_id, None)
        await core.db.execute(sql("crons", "spend"), spent)
    assert await fire_cron(core, cron, "sync") is None
    assert await runs(core) == []
    assert (await get_cron(core, LOCAL, cron_id))["next_run_date"] > first
    await core.db.execute("DELETE FROM cron_firings")


async def test_end_time_stops(core: Core) -> None:
    cron_id = await new_cron(core, EVERY_SECOND, end_time=datetime.now(UTC) - timedelta(minutes=1))
    await missed(core, cron_id, timedelta(seconds=10))
    assert await Crons(core, "sync").work() == LONGEST
    assert await firings(core) == []
    await update_cron(core, LOCAL, cron_id, {"end_time": None})
    await Crons(core, "sync").work()
    assert len(await firings(core)) == 1


async def test_a_disabled_cron_rests_and_misses_nothing_when_it_comes_back(core: Core) -> None:
    cron_id = await new_cron(core, EVERY_SECOND, enabled=False)
    await missed(core, cron_id, timedelta(days=2))
    assert await Crons(core, "sync").work() == LONGEST
    row = await update_cron(core, LOCAL, cron_id, {"enabled": True})
    assert row["next_run_date"] > datetime.now(UTC) - timedelta(seconds=2)


async def test_runs_of_a_threads_cron_go_to_the_thread_and_a_busy_one_may_reject_them(core: Core) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    cron_id = await new_cron(core, EVERY_SECOND, thread_id=thread, payload={"multitask_strategy": "reject"})
    await missed(core, cron_id, timedelta(seconds=1))
    await Crons(core, "sync").work()
    (run,) = await runs(core)
    assert run["thread_id"] == thread

    async def refused() -> bool:
        await Crons(core, "sync").work()
        return len(await firings(core)) == 2

    await soon(refused)
    assert len(await runs(core)) == 1
    fired = await core.db.fetch("SELECT payload FROM events WHERE type = 'cron.fired' ORDER BY version")
    assert b"already running a task" in fired[-1]["payload"].data
    assert [firing["run_id"] for firing in await firings(core)] == [run["run_id"], None]


async def test_a_kept_thread_stays_with_the_crons_metadata(core: Core) -> None:
    cron_id = await new_cron(core, EVERY_SECOND, on_run_completed="keep", payload={"metadata": {"k": "v"}})
    await missed(core, cron_id, timedelta(seconds=1))
    await Crons(core, "sync").work()
    (thread,) = await core.db.fetch("SELECT ephemeral, metadata FROM threads")
    assert thread["ephemeral"] is False
    assert thread["metadata"]["k"] == "v"


async def test_a_cron_goes_with_its_thread_and_with_its_assistant(core: Core) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    assistant = (await create_assistant(core, LOCAL, NewAssistant("g")))["assistant_id"]
    of_thread = await new_cron(core, thread_id=thread)
    row = await create_cron(core, LOCAL, NewCron(str(assistant), NEVER, {}))
    await delete_thread(core, LOCAL, thread)
    await delete_assistant(core, LOCAL, assistant)
    for cron_id in (of_thread, row["cron_id"]):
        with pytest.raises(NotFound):
            await get_cron(core, LOCAL, cron_id)
    assert await count_crons(core, LOCAL, CronFilter()) == 0


async def test_a_stranger_sees_and_changes_nothing(core: Core) -> None:
    cron_id = await new_cron(core)
    stranger = Principal("default", "somebody else")
    for attempt in (
        get_cron(core, stranger, cron_id),
        delete_cron(core, stranger, cron_id),
        update_cron(core, stranger, cron_id, {"enabled": False}),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await search_crons(core, stranger, CronFilter()) == []


async def test_lost_crons_are_rebuilt_from_the_log(core: Core) -> None:
    cron_id = await new_cron(core, EVERY_SECOND, end_time=datetime(2030, 1, 1, tzinfo=UTC), metadata={"m": 1})
    await missed(core, cron_id, timedelta(seconds=1))
    await Crons(core, "sync").work()
    await core.db.execute("DELETE FROM cron_firings")
    await core.db.execute("UPDATE crons SET schedule = 'x', next_run_date = NULL, payload = '{}'")
    assert await differences(core.db) != []
    await rebuild(core.db)
    assert await differences(core.db) == []


async def test_the_leader_sleeps_until_a_cron_is_changed(core: Core) -> None:
    cron_id = await new_cron(core)
    duties = Duties(core)
    duties.start()
    try:
        await soon(lambda: duties.leading)
        await update_cron(core, LOCAL, cron_id, {"schedule": EVERY_SECOND, "payload": {"schedule": EVERY_SECOND}})

        async def fired() -> bool:
            return len(await firings(core)) >= 2

        await soon(fired, 15)
        await delete_cron(core, LOCAL, cron_id)
    finally:
        await duties.stop()


async def test_the_run_of_a_users_cron_is_as_it_is_permitted(core: Core) -> None:
    async def permit(principal: Principal, new: NewRun) -> NewRun:
        assert (principal, new.kwargs["user"]["identity"]) == (LOCAL, "ann")
        return replace(new, metadata={"owner": "ann"}, thread_metadata={"owner": "ann"})

    cron_id = await new_cron(core, user_id="ann", on_run_completed="keep")
    await missed(core, cron_id, timedelta(seconds=5))
    await Crons(core, "sync", permit).work()
    (run,) = await runs(core)
    assert run["metadata"]["owner"] == "ann"
    assert (await get_thread_row(core, LOCAL, run["thread_id"]))["metadata"]["owner"] == "ann"


async def test_a_refused_tick_is_spent_and_one_without_an_answer_is_not(core: Core) -> None:
    async def refuse(principal: Principal, new: NewRun) -> NewRun:
        raise Invalid("auth", "Forbidden")

    async def hang(principal: Principal, new: NewRun) -> NewRun:
        raise DuragraphError("no answer")

    cron_id = await new_cron(core, user_id="ann")
    await missed(core, cron_id, timedelta(seconds=5))
    assert await Crons(core, "sync", hang).work() >= 1
    assert await core.db.fetch(sql("crons", "due"), (9,))
    await Crons(core, "sync", refuse).work()
    assert not await core.db.fetch(sql("crons", "due"), (9,))
    assert await runs(core) == []
    (event,) = await core.db.fetch("SELECT payload FROM events WHERE type = 'cron.fired'")
    assert parse(event["payload"])["error"] == "auth: Forbidden"


class Handlers:
    """A project's auth that leaves a given value of every run, and hides nothing."""

    def __init__(self, **left: Any) -> None:
        self.left = left

    async def authorize(self, caller: Caller, resource: str, action: str, value: dict[str, Any]) -> Decision:
        if action != "create_run":
            return Decision(value, {})
        return Decision({**value, **self.left, "kwargs": {**value["kwargs"], **self.left.get("kwargs", {})}}, {})


async def test_what_a_handler_leaves_of_a_run_is_checked_as_a_request_is(core: Core) -> None:
    cron_id = await new_cron(core, user_id="ann")
    await missed(core, cron_id, timedelta(seconds=5))
    for left in ({"kwargs": {"stream_mode": 5}}, {"after_seconds": "soon"}, {"multitask_strategy": "never"}):
        await Crons(core, "sync", CronPermit(core, cast(CustomAuth, Handlers(**left)))).work()
        assert await core.db.fetch(sql("crons", "due"), (9,)), left
    good = Handlers(kwargs={"stream_mode": "updates"}, metadata={"owner": "ann"}, multitask_strategy="reject")
    await Crons(core, "sync", CronPermit(core, cast(CustomAuth, good))).work()
    (run,) = await runs(core)
    assert (run["metadata"]["owner"], parse(run["kwargs"])["stream_mode"]) == ("ann", ["updates"])
    assert run["multitask_strategy"] == "reject"
