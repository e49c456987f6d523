"""Copying a thread: its checkpoints, where it stands, and the questions that it asks."""

from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.store import append, sql
from ..ids import uuid7
from ..jsonx import parse, text
from ..queries.threads import get_thread_row
from .threads import create_in
from .transactions import Transaction

DEADLINE = 60.0
"""Seconds that a copy may take: some threads are long."""


async def copy_thread(core: Core, principal: Principal, source_id: UUID) -> DictRow:
    """Make a new thread that stands where another does; runs stay with the other one. Raises NotFound.

    Of a thread with a run under way the copy has what is committed now, and stands where a run could go on from.
    """
    thread_id = uuid7()
    async with Transaction(core, DEADLINE) as tx:
        await tx.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        owner = (principal.tenant_id, principal.user_id)
        source = await (await tx.connection.execute(sql("copying", "source"), (source_id, *owner))).fetchone()
        if source is None:
            raise NotFound("thread", source_id)
        await create_in(tx, principal, thread_id, source["metadata"])
        await tx.connection.execute(sql("copying", "checkpoints"), (str(thread_id), str(source_id)))
        await _rename_views(tx, str(source_id), str(thread_id))
        questions = await (await tx.connection.execute(sql("copying", "questions"), (source_id, *owner))).fetchall()
        body = {**await _standing(tx, source), "source_thread_id": source_id, "interrupts": questions}
        appended = await append(tx.connection, principal, "thread", thread_id, 1, [("thread.copied", body)])
        tx.outbox.extend(appended.outbox)
        await tx.connection.execute(
            sql("copying", "put"),
            {
                **body, "config": text(body["config"]), "error": text(body["error"]) if body["error"] else None,
                "version": appended.version, "at": appended.at, "thread": thread_id,
            },
        )  # fmt: skip
        if questions:
            await tx.connection.execute(sql("copying", "put_questions"), (thread_id, source_id, *owner))
    return await get_thread_row(core, principal, thread_id)


async def _standing(tx: Transaction, source: DictRow) -> dict[str, Any]:
    standing = {name: source[name] for name in ("status", "graph_id", "assistant_id", "checkpoint_id")}
    standing |= {"config": parse(source["config"]), "error": parse(source["error"])}
    if source["busy"]:
        cursor = await tx.connection.execute(sql("copying", "latest"), (str(source["thread_id"]),))
        latest = await cursor.fetchone()
        standing["checkpoint_id"] = latest["checkpoint_id"] if latest else None
        standing["status"] = "interrupted" if latest and latest["waits"] else "idle"
    return standing


async def _rename_views(tx: Transaction, source: str, target: str) -> None:
    cursor = await tx.connection.execute(sql("copying", "views"), (target,))
    for row in await cursor.fetchall():
        views = parse(row["live"])
        for state in views.values():
            _rename(state, target)
        await tx.connection.execute(
            sql("copying", "put_view"), (text(views), target, row["checkpoint_ns"], row["checkpoint_id"])
        )


def _rename(state: dict[str, Any], thread_id: str) -> None:
    """Put another thread's id where a state, its tasks and the states of its subgraphs name theirs."""
    for checkpoint in (state["checkpoint"], state["parent_checkpoint"]):
        if checkpoint is not None:
            checkpoint["thread_id"] = thread_id
    for task in state["tasks"]:
        if task["checkpoint"] is not None:
            task["checkpoint"]["thread_id"] = thread_id
        if task["state"] is not None:
            _rename(task["state"], thread_id)
