"""The store: items by name, searches with filters, namespaces, and what is refused.

The reference lists by place, we by time: items are put so that both orders are the same.
"""

from typing import Any

from wire.talk import Talk

WRONG: list[dict[str, Any]] = [
    {},
    {"namespace": ["a"]},
    {"namespace": ["a"], "key": "k"},
    {"namespace": "a.b"},
    {"namespace": []},
    {"namespace": ["a.b"]},
    {"namespace": [""]},
    {"namespace": ["langgraph", "x"]},
    {"namespace": [1]},
    {"namespace": None},
    {"key": 1},
    {"key": None},
    {"key": "x" * 5000},
    {"value": None},
    {"value": [1]},
    {"value": "text"},
    {"index": True},
    {"index": "x"},
    {"index": [1]},
    {"ttl": "x"},
    {"ttl": True},
    {"ttl": -1},
]
FILTERS: list[dict[str, Any]] = [
    {"n": 1},
    {"n": 1.0},
    {"n": "1"},
    {"t": "w1", "n": {"$gte": 1}},
    {"deep": {"a": 1}},
    {"deep": {"b": {"c": {"$gt": 1}}}},
    {"deep": {"$eq": {"a": 1}}},
    {"deep": {}},
    {"n": {}},
    {"deep.a": 1},
    {"list": [1]},
    {"list": 1},
    {"none": None},
    {"none": {"$eq": None}},
    {"n": {"$ne": 1}},
    {"none": {"$ne": 1}},
    {"n": {"$gt": 0, "$lt": 2}},
    {"n": {"$lte": 1}},
    {"$and": []},
    {"n": {"$in": [1]}},
    {"n": {"$eq": 1, "x": 2}},
]
SEARCHES: list[dict[str, Any]] = [
    {"limit": 2},
    {"limit": 2, "offset": 2},
    {"offset": 100},
    {"query": "w1"},
    {"filter": None},
    {"refresh_ttl": False},
    {"limit": "x"},
    {"limit": None},
    {"query": 3},
    {"filter": []},
    {"refresh_ttl": "x"},
    {"namespace_prefix": "s"},
    {"namespace_prefix": ["s.u1"]},
    {"namespace_prefix": [""]},
]
LISTINGS: list[dict[str, Any]] = [
    {},
    {"suffix": ["m"]},
    {"prefix": ["<root>", "u1"], "suffix": ["m"]},
    {"prefix": ["<root>", "*", "m"]},
    {"suffix": ["u1", "*"]},
    {"max_depth": 1},
    {"max_depth": 2},
    {"max_depth": 2, "limit": 1, "offset": 1},
    {"limit": 0},
    {"offset": 9},
    {"prefix": "a"},
    {"prefix": None},
    {"prefix": ["a.b"]},
    {"max_depth": "x"},
    {"limit": None},
]


async def run(talk: Talk) -> None:
    store, root = talk.sdk.store, talk.new_id("root")
    item = {"namespace": [root, "b"], "key": "k", "value": {"x": 1}}

    await store.put_item([root, "b"], "k", {"x": 1, "y": [None, "ü", 1.5]}, index=["x"], ttl=60)
    await store.get_item([root, "b"], "k")
    await store.get_item([root, "b"], "k", refresh_ttl=True)
    await store.put_item([root, "b"], "k", {"x": 2}, index=False)
    await talk.get("/store/items", params={"namespace": f"{root}.b", "key": "k"})
    await talk.get("/store/items", params={"namespace": f"{root}.b", "key": "other"})
    await talk.get("/store/items", params={"namespace": root, "key": "k"})
    await talk.get("/store/items", params={"namespace": f"{root}.b"})
    await talk.get("/store/items", params={"key": "k"})
    await talk.get("/store/items", params={"namespace": f"{root}..b", "key": "k"})
    await talk.ask("PUT", "/store/items", {**item, "value": {}, "unknown": 1})
    await talk.ask("PUT", "/store/items", {**item, "key": "odd .*%_'\""})
    await talk.get("/store/items", params={"namespace": f"{root}.b", "key": "odd .*%_'\""})
    for wrong in WRONG:
        await talk.ask("PUT", "/store/items", {**item, **wrong} if "value" in wrong or len(wrong) == 1 else wrong)
    for content in (b"{bad", b"", b"[]"):
        await talk.ask("PUT", "/store/items", content=content, headers={"content-type": "application/json"})
    await store.delete_item([root, "b"], "k")
    await store.delete_item([root, "b"], "k")
    for gone in ({"key": "k"}, {"namespace": [root]}, {"namespace": root, "key": "k"}, {"namespace": [""], "key": "k"}):
        await talk.ask("DELETE", "/store/items", gone)
    await store.get_item([root, "b"], "k")

    space = talk.new_id("space")
    for numbers in (range(3), reversed(range(3))):
        for n in numbers:
            value = {"n": n, "t": f"w{n}", "deep": {"a": n, "b": {"c": n}}, "list": [n]}
            await store.put_item([space, f"u{n}", "m"], str(n), value)
    for filter in FILTERS:
        await talk.post("/store/items/search", {"namespace_prefix": [space], "filter": filter})
    for search in SEARCHES:
        await talk.post("/store/items/search", {"namespace_prefix": [space], **search})
    await store.search_items([space, "u1"], filter={"n": 1}, limit=5)
    await store.search_items([space, "u"])
    for listing in LISTINGS:
        prefix = [space if label == "<root>" else label for label in listing.get("prefix") or ()]
        rest = {"prefix": prefix} if isinstance(listing.get("prefix"), list) else {}
        await talk.post("/store/namespaces", {"prefix": [space], **listing, **rest})
    await store.list_namespaces([space], max_depth=2)
    await talk.get("/store/namespaces")
    await talk.get("/store/items/search")
