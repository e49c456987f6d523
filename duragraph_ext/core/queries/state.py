"""The state of a thread and its history, from stored JSON alone: no graph, no unpickling, one indexed read."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg.rows import DictRow

from ..context import Core
from ..domain.errors import NotFound
from ..domain.principal import Principal
from ..jsonx import parse, text
from .statejson import Info, State, assemble, empty_state

_CHECKPOINT = """
    SELECT
        c.checkpoint_id, c.parent_checkpoint_id, c.checkpoint ->> 'ts' AS ts,
        (c.checkpoint -> 'channel_values')::json AS inline, c.metadata::json AS metadata,
        (c.metadata -> 'parents')::json AS parents, j.tasks, j.live, b.channels, b.channel_values,
        w.write_tasks, w.write_channels, w.write_values
    FROM checkpoints c
    LEFT JOIN checkpoint_json j USING (thread_id, checkpoint_ns, checkpoint_id)
    LEFT JOIN LATERAL (
        SELECT array_agg(b.channel) AS channels, array_agg(b.value::text) AS channel_values
        FROM jsonb_each_text(c.checkpoint -> 'channel_versions') v
        JOIN blob_json b ON b.thread_id = c.thread_id AND b.checkpoint_ns = c.checkpoint_ns
            AND b.channel = v.key AND b.version = v.value) b ON true
    LEFT JOIN LATERAL (
        SELECT
            array_agg(w.task_id ORDER BY w.task_path, w.task_id, w.idx) AS write_tasks,
            array_agg(w.channel ORDER BY w.task_path, w.task_id, w.idx) AS write_channels,
            array_agg(w.value::text ORDER BY w.task_path, w.task_id, w.idx) AS write_values
        FROM write_json w
        WHERE j.tasks IS NOT NULL AND w.thread_id = c.thread_id AND w.checkpoint_ns = c.checkpoint_ns
            AND w.checkpoint_id = c.checkpoint_id) w ON true
    WHERE c.thread_id = t.thread_id::text AND c.checkpoint_ns = %(ns)s AND {condition}
    ORDER BY c.checkpoint_id DESC LIMIT %(limit)s
"""
_READ = """
SELECT t.graph_id, g.version AS graph_version, k.*
FROM threads t
LEFT JOIN graphs g ON g.tenant_id = t.tenant_id AND g.graph_id = t.graph_id
LEFT JOIN LATERAL ({checkpoint}) k ON true
WHERE t.thread_id = %(thread)s AND t.tenant_id = %(tenant)s AND t.owner = %(owner)s AND t.deleted_at IS NULL
ORDER BY k.checkpoint_id DESC
"""
LATEST = _READ.format(checkpoint=_CHECKPOINT.format(condition="true"))
AT_CHECKPOINT = _READ.format(checkpoint=_CHECKPOINT.format(condition="c.checkpoint_id = %(checkpoint)s"))
HISTORY = _READ.format(
    checkpoint=_CHECKPOINT.format(
        condition="(%(before)s::text IS NULL OR c.checkpoint_id < %(before)s)"
        " AND (%(checkpoint)s::text IS NULL OR c.checkpoint_id = %(checkpoint)s)"
        " AND (%(metadata)s::jsonb IS NULL OR c.metadata @> %(metadata)s::jsonb)"
    )
)
GRAPH_INFO = """
SELECT definition -> 'info' AS info FROM graphs WHERE tenant_id = %s AND graph_id = %s
"""
_infos: WeakKeyDictionary[Core, dict[tuple[str, str, int], Info]] = WeakKeyDictionary()


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
    root = await _info(core, principal, rows[0])
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


async def _info(core: Core, principal: Principal, row: DictRow) -> Info:
    if row["graph_version"] is None:
        return Info()
    known = _infos.setdefault(core, {})
    key = (principal.tenant_id, row["graph_id"], row["graph_version"])
    if key not in known:
        found = await core.db.fetchone(GRAPH_INFO, key[:2])
        info = parse(found["info"]) if found else None
        known[key] = Info.of(info) if info else Info()
    return known[key]
