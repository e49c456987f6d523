"""Finding threads by their values, and showing parts of them."""

from typing import Any

from wire.talk import Talk


async def run(talk: Talk) -> None:
    group = talk.new_id("group")
    ids = []
    for number in range(3):
        thread = (await talk.sdk.threads.create(metadata={"group": group, "n": number}))["thread_id"]
        await talk.sdk.runs.wait(thread, "chain", input={"count": number})
        ids.append(thread)
    await talk.sdk.threads.create(metadata={"group": group, "n": 9})

    async def search(**body: Any) -> None:
        whole = {"metadata": {"group": group}, "sort_by": "created_at", "sort_order": "asc", **body}
        await talk.post("/threads/search", whole)

    number = ["metadata"]
    for values in (
        {"count": 4},
        {"count": 4, "trail": ["b", "x"]},
        {"trail": "a"},
        {"bogus": None},
        {"count": "4"},
        {},
    ):
        await search(values=values, select=number, ids=ids)
    await talk.post("/threads/search", {"metadata": {"group": group}, "values": {"count": 4}, "select": number})
    await talk.post("/threads/count", {"metadata": {"group": group}, "values": {"count": 4}})
    paths = {
        "c": "values.count", "last": "values.trail[-1]", "first": "values.trail[0]", "n": "metadata.n",
        "none": "values.nope.deep", "asked": "interrupts", "odd": "values.trail[x]", "dots": "values..count",
    }  # fmt: skip
    await search(extract=paths, select=number)
    await search(extract={"all": "values"}, select=["status", "values"], limit=1)
    for extract in ({"c": "status"}, {"not ok": "values"}, {str(n): "values" for n in range(11)}):
        await search(extract=extract)
    await search(select=[], limit=1)
    await search(select=["values", "interrupts", "config"], limit=1, offset=1)
    await search(ids=[], select=number)
    for key in ("thread_id", "updated_at", "state_updated_at"):
        for order in ("asc", "desc"):
            await search(sort_by=key, sort_order=order, select=number)
    await talk.post("/threads/search", {"metadata": {"group": group}, "sort_order": "asc", "select": number})
