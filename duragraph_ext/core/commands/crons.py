"""Creating, changing, deleting and firing crons."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import Conflict, Invalid, NotFound
from ..domain.principal import Principal
from ..domain.run_kwargs import durability_of, merge, run_kwargs
from ..domain.schedules import NeverDue, Schedule
from ..domain.webhooks import origin
from ..eventstore.store import NO_STREAM, append, sql
from ..ids import uuid7
from ..jsonx import parse, text
from ..queries.assistants import resolve_assistant
from ..queries.crons import get_cron
from .cron_removal import CRONS_CHANNEL, remove_cron
from .runs import NewRun, PlannedRun, create_in, run_row
from .transactions import Transaction

KEPT = (
    "assistant_id", "thread_id", "schedule", "timezone", "end_time", "metadata", "on_run_completed", "enabled",
    "user_id",
)  # fmt: skip
"""What an event tells of a cron as it stands in its row."""
Permit: TypeAlias = Callable[[Principal, NewRun], Awaitable[NewRun]]
"""Asks whether a cron's user may have the run; gives it as it may be. Raises NotFound or Invalid for a no."""


@dataclass(frozen=True, slots=True)
class NewCron:
    """A cron to be: stateless without `thread_id`. `payload` is the request as it came."""

    assistant: str
    schedule: str
    payload: dict[str, Any]
    thread_id: UUID | None = None
    timezone: str | None = None
    end_time: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    on_run_completed: str | None = None
    enabled: bool = True
    user_id: str = ""
    """Whose it is, among the users of the project's own auth."""
    webhook: str | None = field(default=None, repr=False)


async def create_cron(core: Core, principal: Principal, new: NewCron) -> DictRow:
    """Create a cron; the leader hears of it. Raises NotFound (assistant, thread), Invalid, NeverDue."""
    schedule = Schedule.parse(new.schedule, new.timezone)
    assistant = await resolve_assistant(core, principal, new.assistant)
    cron_id = uuid7()
    async with Transaction(core) as tx:
        if new.thread_id is not None:
            await _lock_thread(tx, principal, new.thread_id)
        now = await (await tx.connection.execute(sql("crons", "clock"))).fetchone()
        assert now is not None
        values = {
            "assistant_id": assistant["assistant_id"], "thread_id": new.thread_id, "schedule": new.schedule,
            "timezone": new.timezone, "end_time": new.end_time, "metadata": new.metadata,
            "payload": _payload(cron_id, assistant["assistant_id"], new.payload, new.webhook),
            "on_run_completed": new.on_run_completed, "enabled": new.enabled,
            "user_id": new.user_id, "next_run_date": schedule.after(now["now"]),
        }  # fmt: skip
        await write_cron(tx, principal, cron_id, "cron.created", NO_STREAM, values, new.webhook)
    return await get_cron(core, principal, cron_id)


async def update_cron(core: Core, principal: Principal, cron_id: UUID, changes: Mapping[str, Any]) -> DictRow:
    """Change what is given: metadata is merged, everything else replaced. Raises NotFound, Invalid, NeverDue."""
    async with Transaction(core) as tx:
        row = await _lock(tx, principal, cron_id)
        named = {name: changes.get(name, row[name]) for name in ("schedule", "timezone", "end_time", "enabled")}
        schedule = Schedule.parse(named["schedule"], named["timezone"])
        webhook = changes["webhook"] if "webhook" in changes else row["webhook"]
        timed = {"schedule", "timezone"} & changes.keys() or (named["enabled"] and not row["enabled"])
        payload = {**parse(row["payload"]), **changes.get("payload", {})}
        values = {
            **named, "assistant_id": row["assistant_id"], "thread_id": row["thread_id"],
            "metadata": {**row["metadata"], **changes.get("metadata", {})},
            "payload": _payload(cron_id, row["assistant_id"], payload, webhook),
            "on_run_completed": changes.get("on_run_completed", row["on_run_completed"]), "user_id": row["user_id"],
            "next_run_date": schedule.after(row["now"]) if timed else _utc(row["next_run_date"]),
        }  # fmt: skip
        await write_cron(tx, principal, cron_id, "cron.updated", row["version"], values, webhook)
    return await get_cron(core, principal, cron_id)


async def delete_cron(core: Core, principal: Principal, cron_id: UUID) -> None:
    """Delete a cron; its runs stay. Raises NotFound."""
    async with Transaction(core) as tx:
        row = await _lock(tx, principal, cron_id)
        await remove_cron(tx, principal, cron_id, row["version"])


async def fire_cron(core: Core, due: DictRow, durability: str, permit: Permit | None = None) -> UUID | None:
    """Spend a due cron's latest tick on a run, in one transaction; the run's id.

    None when there is no run: somebody else was first, or there cannot be one, which the log then says.
    """
    principal = Principal(due["tenant_id"], due["owner"])
    cron = await core.db.fetchone(sql("crons", "one"), (due["cron_id"], principal.tenant_id, principal.user_id))
    if cron is None:
        return None
    try:
        return await _spend(core, principal, cron, await _run(core, principal, cron, durability, permit))
    except (NotFound, Conflict, Invalid) as error:
        return await _spend(core, principal, cron, None, str(error))


async def _run(core: Core, principal: Principal, cron: DictRow, durability: str, permit: Permit | None) -> PlannedRun:
    """The run that is to be. Raises NotFound and what `permit` raises."""
    assistant = await resolve_assistant(core, principal, str(cron["assistant_id"]))
    new = _new_run(cron, assistant, durability)
    if permit is not None and cron["user_id"]:
        new = await permit(principal, new)
    return run_row(assistant, principal, new)


async def _spend(
    core: Core, principal: Principal, due: DictRow, run: PlannedRun | None, error: str | None = None
) -> UUID | None:
    async with Transaction(core) as tx:
        if due["thread_id"] is not None and error is None:  # threads are locked before all else
            await _lock_thread(tx, principal, due["thread_id"])
        row = await (await tx.connection.execute(sql("crons", "lock_due"), (due["cron_id"],))).fetchone()
        if row is None or row["version"] != due["version"]:
            return None  # what has changed since is looked at anew
        schedule = Schedule.parse(row["schedule"], row["timezone"])
        scheduled_for = schedule.latest(_known(row["next_run_date"]), row["now"])
        run_id = run.run_id if run is not None else None
        spent = await tx.connection.execute(
            sql("crons", "spend"), (row["cron_id"], scheduled_for, principal.tenant_id, principal.user_id, run_id)
        )
        if await spent.fetchone() is None:
            await _skip(tx, principal, row, schedule)
            return None
        if run is not None:
            await create_in(tx, principal, run, row["webhook"])
        event = {
            "scheduled_for": scheduled_for, "run_id": run_id, "thread_id": run.thread_id if run else row["thread_id"],
            "error": error, "next_run_date": _after(schedule, row["now"]),
        }  # fmt: skip
        appended = await append(
            tx.connection, principal, "cron", row["cron_id"], row["version"], [("cron.fired", event)]
        )
        tx.outbox.extend(appended.outbox)
        await tx.connection.execute(sql("crons", "advance"), (event["next_run_date"], appended.version, row["cron_id"]))
        return run_id


async def _skip(tx: Transaction, principal: Principal, row: DictRow, schedule: Schedule) -> None:
    """Move on from a tick that was spent before: the clock went back."""
    values = {name: row[name] for name in KEPT}
    values |= {"payload": parse(row["payload"]), "next_run_date": _after(schedule, row["now"])}
    await write_cron(tx, principal, row["cron_id"], "cron.updated", row["version"], values, row["webhook"])


def _new_run(row: DictRow, assistant: DictRow, durability: str) -> NewRun:
    asked = parse(row["payload"])
    config, context = dict(asked.get("config") or {}), asked.get("context") or {}
    merged = merge(parse(assistant["config"]), parse(assistant["context"]), config, context)
    temporary = row["thread_id"] is None and row["on_run_completed"] != "keep"
    kwargs = run_kwargs(
        asked,
        merged,
        checkpoint=None,
        webhook=origin(row["webhook"]) if row["webhook"] else None,
        temporary=temporary,
        streaming=False,
        durability=durability_of(asked, durability),
    )
    new = NewRun(
        assistant=str(assistant["assistant_id"]),
        kwargs={**kwargs, "user": _user(row["user_id"])} if row["user_id"] else kwargs,
        run_id=uuid7(),
        metadata={**config.get("metadata", {}), **(asked.get("metadata") or {})},
        multitask_strategy=asked.get("multitask_strategy") or "enqueue",
        after_seconds=max(float(asked.get("after_seconds") or 0), 0.0),
        thread_config=merged.thread_config,
        webhook=row["webhook"],
    )
    if row["thread_id"] is not None:
        return replace(new, thread_id=row["thread_id"])
    return new if temporary else replace(new, thread_id=uuid7(), if_not_exists="create")


def _user(user_id: str) -> dict[str, Any]:
    """Whom the run knows: a name alone, for nobody was there to prove more."""
    return {"identity": user_id, "is_authenticated": True, "display_name": user_id, "permissions": []}


def _payload(cron_id: UUID, assistant_id: UUID, asked: dict[str, Any], webhook: str | None) -> dict[str, Any]:
    """The request as it is kept: with the assistant's id, the cron's in the configuration, the webhook's origin."""
    config = dict(asked.get("config") or {})
    config["configurable"] = {**(config.get("configurable") or {}), "cron_id": str(cron_id)}
    payload = {**asked, "assistant_id": str(assistant_id), "config": config}
    payload.pop("webhook", None)
    return payload | ({"webhook": origin(webhook)} if webhook else {})


async def write_cron(
    tx: Transaction, principal: Principal, cron_id: UUID, event: str, expected: int, values: dict[str, Any],
    webhook: str | None,
) -> None:  # fmt: skip
    """Append what a cron is now to its stream and its row, and wake the leader."""
    appended = await append(tx.connection, principal, "cron", cron_id, expected, [(event, values)])
    tx.outbox.extend(appended.outbox)
    row = {
        **values, "cron_id": cron_id, "tenant": principal.tenant_id, "owner": principal.user_id, "webhook": webhook,
        "payload": text(values["payload"]), "metadata": text(values["metadata"]), "version": appended.version,
        "at": appended.at,
    }  # fmt: skip
    await tx.connection.execute(sql("crons", "put"), row)
    await tx.connection.execute(sql("crons", "notify"), (CRONS_CHANNEL,))


async def _lock(tx: Transaction, principal: Principal, cron_id: UUID) -> DictRow:
    cursor = await tx.connection.execute(sql("crons", "lock"), (cron_id, principal.tenant_id, principal.user_id))
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("cron", cron_id)
    return row


async def _lock_thread(tx: Transaction, principal: Principal, thread_id: UUID) -> None:
    cursor = await tx.connection.execute(
        sql("runs", "lock_thread"), (thread_id, principal.tenant_id, principal.user_id)
    )
    if await cursor.fetchone() is None:
        raise NotFound("thread", thread_id)


def _after(schedule: Schedule, now: datetime) -> datetime | None:
    try:
        return schedule.after(now)
    except NeverDue:
        return None


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _known(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment
