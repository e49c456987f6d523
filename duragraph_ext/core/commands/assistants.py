"""Creating and changing assistants; every change is a version."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import Conflict, NotFound
from ..domain.principal import Principal
from ..eventstore.store import NO_STREAM, append, sql
from ..ids import graph_assistant_id, uuid7
from ..jsonx import parse, text
from ..queries.assistants import forget_assistants, get_assistant
from ..queries.graphs import graph_definition
from .cron_removal import delete_crons_of_assistant
from .transactions import Transaction

SYSTEM = {"created_by": "system"}


@dataclass(frozen=True, slots=True)
class NewAssistant:
    """An assistant to be; `if_exists` is `raise` or `do_nothing`."""

    graph_id: str
    assistant_id: UUID | None = None
    name: str = "Untitled"
    description: str | None = None
    config: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    if_exists: str = "raise"


@dataclass(frozen=True, slots=True)
class AssistantChanges:
    """What a new version changes; None keeps. Metadata is merged, config and context are replaced."""

    graph_id: str | None = None
    name: str | None = None
    description: str | None = None
    config: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


async def create_assistant(core: Core, principal: Principal, new: NewAssistant) -> DictRow:
    """Create an assistant. Raises NotFound (graph) and Conflict (id taken)."""
    await graph_definition(core, principal.tenant_id, new.graph_id)
    assistant_id = new.assistant_id or uuid7()
    async with Transaction(core) as tx:
        await tx.connection.execute(sql("graphs", "lock"), (str(assistant_id),))
        taken = await (await tx.connection.execute(sql("assistants", "taken"), (assistant_id,))).fetchone()
        if taken is None:
            await _create_in(tx, principal, assistant_id, new)
        elif new.if_exists != "do_nothing":
            raise Conflict(f"Assistant {assistant_id} already exists")
    forget_assistants(core)
    return await get_assistant(core, principal, assistant_id)


async def ensure_graph_assistant(
    core: Core, principal: Principal, graph_id: str, description: str | None = None
) -> None:
    """Give a graph the assistant of its own name, unless it has it, and the description that its project gives it."""
    new = NewAssistant(
        graph_id,
        graph_assistant_id(graph_id),
        name=graph_id,
        metadata=SYSTEM,
        if_exists="do_nothing",
        description=description,
    )
    assistant = await create_assistant(core, principal, new)
    if description is not None and assistant["description"] != description:
        await update_assistant(core, principal, assistant["assistant_id"], AssistantChanges(description=description))


async def _create_in(tx: Transaction, principal: Principal, assistant_id: UUID, new: NewAssistant) -> None:
    body = {
        "graph_id": new.graph_id, "name": new.name, "description": new.description, "config": new.config,
        "context": new.context, "metadata": new.metadata,
    }  # fmt: skip
    # a deleted assistant may come back: a graph's own does when the graph is served again
    head = await (await tx.connection.execute(sql("events", "head"), (assistant_id,))).fetchone()
    if head is not None and head["stream_type"] != "assistant":
        raise Conflict(f"{assistant_id} is the id of a {head['stream_type']} already")
    expected = head["version"] if head else NO_STREAM
    latest = await (await tx.connection.execute(sql("assistants", "latest_of"), (assistant_id,))).fetchone()
    version = (latest["latest"] if latest else 0) + 1
    event = ("assistant.created", {**body, "assistant_version": version})
    appended = await append(tx.connection, principal, "assistant", assistant_id, expected, [event])
    tx.outbox.extend(appended.outbox)
    await _put(tx.connection, principal, assistant_id, version, body, appended.at)


async def _put(
    connection: AsyncConnection[DictRow], principal: Principal, assistant_id: UUID, version: int,
    body: dict[str, Any], at: Any,
) -> None:  # fmt: skip
    values = {
        **body, "assistant_id": assistant_id, "tenant_id": principal.tenant_id, "owner": principal.user_id,
        "version": version, "at": at, "config": text(body["config"]), "context": text(body["context"]),
        "metadata": text(body["metadata"]),
    }  # fmt: skip
    await connection.execute(sql("assistants", "put"), values)
    await connection.execute(sql("assistants", "put_version"), values)


async def _lock(tx: Transaction, principal: Principal, assistant_id: UUID) -> DictRow:
    cursor = await tx.connection.execute(
        sql("assistants", "lock"), (assistant_id, principal.tenant_id, principal.user_id)
    )
    row = await cursor.fetchone()
    if row is None or row["deleted_at"] is not None:
        raise NotFound("assistant", assistant_id)
    return row


async def update_assistant(core: Core, principal: Principal, assistant_id: UUID, changes: AssistantChanges) -> DictRow:
    """Make the next version and the current one of it. Raises NotFound."""
    if changes.graph_id is not None:
        await graph_definition(core, principal.tenant_id, changes.graph_id)
    async with Transaction(core) as tx:
        row = await _lock(tx, principal, assistant_id)
        version = row["latest"] + 1
        body = {
            "graph_id": changes.graph_id or row["graph_id"],
            "name": changes.name or row["name"],
            "description": row["description"] if changes.description is None else changes.description,
            "config": parse(row["config"]) if changes.config is None else changes.config,
            "context": parse(row["context"]) if changes.context is None else changes.context,
            "metadata": {**row["metadata"], **(changes.metadata or {})},
        }
        event = ("assistant.updated", {**body, "assistant_version": version})
        appended = await append(tx.connection, principal, "assistant", assistant_id, row["stream_version"], [event])
        tx.outbox.extend(appended.outbox)
        await _put(tx.connection, Principal(row["tenant_id"], row["owner"]), assistant_id, version, body, appended.at)
    forget_assistants(core)
    return await get_assistant(core, principal, assistant_id)


async def set_latest(core: Core, principal: Principal, assistant_id: UUID, version: int) -> DictRow:
    """Make an earlier version the current one. Raises NotFound (assistant, version)."""
    async with Transaction(core) as tx:
        row = await _lock(tx, principal, assistant_id)
        appended = await append(
            tx.connection, principal, "assistant", assistant_id, row["stream_version"],
            [("assistant.latest_set", {"assistant_version": version})],
        )  # fmt: skip
        tx.outbox.extend(appended.outbox)
        cursor = await tx.connection.execute(
            sql("assistants", "set_latest"), {"assistant_id": assistant_id, "version": version, "at": appended.at}
        )
        if cursor.rowcount == 0:
            raise NotFound("version", version)
    forget_assistants(core)
    return await get_assistant(core, principal, assistant_id)


async def delete_assistant(core: Core, principal: Principal, assistant_id: UUID) -> None:
    """Delete an assistant; its crons go with it, its runs and threads stay. Raises NotFound."""
    async with Transaction(core) as tx:
        row = await _lock(tx, principal, assistant_id)
        appended = await append(
            tx.connection, principal, "assistant", assistant_id, row["stream_version"], [("assistant.deleted", {})]
        )
        tx.outbox.extend(appended.outbox)
        await tx.connection.execute(sql("assistants", "remove"), (appended.at, appended.at, assistant_id))
        await delete_crons_of_assistant(tx, principal, assistant_id)
    forget_assistants(core)
