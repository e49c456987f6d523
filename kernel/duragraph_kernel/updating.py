"""Question `update_state`: writes a thread's state as its nodes would, and moves nothing if a run comes between."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.errors import InvalidUpdateError
from langgraph.pregel import Pregel
from langgraph.types import StateSnapshot, StateUpdate

from duragraph_ext.core.commands.threads import create_in
from duragraph_ext.core.commands.threadstate import Moved, StateChange, look_at_state, settle_state
from duragraph_ext.core.commands.transactions import Transaction
from duragraph_ext.core.domain.errors import Conflict, GraphError, Invalid
from duragraph_ext.core.domain.principal import Principal

from .answering import Question
from .config import command_of
from .describe import readmodel_info
from .draft import DraftRecording, DraftSaver
from .jsontext import Unstorable, dumps
from .readmodel import ReadModel
from .snapshots import checkpoint_of, record_tasks, unsettled_views

TRIES = 5
"""How often a change is computed when others keep coming first."""
Graph = Pregel[Any, Any, Any, Any]


async def update_state(question: Question) -> Mapping[str, Any]:
    """Apply supersteps of updates to a thread; the checkpoint that this makes.

    Raises NotFound, Conflict while the thread has runs, GraphError for what the graph refuses, Invalid for a value
    that cannot be stored.
    """
    for _ in range(TRIES):
        try:
            return await _attempt(question)
        except (Moved, psycopg.errors.DeadlockDetected):
            continue
        except psycopg.DataError as error:
            raise Invalid("values", f"cannot be stored: {error}") from error
    raise Conflict(f"Thread {question.body['thread_id']} is changed by others all the time")


async def _attempt(question: Question) -> Mapping[str, Any]:
    body, served = question.body, question.served
    principal = Principal(question.tenant_id, body["owner"])
    thread_id = UUID(body["thread_id"])
    async with Transaction(question.core) as tx:
        if body["create"] is not None:
            await create_in(tx, principal, thread_id, body["create"]["metadata"])
        seen = await look_at_state(tx, principal, thread_id)
        names = {name: value for name, value in (body["checkpoint"] or {}).items() if value is not None}
        config = _config({**names, "graph_id": served.graph_id, "thread_id": str(thread_id)})
        async with served.open(config) as opened:
            recording = DraftRecording(tx.connection)
            info = served.info or readmodel_info(opened)
            readmodel = ReadModel(recording, info, opened.trigger_to_nodes)
            saver = DraftSaver(question.core.db, recording, readmodel, question.catalogue.serde())
            saver.begin(tx.connection)
            graph = opened.copy({"checkpointer": saver})
            try:
                updated = await graph.abulk_update_state(config, _supersteps(body["supersteps"]))
            except Unstorable as error:
                raise Invalid("values", str(error)) from error
            except (InvalidUpdateError, ValueError) as error:
                raise GraphError(None, str(error)) from error
            latest = await _describe(graph, saver, readmodel, str(thread_id))
        change = StateChange(
            checkpoint_id=(checkpoint_of(latest.config) or {}).get("checkpoint_id"),
            status="interrupted" if latest.next else "idle",
            graph_id=served.graph_id,
            open_interrupts=[interrupt.id for interrupt in latest.interrupts],
        )
        await settle_state(tx, principal, seen, change)
        return checkpoint_of(updated) or {}


async def _describe(graph: Graph, saver: DraftSaver, readmodel: ReadModel, thread_id: str) -> StateSnapshot:
    """Write down what states show of the checkpoints that came and of those that were written on; the latest state."""
    recording = saver.recording
    for made in saver.made:
        ns, checkpoint_id = made.place
        names = {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
        snapshot = await graph.aget_state(_config(names))
        record_tasks(snapshot, recording.op(), made.place)
        for channel, version in made.derived.items():
            if isinstance(snapshot.values, dict) and channel in snapshot.values:
                recording.op().json_blob(thread_id, ns, channel, version, dumps(snapshot.values[channel]))
    await recording.settle()
    latest = await graph.aget_state(_config({"thread_id": thread_id}), subgraphs=True)
    amended = readmodel.unsettled[1] | saver.written - {made.place for made in saver.made}
    views = await unsettled_views(graph, thread_id, half_done=True, amended=amended)
    for (ns, checkpoint_id), text in views.items():
        recording.op().json_checkpoint(thread_id, ns, checkpoint_id, None, text)
    await recording.settle()
    return latest


def _config(configurable: Mapping[str, Any]) -> RunnableConfig:
    return cast(RunnableConfig, {"configurable": dict(configurable)})


def _supersteps(given: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[StateUpdate]]:
    return [[_update(update) for update in updates] for updates in given]


def _update(given: Mapping[str, Any]) -> StateUpdate:
    command = given.get("command")
    values = command_of(command) if command is not None else given.get("values")
    return StateUpdate(cast(Any, values), given.get("as_node"))
