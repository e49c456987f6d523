"""Copies, pruning and expiry of threads: the log replays them, and what a state needs is never lost."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.commands.copying import copy_thread
from duragraph_ext.core.commands.expiry import Ttl, set_default_ttl
from duragraph_ext.core.commands.pruning import prune_threads
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.commands.threads import NewThread, create_thread, delete_thread, update_thread
from duragraph_ext.core.commands.threadstate import Moved, StateChange, look_at_state, settle_state
from duragraph_ext.core.commands.transactions import Transaction
from duragraph_ext.core.domain.errors import Conflict, NotFound
from duragraph_ext.core.domain.principal import LOCAL, Principal
from duragraph_ext.core.domain.pruning import Keep, Link, needed
from duragraph_ext.core.duties.expiry import Expiry
from duragraph_ext.core.eventstore.op import Op
from duragraph_ext.core.queries.state import get_history, get_state
from duragraph_ext.core.queries.threads import get_thread_row, open_interrupts, thread_ttl
from tests.eventstore.test_runs import finish, one_claim

OTHER = Principal("default", "somebody-else")


def put_checkpoint(op: Op, thread_id: UUID, number: int, values: dict[str, Any]) -> str:
    """One checkpoint with its channels, as a worker writes it."""
    thread, checkpoint_id = str(thread_id), f"{number:04}"
    versions = dict.fromkeys(values, checkpoint_id)
    for name, value in values.items():
        op.blob(thread, "", name, checkpoint_id, "msgpack", b"\x01")
        op.json_blob(thread, "", name, checkpoint_id, jsonx.text(value))
    document = {
        "v": 4,
        "id": checkpoint_id,
        "ts": datetime.now(UTC).isoformat(),
        "channel_values": {},
        "channel_versions": versions,
    }
    parent = f"{number - 1:04}" if number else None
    op.checkpoint(thread, "", checkpoint_id, parent, jsonx.text(document), jsonx.text({"step": number}))
    op.json_checkpoint(thread, "", checkpoint_id, "[]", None)
    return checkpoint_id


async def with_history(core: Core, worker_id: UUID, *, asks: bool = False) -> UUID:
    """A thread whose one run made four checkpoints, and asked a question at the last."""
    thread_id = (await create_thread(core, LOCAL, NewThread(metadata={"mine": 1})))["thread_id"]
    created = await create_run(core, LOCAL, NewRun("g", {"input": None}, thread_id=thread_id))
    granted = await one_claim(core, worker_id, created.run)
    op = Op(granted.run_id, granted.epoch)
    for number in range(4):
        latest = put_checkpoint(op, thread_id, number, {"n": number})
    if asks:
        op.interrupt("i1", thread_id, "t1", "ask", "", '"really?"', datetime.now(UTC))
    op.finish("success", thread_id, "interrupted" if asks else "idle", latest, None, datetime.now(UTC))
    await core.writer.submit(op)
    return thread_id


async def test_a_copy_has_the_whole_state_and_no_run(core: Core, worker_id: UUID) -> None:
    source = await with_history(core, worker_id, asks=True)
    copy = await copy_thread(core, LOCAL, source)
    assert (copy["status"], copy["checkpoint_id"], copy["metadata"]["mine"]) == ("interrupted", "0003", 1)
    ours, theirs = [
        jsonx.parse(jsonx.dumps(await get_history(core, LOCAL, thread))) for thread in (copy["thread_id"], source)
    ]
    assert jsonx.text(ours) == jsonx.text(theirs).replace(str(source), str(copy["thread_id"]))
    asked = await open_interrupts(core, [copy["thread_id"], source])
    assert jsonx.text(asked[copy["thread_id"]]) == jsonx.text(asked[source])
    await delete_thread(core, LOCAL, source)
    assert (await get_state(core, LOCAL, copy["thread_id"]))["checkpoint_id"] == "0003"
    created = await create_run(core, LOCAL, NewRun("g", {"input": None}, thread_id=copy["thread_id"]))
    granted = await one_claim(core, worker_id, created.run)
    op = Op(granted.run_id, granted.epoch)
    op.resolve_interrupts(copy["thread_id"], datetime.now(UTC))
    await core.writer.submit(op)
    assert await open_interrupts(core, [copy["thread_id"]]) == {}
    await finish(core, granted)


async def test_a_thread_at_work_is_copied_as_it_stands(core: Core, worker_id: UUID) -> None:
    source = await with_history(core, worker_id)
    await create_run(core, LOCAL, NewRun("g", {"input": None}, thread_id=source))
    copy = await copy_thread(core, LOCAL, source)
    assert (copy["status"], copy["checkpoint_id"]) == ("idle", "0003")


async def test_nobody_copies_prunes_or_sees_another_s_thread(core: Core, worker_id: UUID) -> None:
    thread_id = await with_history(core, worker_id)
    with pytest.raises(NotFound):
        await copy_thread(core, OTHER, thread_id)
    for strategy in ("delete", "keep_latest"):
        assert await prune_threads(core, OTHER, [thread_id], strategy) == 0  # type: ignore[arg-type]
    assert await thread_ttl(core, OTHER, thread_id) is None
    assert len(await get_history(core, LOCAL, thread_id)) == 4


async def test_keep_latest_keeps_the_state_and_nothing_else(core: Core, worker_id: UUID) -> None:
    thread_id = await with_history(core, worker_id)
    before = jsonx.parse(jsonx.dumps(await get_state(core, LOCAL, thread_id)))
    assert await prune_threads(core, LOCAL, [thread_id, thread_id, uuid4()], "keep_latest") == 1
    assert jsonx.parse(jsonx.dumps(await get_state(core, LOCAL, thread_id))) == before
    assert len(await get_history(core, LOCAL, thread_id)) == 1
    for table in ("checkpoints", "checkpoint_blobs", "checkpoint_json", "blob_json"):
        rows = await core.db.fetch(f"SELECT 1 FROM {table} WHERE thread_id = %s", (str(thread_id),))
        assert len(rows) == 1, table


async def test_keep_latest_leaves_a_thread_with_runs_alone(core: Core, worker_id: UUID) -> None:
    thread_id = await with_history(core, worker_id)
    await create_run(core, LOCAL, NewRun("g", {"input": None}, thread_id=thread_id))
    assert await prune_threads(core, LOCAL, [thread_id], "keep_latest") == 0
    assert len(await get_history(core, LOCAL, thread_id)) == 4


def link(number: int, *, deltas: str = "", snapshots: str = "", ns: str = "") -> Link:
    parent = f"{number - 1}" if number else None
    at = datetime(2026, 1, 1 + number, tzinfo=UTC)
    return Link(ns, f"{number}", parent, ("d", "e", "plain"), tuple(deltas), tuple(snapshots), at)


def test_a_channel_of_changes_keeps_its_ancestors_to_where_it_is_whole() -> None:
    plain = [link(n) for n in range(6)]
    assert needed(plain) == {("", "5")}
    whole_at_2 = [link(n, deltas="d", snapshots="d" if n == 2 else "") for n in range(6)]
    assert needed(whole_at_2) == {("", n) for n in "5432"}
    whole_now = [link(n, deltas="d", snapshots="d" if n == 5 else "") for n in range(6)]
    assert needed(whole_now) == {("", "5")}
    never_whole = [link(n, deltas="d") for n in range(6)]
    assert needed(never_whole) == {("", n) for n in "543210"}
    two = [link(n, deltas="de", snapshots={1: "e", 4: "d"}.get(n, "")) for n in range(6)]
    assert needed(two) == {("", n) for n in "54321"}
    assert needed([*plain, *(link(n, ns="sub") for n in range(3))]) == {("", "5"), ("sub", "2")}


def test_more_than_the_latest_is_kept_within_both_bounds() -> None:
    plain = [*(link(n) for n in range(6)), *(link(n, ns="sub") for n in range(2))]
    sub = {("sub", "1"), ("sub", "0")}
    assert needed(plain, Keep()) == {*(("", n) for n in "543210"), *sub}
    assert needed(plain, Keep(count=2)) == {("", "5"), ("", "4"), *sub}
    assert needed(plain, Keep(since=plain[3].at)) == {("", "5"), ("", "4"), ("", "3"), ("sub", "1")}
    assert needed(plain, Keep(count=2, since=plain[3].at)) == {("", "5"), ("", "4"), ("sub", "1")}
    assert needed(plain, Keep(since=datetime(2027, 1, 1, tzinfo=UTC))) == {("", "5"), ("sub", "1")}
    changes = [link(n, deltas="d", snapshots="d" if n == 1 else "") for n in range(6)]
    assert needed(changes, Keep(count=2)) == {("", n) for n in "54321"}


async def test_expired_threads_go_or_are_pruned_each_by_its_own_strategy(core: Core, worker_id: UUID) -> None:
    kept, pruned = [await with_history(core, worker_id) for _ in range(2)]
    gone = (await create_thread(core, LOCAL, NewThread(ttl=Ttl(1e-6))))["thread_id"]
    await update_thread(core, LOCAL, pruned, {}, Ttl(1e-6, "keep_latest"))
    await update_thread(core, LOCAL, kept, {}, Ttl(60))
    busy = (await create_thread(core, LOCAL, NewThread(ttl=Ttl(1e-6))))["thread_id"]
    await create_run(core, LOCAL, NewRun("g", {"input": None}, thread_id=busy))
    shown = await thread_ttl(core, LOCAL, kept)
    assert shown is not None
    assert (shown["strategy"], shown["ttl_minutes"]) == ("delete", 60)
    duty = Expiry(core, every=3)
    assert await duty.work() == 180
    with pytest.raises(NotFound):
        await get_thread_row(core, LOCAL, gone)
    assert len(await get_history(core, LOCAL, pruned)) == 1
    assert len(await get_history(core, LOCAL, kept)) == 4
    await get_thread_row(core, LOCAL, busy)


async def test_the_default_holds_for_threads_created_under_it(core: Core) -> None:
    old = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    own = (await create_thread(core, LOCAL, NewThread(ttl=Ttl(60, "keep_latest"))))["thread_id"]
    duty = Expiry(core, Ttl(1e-6))
    await duty.work()
    young = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    shown = await thread_ttl(core, LOCAL, young)
    assert shown is not None
    assert shown["strategy"] == "delete"
    await set_default_ttl(core, LOCAL, Ttl(1e-6))  # the same again changes nothing
    await duty.work()
    with pytest.raises(NotFound):
        await get_thread_row(core, LOCAL, young)
    await get_thread_row(core, LOCAL, old)
    assert await thread_ttl(core, LOCAL, old) is None
    shown = await thread_ttl(core, LOCAL, own)
    assert shown is not None
    assert shown["strategy"] == "keep_latest"
    await set_default_ttl(core, LOCAL, None)


async def test_a_change_of_state_stands_only_if_nothing_came_between(core: Core, worker_id: UUID) -> None:
    thread_id = await with_history(core, worker_id, asks=True)
    change = StateChange("0003", "idle", "g", [])

    async def attempt(meanwhile: Any) -> None:
        async with Transaction(core) as tx:
            seen = await look_at_state(tx, LOCAL, thread_id)
            await meanwhile()
            await settle_state(tx, LOCAL, seen, change)

    async def nothing() -> None: ...

    async def another() -> None:
        await attempt(nothing)

    async def a_run() -> None:
        await create_run(core, LOCAL, NewRun("g", {"input": None}, thread_id=thread_id))

    with pytest.raises(Moved):
        await attempt(another)
    row = await get_thread_row(core, LOCAL, thread_id)
    assert (row["status"], await open_interrupts(core, [thread_id])) == ("idle", {})
    with pytest.raises(Conflict, match="in-flight"):
        await attempt(a_run)
    with pytest.raises(Conflict, match="in-flight"):
        await attempt(nothing)
