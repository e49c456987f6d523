"""Puts a state together from stored rows, as LangGraph's API shows it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..jsonx import Raw, dumps, parse

INTERRUPT, ERROR, RETURN = "__interrupt__", "__error__", "__return__"
CONTROL = frozenset((INTERRUPT, ERROR, "__resume__", "__error_source_node__"))
NO_TASK = "00000000-0000-0000-0000-000000000000"
INTERNAL = ("branch:", "join:", "__")

State = dict[str, Any]


@dataclass(frozen=True)
class Info:
    """What a worker registered about a graph's state: channels, their defaults, subgraphs by node.

    `keys` is None for an unknown graph, the one channel's name for a functional graph, else the channels.
    """

    keys: str | tuple[str, ...] | None = None
    own: bool = False
    defaults: Mapping[str, Raw] = field(default_factory=dict)
    subs: Mapping[str, "Info"] = field(default_factory=dict)

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> "Info":
        """From the `info` of a graph definition."""
        keys = info["keys"]
        return cls(
            keys if isinstance(keys, str) else tuple(keys),
            info["own"],
            {key: Raw(dumps(value)) for key, value in info["defaults"].items()},
            {name: cls.of(sub) for name, sub in info["subs"].items()},
        )

    def at(self, ns: str) -> "Info":
        """The info of the subgraph that a checkpoint namespace belongs to; of this graph if there is none."""
        found = self
        for part in ns.split("|") if ns else ():
            name = part.partition(":")[0]
            if name.isdigit():  # the number of a second call of one subgraph
                continue
            if name not in found.subs:
                return self
            found = found.subs[name]
        return found

    def stored_ns(self, ns: str) -> str:
        """The namespace under which a subgraph's checkpoints are stored: one with its own history drops task ids."""
        return "|".join(part.partition(":")[0] for part in ns.split("|")) if self.own else ns


@dataclass
class _Written:
    output: list[tuple[str, Raw]] = field(default_factory=list)
    interrupts: list[Any] = field(default_factory=list)
    error: Raw | None = None


def empty_state() -> State:
    """The state of a thread, or of a subgraph, that has no checkpoint."""
    return {
        "values": {}, "next": [], "tasks": [], "metadata": None, "created_at": None, "checkpoint": None,
        "parent_checkpoint": None, "interrupts": [], "checkpoint_id": None, "parent_checkpoint_id": None,
    }  # fmt: skip


def assemble(row: Mapping[str, Any], info: Info, thread_id: str, ns: str, *, live: bool) -> State:
    """The state at one checkpoint; tasks with a subgraph carry its namespace in `checkpoint`.

    `live` shows what still waits; without it the step is shown as a record. Leaves are `Raw` JSON.
    """
    written = _written(row)
    tasks = [_task(task, written.get(task["id"]), info.keys, thread_id, live) for task in parse(row["tasks"]) or ()]
    parents = parse(row["parents"]) or {}

    def name(checkpoint_id: str | None) -> dict[str, Any] | None:
        if checkpoint_id is None:
            return None
        found = {"checkpoint_id": checkpoint_id, "thread_id": thread_id, "checkpoint_ns": ns}
        return {**found, "checkpoint_map": {**parents, ns: checkpoint_id}} if parents else found

    return {
        "values": values_of(row, info),
        "next": [task["name"] for task, finished in tasks if not (live and finished)],
        "tasks": [task for task, _ in tasks],
        "metadata": row["metadata"],
        "created_at": row["ts"],
        "checkpoint": name(row["checkpoint_id"]),
        "parent_checkpoint": name(row["parent_checkpoint_id"]),
        "interrupts": [interrupt for task, _ in tasks for interrupt in task["interrupts"]],
        "checkpoint_id": row["checkpoint_id"],
        "parent_checkpoint_id": row["parent_checkpoint_id"],
    }


def values_of(row: Mapping[str, Any], info: Info) -> Any:
    """The values at a checkpoint: `inline` ones, those beside it, and defaults of channels never written."""
    stored: dict[str, Any] = parse(row["inline"]) or {}
    stored.update(
        (channel, Raw(value.encode()))
        for channel, value in zip(row["channels"] or (), row["channel_values"] or (), strict=True)
    )
    if isinstance(info.keys, str):
        return stored.get(info.keys)
    if info.keys is None:
        return {key: value for key, value in stored.items() if not key.startswith(INTERNAL)}
    found = {}
    for key in info.keys:
        if key in stored:
            found[key] = stored[key]
        elif key in info.defaults:
            found[key] = info.defaults[key]
    return found


def _written(row: Mapping[str, Any]) -> dict[str, _Written]:
    found: dict[str, _Written] = {}
    writes = zip(row["write_tasks"] or (), row["write_channels"] or (), row["write_values"] or (), strict=True)
    for task_id, channel, value in writes:
        if task_id == NO_TASK:
            continue
        task = found.setdefault(task_id, _Written())
        if channel == INTERRUPT:
            task.interrupts.extend(parse(value))
        elif channel == ERROR:
            task.error = Raw(value.encode())
        elif channel not in CONTROL:
            task.output.append((channel, Raw(value.encode())))
    return found


def _task(
    task: Mapping[str, Any],
    written: _Written | None,
    keys: str | Sequence[str] | None,
    thread_id: str,
    live: bool,
) -> tuple[State, bool]:
    """A task of a state, and whether it has finished."""
    written = written or _Written()
    finished = bool(written.output)
    shown = {
        "id": task["id"],
        "name": task["name"],
        "path": task["path"],
        "error": written.error,
        "interrupts": [] if live and finished else written.interrupts,
        "checkpoint": {"thread_id": thread_id, "checkpoint_ns": task["sub"]} if task["sub"] else None,
        "state": None,
        "result": _result(written.output, keys) if finished else None,
    }
    return shown, finished


def _result(output: Sequence[tuple[str, Raw]], keys: str | Sequence[str] | None) -> Any:
    """What a task wrote to the state; several writes to a channel stand under `$writes`."""
    for channel, value in output:
        if channel == RETURN:
            return value
    result: dict[str, Any] = {}
    for channel, value in output:
        if not (channel == keys if isinstance(keys, str) else keys is None or channel in keys):
            continue
        before = result.get(channel)
        if before is None or before == Raw(b"null"):
            result[channel] = value
        elif isinstance(before, dict):
            before["$writes"].append(value)
        else:
            result[channel] = {"$writes": [before, value]}
    return result.get(keys) if isinstance(keys, str) else result
