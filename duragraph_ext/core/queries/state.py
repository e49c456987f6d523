"""The state of threads and their history, from stored JSON alone: no graph, no unpickling, one indexed read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..eventstore.arrays import Text
from ..jsonx import parse, text
from .graphs import graph_info
from .statejson import Info, State, assemble, empty_state, values_of

_BLOBS = """
    LEFT JOIN LATERAL (
        SELECT array_agg(v.key) AS channels, array_agg(b.value) AS channel_values
        FROM jsonb_each_text(c.checkpoint -> 'channel_versions') v
        CROSS JOIN LATERAL (
            SELECT value::text FROM blob_json
            WHERE thread_id = c.thread_id AND checkpoint_ns = c.checkpoint_ns
                AND channel = v.key AND version = v.value OFFSET 0) b) b ON true
"""
# OFFSET 0 keeps the planner from reading a long thread's every row: one key, one look; for the same reason the page
# of checkpoints is chosen before anything is joined to it
_CHECKPOINT = """
    SELECT
        c.checkpoint_id, c.parent_checkpoint_id, c.checkpoint ->> 'ts' AS ts,
        (c.checkpoint -> 'channel_values')::json AS inline, c.metadata::json AS metadata,
        (c.metadata -> 'parents')::json AS parents, j.tasks, j.live, b.channels, b.channel_values,
        w.write_tasks, w.write_channels, w.write_values
    FROM (
        SELECT * FROM checkpoints c
        WHERE c.thread_id = t.thread_id::text AND c.checkpoint_ns = %(ns)s AND {condition}
        ORDER BY c.checkpoint_id DESC LIMIT %(limit)s) c
    LEFT JOIN LATERAL (
        SELECT tasks, live FROM checkpoint_json
        WHERE thread_id = c.thread_id AND checkpoint_ns = c.checkpoint_ns
            AND checkpoint_id = c.checkpoint_id OFFSET 0) j ON true
    {blobs}
    LEFT JOIN LATERAL (
        SELECT
            array_agg(w.task_id ORDER BY w.task_path, w.task_id, w.idx) AS write_tasks,
            array_agg(w.channel ORDER BY w.task_path, w.task_id, w.idx) AS write_channels,
            array_agg(w.value::text ORDER BY w.task_path, w.task_id, w.idx) AS write_values
        FROM write_json w
        WHERE j.tasks IS NOT NULL AND w.thread_id = c.thread_id AND w.checkpoint_ns = c.checkpoint_ns
            AND w.checkpoint_id = c.checkpoint_id) w ON true
"""
_READ = """
SELECT t.graph_id, k.*
FROM threads t
LEFT JOIN LATERAL ({checkpoint}) k ON true
WHERE t.thread_id = %(thread)s AND t.tenant_id = %(tenant)s AND t.owner = %(owner)s
    AND (t.deleted_at IS NULL OR t.ephemeral AND t.purged_at IS NULL)
ORDER BY k.checkpoint_id DESC
"""


def _reading(condition: str) -> str:
    return _READ.format(checkpoint=_CHECKPOINT.format(blobs=_BLOBS, condition=condition))


LATEST = _reading("true")
AT_CHECKPOINT = _reading("c.checkpoint_id = %(checkpoint)s")
HISTORY = _reading(
    "(%(before)s::text IS NULL OR c.checkpoint_id < %(before)s)"
    " AND (%(checkpoint)s::text IS NULL OR c.checkpoint_id = %(checkpoint)s)"
    " AND (%(metadata)s::jsonb IS NULL OR c.metadata @> %(metadata)s::jsonb)"
)
VALUES = """
SELECT i.thread_id, (c.checkpoint -> 'channel_values')::json AS inline, b.channels, b.channel_values,
    j.live -> 'live' -> 'values' AS live
FROM unnest(%b, %b) AS i(thread_id, checkpoint_id)
JOIN checkpoints c ON c.thread_id = i.thread_id AND c.checkpoint_ns = '' AND c.checkpoint_id = i.checkpoint_id
LEFT JOIN checkpoint_json j ON j.thread_id = c.thread_id AND j.checkpoint_ns = '' AND j.checkpoint_id = c.checkpoint_id
{blobs}
""".replace("{blobs}", _BLOBS)


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """What is needed of a thread to read its values."""

    thread_id: UUID
    checkpoint_id: str | None
    graph_id: str | None
    tenant_id: str


async def thread_values(core: Core, threads: Sequence[ThreadRow]) -> dict[UUID, Any]:
    """The values of many threads at the checkpoints their rows name, in one read; threads without any are missing."""
    named = {str(thread.thread_id): thread for thread in threads if thread.checkpoint_id}
    if not named:
        return {}
    ids = [thread.checkpoint_id for thread in named.values()]
    rows = await core.db.fetch(VALUES, (Text(list(named)), Text(ids)))
    found = {}
    for row in rows:
        thread = named[row["thread_id"]]
        info = await _info(core, thread.tenant_id, thread.graph_id)
        found[thread.thread_id] = row["live"] if row["live"] is not None else values_of(row, info)
    return found


async def get_state(
    core: Core,
    principal: Principal,
    thread_id: UUID,
    checkpoint: Mapping[str, Any] | None = None,
    subgraphs: bool = False,
) -> State:
    """A thread's state as LangGraph's API shows it: the latest, or at `checkpoint` {checkpoint_id, checkpoint_ns}.

    With `subgraphs` tasks carry the states of their subgraphs. Raises NotFound for an unknown thread.
    """
    names = checkpoint or {}
    ns, checkpoint_id = names.get("checkpoint_ns") or "", names.get("checkpoint_id")
    rows, root = await _rows(core, principal, thread_id, AT_CHECKPOINT if checkpoint_id else LATEST, ns, checkpoint_id)
    if not rows:
        state = empty_state()
        if checkpoint_id:
            state["checkpoint"] = {"checkpoint_id": checkpoint_id, "thread_id": str(thread_id)}
            state["checkpoint_id"] = checkpoint_id
        return state
    return await _state(core, principal, thread_id, root, ns, rows[0], subgraphs, live=not checkpoint_id)


async def get_history(
    core: Core,
    principal: Principal,
    thread_id: UUID,
    limit: int = 10,
    before: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    checkpoint: Mapping[str, Any] | None = None,
) -> list[State]:
    """The states of a thread, newest first: at most `limit`, older than the checkpoint `before`.

    `metadata` must be contained in a checkpoint's; `checkpoint` {checkpoint_ns, checkpoint_id} narrows to a subgraph
    or one checkpoint. Raises NotFound for an unknown thread.
    """
    names = checkpoint or {}
    ns = names.get("checkpoint_ns") or ""
    rows, root = await _rows(
        core, principal, thread_id, HISTORY, ns, names.get("checkpoint_id"), limit, before, metadata
    )  # fmt: skip
    return [await _state(core, principal, thread_id, root, ns, row, False, live=False) for row in rows]


async def _rows(
    core: Core,
    principal: Principal,
    thread_id: UUID,
    sql: str,
    ns: str,
    checkpoint_id: str | None,
    limit: int = 1,
    before: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> tuple[list[DictRow], Info]:
    parameters = {
        "thread": thread_id, "tenant": principal.tenant_id, "owner": principal.user_id, "ns": ns,
        "checkpoint": checkpoint_id, "limit": limit, "before": before,
        "metadata": text(metadata) if metadata else None,
    }  # fmt: skip
    rows = await core.db.fetch(sql, parameters)
    if not rows:
        raise NotFound("thread", thread_id)
    root = await _info(core, principal.tenant_id, rows[0]["graph_id"])
    stored = root.at(ns).stored_ns(ns)
    if stored != ns:
        rows = await core.db.fetch(sql, {**parameters, "ns": stored})
    return [row for row in rows if row["checkpoint_id"] is not None], root


async def _state(
    core: Core,
    principal: Principal,
    thread_id: UUID,
    root: Info,
    ns: str,
    row: DictRow,
    subgraphs: bool,
    *,
    live: bool,
) -> State:
    info = root.at(ns)
    state = _view(row, live) or assemble(row, info, str(thread_id), info.stored_ns(ns), live=live)
    for task in state["tasks"]:
        if not subgraphs and task["state"] is not None:
            task["checkpoint"] = {
                "thread_id": str(thread_id),
                "checkpoint_ns": f"{task['name']}:{task['id']}",
            }
            if ns:
                task["checkpoint"]["checkpoint_ns"] = f"{ns}|{task['checkpoint']['checkpoint_ns']}"
            task["state"] = None
        elif subgraphs and task["state"] is None and task["checkpoint"] is not None:
            nested = {"checkpoint_ns": task["checkpoint"]["checkpoint_ns"]}
            task["state"] = await get_state(core, principal, thread_id, nested, True)
            task["checkpoint"] = None
    return state


def _view(row: DictRow, live: bool) -> State | None:
    """The view that the graph itself was asked for, where stored rows cannot say it."""
    views = parse(row["live"]) if row["live"] is not None else {}
    view: State | None = views.get("live" if live else "past")
    return view


async def _info(core: Core, tenant_id: str, graph_id: str | None) -> Info:
    if graph_id is None:
        return Info()
    try:
        info = await graph_info(core, tenant_id, graph_id)
    except NotFound:
        return Info()
    key = ("state info", tenant_id, graph_id)
    known = core.memory.get(key)
    if known is None or known[0] is not info:
        known = core.memory[key] = (info, Info.of(info) if info else Info())
    found: Info = known[1]
    return found
