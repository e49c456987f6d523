"""Reading from the store. A read writes only the time until which what it found lives, where that is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import DictRow

from ...telemetry import metrics
from .. import jsonx
from ..context import Core
from ..domain.items import Condition, Fence, checked_key, conditions, joined, split
from ..domain.principal import Principal
from ..eventstore.arrays import Bool, Int, Text, Uuid
from ..eventstore.batch import Batch
from ..eventstore.raw import fetch_prepared
from ..eventstore.statements import statement

SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True, slots=True)
class ItemSearch:
    """What to find below a namespace; with `query` the nearest in meaning, if the store has an index."""

    prefix: Sequence[str] = ()
    filter: Mapping[str, Any] | None = None
    query: str | None = None
    limit: int = 10
    offset: int = 0
    refresh_ttl: bool | None = None


@dataclass(frozen=True, slots=True)
class NamespaceSearch:
    """Which namespaces to list: those that begin and end with every given path, `*` standing for one label."""

    prefixes: Sequence[Sequence[str]] = ()
    suffixes: Sequence[Sequence[str]] = ()
    max_depth: int | None = None
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class _Name:
    principal: Principal
    namespace: str
    key: str
    refresh: bool
    fence: Fence | None


async def get_item(
    core: Core,
    principal: Principal,
    namespace: Sequence[str],
    key: str,
    *,
    refresh_ttl: bool | None = None,
    fence: Fence | None = None,
) -> dict[str, Any] | None:
    """An item as it is shown, or None. Raises Invalid."""
    refresh = core.config.store.refreshes(refresh_ttl)
    name = _Name(principal, joined(namespace), checked_key(key), refresh, fence)
    row = await _batch(core)(name)
    metrics.store_operations.labels("get").inc()
    return None if row is None else _shown(row)


async def search_items(
    core: Core, principal: Principal, wanted: ItemSearch, fence: Fence | None = None
) -> list[dict[str, Any]]:
    """Items with their score, which is None without a query or an index. Raises Invalid or Unavailable."""
    where, bound = _where(wanted)
    owner = (principal.tenant_id, principal.user_id)
    page = (wanted.limit, wanted.offset)
    params: list[Any]
    if wanted.query and core.embedder is not None:
        near = "[" + ",".join(map(repr, await core.embedder.query(wanted.query))) + "]"
        text = statement("items", "similar")
        params = [near, core.embedder.settings.embedded_by, *owner, *bound, *page]
    else:
        text = statement("items", "search")
        params = [*owner, *bound, *page]
    refresh = ""
    if core.config.store.refreshes(wanted.refresh_ttl):
        refresh = statement("items", "search_refresh")
        params += [fence.run_id, fence.run_id, fence.epoch] if fence else [None, None, None]
    rows = await core.db.fetch(_plain(text).replace("{where}", where).replace("{refresh}", _plain(refresh)), params)
    metrics.store_operations.labels("search").inc()
    return [{**_shown(row), "score": row["score"]} for row in rows]


async def list_namespaces(core: Core, principal: Principal, wanted: NamespaceSearch) -> list[list[str]]:
    """Namespaces in their order. Raises Invalid."""
    where = ""
    params: list[Any] = [principal.tenant_id, principal.user_id, wanted.max_depth]
    for paths, name, times in ((wanted.prefixes, "where_begins", 2), (wanted.suffixes, "where_ends", 3)):
        for path in paths:
            joined(path, field=name.replace("where_begins", "prefix").replace("where_ends", "suffix"))
            where += " " + _plain(statement("items", name))
            params += [Text(list(path))] * times
    text = _plain(statement("items", "namespaces")).replace("{where}", where)
    rows = await core.db.fetch(text, [*params, wanted.limit, wanted.offset])
    metrics.store_operations.labels("namespaces").inc()
    return [row["namespace"] for row in rows]


def _where(wanted: ItemSearch) -> tuple[str, list[Any]]:
    """The conditions of a search, with what is bound in them."""
    text, bound = "", []
    if wanted.prefix:
        prefix = joined(wanted.prefix, field="namespace_prefix")
        text += " " + _plain(statement("items", "where_prefix"))
        bound += [prefix] * 4
    for condition in conditions(wanted.filter):
        clause, values = _clause(condition)
        text += " " + clause
        bound += values
    return text, bound


def _clause(condition: Condition) -> tuple[str, list[Any]]:
    operator, operand, path = condition.operator, condition.operand, list(condition.path)
    at = "i.value::jsonb" + " -> %s::text" * len(path)
    if operator == "object":
        name, values = "where_object", path
    elif operator in ("eq", "ne"):
        name, values = f"where_{operator}", [*path, jsonx.text(operand)]
    elif isinstance(operand, str):
        name, values = "where_text", [*path, *path, operand]
    else:
        name, values = "where_number", [*path, *path, repr(operand)]
    clause = _plain(statement("items", name)).replace("{at}", at)
    return clause.replace("{sign}", SIGNS.get(operator, "")), values


def _plain(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "namespace": split(row["namespace"]),
        "key": row["key"],
        "value": row["value"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _batch(core: Core) -> Batch[_Name, DictRow | None]:
    if "get_items" not in core.batches:

        async def work(names: list[_Name]) -> Sequence[DictRow | None]:
            columns = (
                Int(range(len(names))),
                Text([name.principal.tenant_id for name in names]),
                Text([name.principal.user_id for name in names]),
                Text([name.namespace for name in names]),
                Text([name.key for name in names]),
                Bool([name.refresh for name in names]),
                Uuid([name.fence.run_id if name.fence else None for name in names]),
                Int([name.fence.epoch if name.fence else None for name in names]),
            )
            async with core.hot.connection() as connection:
                rows = await fetch_prepared(connection, statement("items", "get"), columns)
            found = {row["n"]: row for row in rows}
            return [found.get(n) for n in range(len(names))]

        core.batches["get_items"] = Batch("get_items", work)
    return core.batches["get_items"]
