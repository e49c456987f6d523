"""LangGraph's state snapshots in the shape that its HTTP API shows, for what stored rows cannot say."""

from collections.abc import Collection, Iterable
from typing import Any, cast

import orjson
from langchain_core.runnables import RunnableConfig
from langgraph.pregel import Pregel
from langgraph.types import Interrupt, PregelTask, StateSnapshot

from duragraph_ext.core.eventstore.op import Op

from .jsontext import loose_dumps
from .readmodel import Place

Graph = Pregel[Any, Any, Any, Any]
EMPTY_STATE: dict[str, Any] = {
    "values": {},
    "next": [],
    "tasks": [],
    "metadata": None,
    "created_at": None,
    "checkpoint": None,
    "parent_checkpoint": None,
    "interrupts": [],
    "checkpoint_id": None,
    "parent_checkpoint_id": None,
}


def state_of(snapshot: StateSnapshot) -> dict[str, Any]:
    """A snapshot as the API answers it."""
    if snapshot.created_at is None:
        return dict(EMPTY_STATE)
    checkpoint, parent = checkpoint_of(snapshot.config), checkpoint_of(snapshot.parent_config)
    return {
        "values": _plain(snapshot.values),
        "next": list(snapshot.next),
        "tasks": [_task(task) for task in snapshot.tasks],
        "metadata": _plain(snapshot.metadata),
        "created_at": snapshot.created_at,
        "checkpoint": checkpoint,
        "parent_checkpoint": parent,
        "interrupts": _interrupts(snapshot.interrupts),
        "checkpoint_id": checkpoint and checkpoint["checkpoint_id"],
        "parent_checkpoint_id": parent and parent["checkpoint_id"],
    }


def checkpoint_of(config: RunnableConfig | None) -> dict[str, Any] | None:
    """The part of a config that names a checkpoint."""
    if config is None or "checkpoint_id" not in config["configurable"]:
        return None
    names = ("checkpoint_id", "thread_id", "checkpoint_ns", "checkpoint_map")
    return {name: config["configurable"][name] for name in names if name in config["configurable"]}


async def unsettled_views(
    graph: Graph, thread_id: str, *, half_done: bool, amended: Collection[Place]
) -> dict[Place, str | None]:
    """Ask the graph for the views that stored rows cannot say: JSON by checkpoint, None for one to forget.

    `half_done`: the latest superstep has finished and unfinished tasks; `amended`: checkpoints that a command
    wrote on.
    """
    views: dict[Place, dict[str, Any]] = {}
    for ns, checkpoint_id in amended:
        names = {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
        views[ns, checkpoint_id] = {"past": state_of(await graph.aget_state({"configurable": names}))}
    latest = await graph.aget_state({"configurable": {"thread_id": thread_id}}, subgraphs=True)
    for place, state in _latest_states(state_of(latest)):
        if place in views or (half_done and any(task["result"] is not None for task in state["tasks"])):
            views.setdefault(place, {})["live"] = state
        elif half_done:
            views[place] = {}
    return {place: loose_dumps(view).decode() if view else None for place, view in views.items()}


def record_tasks(latest: StateSnapshot, op: Op, place: Place | None = None) -> None:
    """Put the tasks of a checkpoint into `op`, under its `place`: an update of the state tells of none."""
    checkpoint = checkpoint_of(latest.config)
    if checkpoint is None:
        return
    ns, checkpoint_id = place or (checkpoint["checkpoint_ns"], checkpoint["checkpoint_id"])
    tasks = []
    for task in latest.tasks:
        names = cast(dict[str, Any], task.state or {}).get("configurable", {})
        tasks.append({"id": task.id, "name": task.name, "path": list(task.path), "sub": names.get("checkpoint_ns")})
    text = loose_dumps(tasks).decode()
    op.json_checkpoint(checkpoint["thread_id"], ns, checkpoint_id, text, None)


def _latest_states(state: dict[str, Any]) -> list[tuple[Place, dict[str, Any]]]:
    if state["checkpoint"] is None:
        return []
    place = (state["checkpoint"].get("checkpoint_ns", ""), state["checkpoint"]["checkpoint_id"])
    nested = [found for task in state["tasks"] if task["state"] for found in _latest_states(task["state"])]
    return [(place, state), *nested]


def _task(task: PregelTask) -> dict[str, Any]:
    state, checkpoint = None, None
    if isinstance(task.state, StateSnapshot):
        state = state_of(task.state)
    elif task.state is not None:
        names = cast(dict[str, Any], task.state)["configurable"]
        checkpoint = {name: names[name] for name in ("thread_id", "checkpoint_ns") if name in names}
    return {
        "id": task.id,
        "name": task.name,
        "path": list(task.path),
        "error": repr(task.error) if isinstance(task.error, BaseException) else task.error,
        "interrupts": _interrupts(task.interrupts),
        "checkpoint": checkpoint,
        "state": state,
        "result": _plain(task.result),
    }


def _interrupts(interrupts: Iterable[Interrupt]) -> list[dict[str, Any]]:
    return [{"id": each.id, "value": _plain(each.value)} for each in interrupts]


def _plain(value: Any) -> Any:
    return orjson.loads(loose_dumps(value)) if value is not None else None
