"""The store in the database: names, filters, times, owners, fences, meaning."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duragraph_ext.core import Core, jsonx
from duragraph_ext.core.commands.index import NoVectors, open_index
from duragraph_ext.core.commands.items import ItemWrite, expire_items, write_items
from duragraph_ext.core.domain.errors import Fenced, Invalid
from duragraph_ext.core.domain.items import (
    MAX_NAME_BYTES,
    Fence,
    IndexSettings,
    StoreSettings,
    checked_key,
    conditions,
    joined_for_item,
)
from duragraph_ext.core.domain.principal import LOCAL, Principal
from duragraph_ext.core.domain.values import stored_json
from duragraph_ext.core.embedding import HashEmbedder
from duragraph_ext.core.queries.items import (
    ItemSearch,
    NamespaceSearch,
    get_item,
    list_namespaces,
    search_items,
)
from tests.eventstore.test_runs import finish, new_run, one_claim

OTHER = Principal("default", "somebody else")
ELSEWHERE = Principal("elsewhere", "jupyter")


async def put(
    core: Core, namespace: Sequence[str], key: str, value: Any, *, who: Principal = LOCAL, **more: Any
) -> None:
    fence = more.pop("fence", None)
    write = ItemWrite(namespace, key, value, stored_json(value, "value"), **more)
    await write_items(core, who, [write], fence)


async def value_of(core: Core, namespace: Sequence[str], key: str, *, who: Principal = LOCAL, **more: Any) -> Any:
    found = await get_item(core, who, namespace, key, **more)
    return None if found is None else jsonx.parse(found["value"])


async def keys_of(core: Core, who: Principal = LOCAL, **wanted: Any) -> list[str]:
    return [row["key"] for row in await search_items(core, who, ItemSearch(**wanted))]


async def test_an_item_is_put_replaced_and_deleted(core: Core) -> None:
    await put(core, ["a", "b"], "k", {"n": 1})
    first = await get_item(core, LOCAL, ["a", "b"], "k")
    await put(core, ["a", "b"], "k", {"n": 2})
    second = await get_item(core, LOCAL, ["a", "b"], "k")
    assert first is not None
    assert second is not None
    assert jsonx.parse(second["value"]) == {"n": 2}
    assert second["created_at"] == first["created_at"] < second["updated_at"]
    assert await value_of(core, ["a"], "k") is None
    await write_items(core, LOCAL, [ItemWrite(["a", "b"], "k"), ItemWrite(["a", "b"], "never there")])
    assert await value_of(core, ["a", "b"], "k") is None


async def test_writes_at_once_to_one_name_all_land_and_one_stays(core: Core) -> None:
    await asyncio.gather(*(put(core, ["race"], str(n % 5), {"n": n}) for n in range(50)))
    assert sorted(await keys_of(core, prefix=["race"])) == list("01234")
    assert [await value_of(core, ["race"], str(n)) for n in range(5)] == [{"n": 45 + n} for n in range(5)]


async def test_nobody_sees_or_touches_what_is_anothers(core: Core) -> None:
    await put(core, ["mine"], "k", {"who": "me"})
    for stranger in (OTHER, ELSEWHERE):
        assert await value_of(core, ["mine"], "k", who=stranger) is None
        assert await keys_of(core, stranger) == []
        assert await list_namespaces(core, stranger, NamespaceSearch()) == []
        await write_items(core, stranger, [ItemWrite(["mine"], "k")])
        await put(core, ["mine"], "k", {"who": "them"}, who=stranger)
    assert await value_of(core, ["mine"], "k") == {"who": "me"}


ITEMS = [
    {"n": n, "t": f"w{n}", "deep": {"a": n, "b": {"c": n}}, "list": [n], "odd": odd}
    for n, odd in enumerate([None, True, "5", 5, {"x": 1}])
]


@pytest.fixture
async def filled(core: Core) -> Core:
    for n, value in enumerate(ITEMS):
        await put(core, ["s", f"u{n % 2}"], str(n), value)
    await put(core, ["sx"], "9", {"n": 1})
    return core


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"n": 1}, "1"),
    ({"n": 1.0}, "1"),
    ({"n": "1"}, ""),
    ({"n": True}, ""),
    ({"t": "w2", "n": {"$gte": 1}}, "2"),
    ({"deep": {"a": 1}}, "1"),
    ({"deep": {"a": 1, "b": {"c": 1}}}, "1"),
    ({"deep": {"b": {"c": {"$gt": 2}}}}, "43"),
    ({"deep": {"$eq": {"a": 1}}}, ""),
    ({"deep": {"$eq": {"a": 1, "b": {"c": 1}}}}, "1"),
    ({"deep": {}}, "43210"),
    ({"n": {}}, ""),
    ({"deep.a": 1}, ""),
    ({"list": [1]}, "1"),
    ({"list": 1}, ""),
    ({"list": {"0": 1}}, ""),
    ({"odd": None}, "0"),
    ({"none": None}, "43210"),
    ({"none": {"$eq": None}}, "43210"),
    ({"n": {"$ne": 1}}, "4320"),
    ({"none": {"$ne": 1}}, "43210"),
    ({"n": {"$gt": 1, "$lt": 4}}, "32"),
    ({"n": {"$lte": 1}}, "10"),
    ({"odd": {"$gt": 4}}, "3"),
    ({"odd": {"$gt": "4"}}, "2"),
    ({"t": {"$gt": "w2"}}, "43"),
    ({"none": {"$gt": 1}}, ""),
    ({"n": {"$lt": 10**30}}, "43210"),
    ({"$and": []}, ""),
    ({}, "43210"),
]


async def test_a_filter_finds(filled: Core) -> None:
    for filter, found in FILTERS:
        assert await keys_of(filled, prefix=["s"], filter=filter) == list(found), filter


@pytest.mark.parametrize(
    ("filter", "field"),
    [
        ({"n": {"$in": [1]}}, "filter.n"),
        ({"n": {"$eq": 1, "x": 2}}, "filter.n"),
        ({"a": {"b": {"$gt": None}}}, r"filter.a.b.\$gt"),
        ({"n": {"$lt": True}}, r"filter.n.\$lt"),
        ({"n": {"$lt": [1]}}, r"filter.n.\$lt"),
        ({str(n): n for n in range(101)}, "filter"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(filter: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid, match=f"^{field}: "):
        conditions(filter)


async def test_a_prefix_is_whole_labels_and_nothing_in_it_is_a_pattern(core: Core) -> None:
    for label in ("a", "ab", "a_", "a%", "a-", "a/", "a\\", "A", "ä", "a b"):
        await put(core, [label], label, {})
        await put(core, [label, "in"], f"{label}.in", {})
    for label in ("a", "a_", "a%", "a-", "a\\"):
        assert sorted(await keys_of(core, prefix=[label])) == sorted([label, f"{label}.in"])
    assert await keys_of(core, prefix=["a", "i"]) == []
    assert len(await keys_of(core, limit=100)) == 20


async def test_pages_follow_the_latest_change(core: Core) -> None:
    for n in range(5):
        await put(core, ["p"], str(n), {})
    await put(core, ["p"], "1", {})
    assert await keys_of(core) == list("14320")
    assert await keys_of(core, limit=2, offset=1) == list("43")
    assert await keys_of(core, offset=9) == []


NAMESPACES: list[tuple[dict[str, Any], str]] = [
    ({}, "a a.b s.u0.m s.u1.m s.u1.x z-1"),
    ({"prefixes": [["s"]]}, "s.u0.m s.u1.m s.u1.x"),
    ({"prefixes": [["*", "u1"]]}, "s.u1.m s.u1.x"),
    ({"suffixes": [["m"]]}, "s.u0.m s.u1.m"),
    ({"suffixes": [["u1", "*"]]}, "s.u1.m s.u1.x"),
    ({"prefixes": [["s"]], "suffixes": [["m"]], "max_depth": 2}, "s.u0 s.u1"),
    ({"max_depth": 1}, "a s z-1"),
    ({"max_depth": 1, "limit": 1, "offset": 1}, "s"),
    ({"prefixes": [["s", "*", "*", "*"]]}, ""),
    ({"limit": 0}, ""),
]


async def test_namespaces_are_listed(core: Core) -> None:
    for namespace in ("s.u1.x", "a", "s.u0.m", "a.b", "s.u1.m", "z-1"):
        await put(core, namespace.split("."), "k", {})
        await put(core, namespace.split("."), "k2", {})
    for wanted, found in NAMESPACES:
        listed = await list_namespaces(core, LOCAL, NamespaceSearch(**wanted))
        assert [".".join(each) for each in listed] == found.split(), wanted


async def times(core: Core) -> dict[str, float | None]:
    """Seconds that each item has left."""
    rows = await core.db.fetch("SELECT key, extract(epoch FROM expires_at - now())::float8 AS left FROM store_items")
    return {row["key"]: row["left"] for row in rows}


async def let_pass(core: Core, seconds: float) -> None:
    """As if time had passed for every item."""
    await core.db.execute(f"UPDATE store_items SET expires_at = expires_at - interval '{seconds} seconds'")


async def test_what_has_outlived_its_time_is_gone_and_swept(core: Core) -> None:
    await put(core, ["t"], "short", {}, ttl=1)
    await put(core, ["t"], "long", {}, ttl=10)
    await put(core, ["only"], "short too", {}, ttl=0.5)
    await put(core, ["t"], "for ever", {})
    await let_pass(core, 61)
    assert await value_of(core, ["t"], "short") is None
    assert await keys_of(core) == ["for ever", "long"]
    assert await list_namespaces(core, LOCAL, NamespaceSearch()) == [["t"]]
    await put(core, ["only"], "short too", {"again": True})
    again = await get_item(core, LOCAL, ["only"], "short too")
    assert again is not None
    assert again["created_at"] == again["updated_at"]
    assert await expire_items(core) == 1
    assert set(await times(core)) == {"long", "for ever", "short too"}


async def test_a_read_gives_an_item_its_time_anew_if_it_is_to(core: Core) -> None:
    for key in ("got", "found", "left"):
        await put(core, ["r"], key, {"key": key}, ttl=10)
    await put(core, ["r"], "for ever", {})
    await let_pass(core, 300)
    await value_of(core, ["r"], "left", refresh_ttl=False)
    await keys_of(core, refresh_ttl=False)
    assert all(left is None or left < 310 for left in (await times(core)).values())
    await value_of(core, ["r"], "got")
    await keys_of(core, filter={"key": "found"}, refresh_ttl=True)
    left = await times(core)
    assert left["for ever"] is None
    assert {key for key, seconds in left.items() if seconds is not None and seconds > 500} == {"got", "found"}


async def test_the_settings_say_whether_reads_refresh(core: Core) -> None:
    core.config = replace(core.config, store=StoreSettings(refresh_on_read=False))
    await put(core, ["r"], "k", {}, ttl=10)
    await let_pass(core, 300)
    await value_of(core, ["r"], "k")
    await keys_of(core)
    assert (await times(core))["k"] < 310  # type: ignore[operator]
    await value_of(core, ["r"], "k", refresh_ttl=True)
    assert (await times(core))["k"] > 500  # type: ignore[operator]


async def test_an_attempt_that_lost_its_run_changes_nothing(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    mine, stale = Fence(granted.run_id, granted.epoch), Fence(granted.run_id, granted.epoch - 1)
    await put(core, ["f"], "k", {"by": "mine"}, fence=mine, ttl=10)
    await let_pass(core, 300)
    for write in (ItemWrite(["f"], "k"), ItemWrite(["f"], "new", {}, "{}"), ItemWrite(["f"], "k", {}, "{}")):
        with pytest.raises(Fenced):
            await write_items(core, LOCAL, [write], stale)
    await value_of(core, ["f"], "k", refresh_ttl=True, fence=stale)
    await search_items(core, LOCAL, ItemSearch(refresh_ttl=True), stale)
    assert (await times(core))["k"] < 310  # type: ignore[operator]
    assert await keys_of(core, refresh_ttl=False) == ["k"]
    assert await value_of(core, ["f"], "k") == {"by": "mine"}
    await finish(core, granted)
    with pytest.raises(Fenced):
        await put(core, ["f"], "k", {"by": "a late node"}, fence=mine)
    await put(core, ["f"], "k", {"by": "a client"})


async def test_a_fenced_write_does_not_harm_those_that_share_its_statement(core: Core, worker_id: UUID) -> None:
    granted = await one_claim(core, worker_id, await new_run(core))
    fences = [Fence(granted.run_id, granted.epoch - n % 2) for n in range(10)]
    ends = await asyncio.gather(
        *(put(core, ["g"], str(n), {}, fence=fence) for n, fence in enumerate(fences)), return_exceptions=True
    )
    assert [isinstance(end, Fenced) for end in ends] == [n % 2 == 1 for n in range(10)]
    assert sorted(await keys_of(core)) == list("02468")
    await finish(core, granted)


SETTINGS = IndexSettings("duragraph:hash", 256)
MEMORIES = {
    "pizza": "Ada likes pizza with mushrooms and olives",
    "train": "The train to Vienna leaves at nine in the morning",
    "cat": "Ada's cat is called Schrödinger and sleeps all day",
    "sql": "PostgreSQL keeps transactions isolated from each other",
}


@pytest.fixture
async def indexed(core: Core) -> Core:
    await open_index(core, HashEmbedder(SETTINGS))
    for key, text in MEMORIES.items():
        await put(core, ["m"], key, {"text": text})
    return core


async def scored(core: Core, **wanted: Any) -> list[str]:
    """Keys of what a search compared."""
    rows = await search_items(core, LOCAL, ItemSearch(**wanted))
    return [row["key"] for row in rows if row["score"] is not None]


QUESTIONS = [
    ("mushroom pizza", "pizza"),
    ("When does the train leave?", "train"),
    ("where do cats sleep", "cat"),
    ("isolation of transactions in Postgres", "sql"),
]


async def test_a_search_by_meaning_ranks(indexed: Core) -> None:
    for query, nearest in QUESTIONS:
        rows = await search_items(indexed, LOCAL, ItemSearch(prefix=["m"], query=query))
        scores = [row["score"] for row in rows]
        assert rows[0]["key"] == nearest, query
        assert scores == sorted(scores, reverse=True)
        assert scores[0] > scores[1]
        assert len(rows) == len(MEMORIES)


async def test_what_was_not_embedded_comes_last(indexed: Core) -> None:
    await put(indexed, ["m"], "first", {"text": "pizza"}, index=False)
    await put(indexed, ["m"], "second", {}, index=["text"])
    rows = await search_items(indexed, LOCAL, ItemSearch(prefix=["m"], query="pizza"))
    assert [(row["key"], row["score"]) for row in rows[-2:]] == [("second", None), ("first", None)]


async def test_a_search_by_meaning_keeps_to_owner_prefix_filter_time_and_page(indexed: Core) -> None:
    await put(indexed, ["m"], "theirs", {"text": "pizza pizza"}, who=OTHER)
    await put(indexed, ["elsewhere"], "other", {"text": "pizza pizza"})
    await put(indexed, ["m"], "gone", {"text": "pizza pizza"}, ttl=1)
    await let_pass(indexed, 61)
    assert (await keys_of(indexed, prefix=["m"], query="pizza"))[0] == "pizza"
    assert await keys_of(indexed, OTHER, query="pizza") == ["theirs"]
    wanted = {"text": {"$ne": MEMORIES["pizza"]}}
    assert "pizza" not in await keys_of(indexed, prefix=["m"], query="pizza", filter=wanted)
    best = await keys_of(indexed, prefix=["m"], query="pizza")
    assert await keys_of(indexed, prefix=["m"], query="pizza", limit=1, offset=1) == [best[1]]


async def test_what_is_embedded_is_what_was_asked_for(indexed: Core) -> None:
    await put(indexed, ["i"], "no", {"text": "pizza"}, index=False)
    await put(
        indexed, ["i"], "part", {"text": "nothing", "more": [{"x": "pizza"}, {"x": "pasta"}]}, index=["more[*].x"]
    )
    assert await scored(indexed, prefix=["i"], query="pizza") == ["part"]
    await put(indexed, ["i"], "part", {"text": "nothing", "more": []}, index=["more[*].x"])
    assert await scored(indexed, prefix=["i"], query="pizza") == []
    assert sorted(await keys_of(indexed, prefix=["i"])) == ["no", "part"]
    with pytest.raises(Invalid, match="256 texts"):
        await put(indexed, ["i"], "many", {"x": ["t"] * 257}, index=["x[*]"])
    rows = await indexed.db.fetch("SELECT key FROM store_vectors WHERE namespace = 'i'")
    assert rows == []


async def test_vectors_of_another_embedding_are_not_compared(indexed: Core) -> None:
    await open_index(indexed, HashEmbedder(IndexSettings("duragraph:hash", 16)))
    assert await scored(indexed, query="pizza") == []
    await put(indexed, ["m"], "new", {"text": "pizza"})
    assert await scored(indexed, query="pizza") == ["new"]


async def test_a_query_without_an_index_is_left_aside(core: Core) -> None:
    await put(core, ["q"], "k", {})
    assert await search_items(core, LOCAL, ItemSearch(query="pizza")) != []


async def test_a_database_without_vectors_is_named(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"vector_extension": "CREATE EXTENSION no_such_extension"}
    monkeypatch.setattr("duragraph_ext.core.commands.index.statement", lambda _, name: missing[name])
    with pytest.raises(NoVectors, match="install pgvector"):
        await open_index(core, HashEmbedder(SETTINGS))
    assert core.embedder is None


LABELS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters=".\0"), min_size=1, max_size=20)
KEYS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | KEYS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12,
)  # fmt: skip
HOSTILE = ["'", '"', "$", "%", "_", "{}", "{at}", "%s", "\\", "--", ";", "'; DROP TABLE store_items; --", "*", "$eq"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    namespace=st.lists(LABELS | st.sampled_from(HOSTILE), min_size=1, max_size=4),
    key=KEYS | st.sampled_from(HOSTILE),
    value=st.dictionaries(KEYS | st.sampled_from(HOSTILE), JSON | st.sampled_from(HOSTILE), max_size=4),
)
async def test_whatever_can_be_stored_is_found_again(
    core: Core, namespace: list[str], key: str, value: dict[str, Any]
) -> None:
    namespace = ["x", *namespace]
    await put(core, namespace, key, value)
    assert await value_of(core, namespace, key) == orjson.loads(orjson.dumps(value))
    equal = {name: {"$eq": inner} for name, inner in value.items()}
    rows = await search_items(core, LOCAL, ItemSearch(prefix=namespace, filter=equal, limit=1000))
    assert (key, namespace) in [(row["key"], row["namespace"]) for row in rows]
    assert namespace in await list_namespaces(
        core, LOCAL, NamespaceSearch([namespace[:2]], [namespace[-1:]], limit=9999)
    )
    await write_items(core, LOCAL, [ItemWrite(namespace, key)])
    assert await value_of(core, namespace, key) is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"a": [float("nan")]}, r"value.a\[0\]: nan is not JSON"),
        ({"a": float("inf")}, "value.a: inf is not JSON"),
        ({"a": "\0"}, r"value.a: .*U\+0000"),
        ({"\0": 1}, r"value: .*U\+0000"),
        ({"a": "\ud800"}, "value.a: .*lone surrogate"),
        ({"a": 2**64}, "value.a: .*64 bits"),
    ],
)
def test_what_cannot_be_kept_is_refused(value: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        stored_json(value, "value")


def test_what_only_looks_like_it_is_kept() -> None:
    value = {"a": "\\u0000", "b": None, "c": 10**18, "d": "NaN null"}
    assert orjson.loads(stored_json(value, "value")) == value


@pytest.mark.parametrize(
    ("namespace", "key"),
    [
        ([], "k"),
        ([""], "k"),
        (["a.b"], "k"),
        (["a\0"], "k"),
        (["\ud800"], "k"),
        (["langgraph"], "k"),
        (["ä" * MAX_NAME_BYTES], "k"),
        (["a"], "k" * (MAX_NAME_BYTES + 1)),
        (["a"], "\0"),
        (["a"], "\udfff"),
    ],
)
def test_a_name_that_cannot_stand_is_refused(namespace: list[str], key: str) -> None:
    with pytest.raises(Invalid):
        checked_key(key + joined_for_item(namespace)[:0])


async def test_the_longest_names_fit(core: Core) -> None:
    letters = "".join(chr(0x4E00 + n * 7) for n in range(333))  # not to be compressed away
    await put(core, [letters], letters[::-1], {})
    assert await value_of(core, [letters], letters[::-1]) == {}
