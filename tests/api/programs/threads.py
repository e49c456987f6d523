"""Threads: their life, conflicts, finding and counting them."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    threads = talk.sdk.threads
    chosen, unknown, group = talk.new_id("chosen thread"), talk.new_id("unknown thread"), talk.new_id("group")

    await threads.create()
    await threads.create(thread_id=chosen, metadata={"group": group, "n": 1})
    await talk.post("/threads", {"thread_id": chosen})
    await threads.create(thread_id=chosen, if_exists="do_nothing")
    await talk.post("/threads", {"thread_id": "no-uuid"})
    await threads.get(chosen)
    for stranger in (unknown, "no-uuid"):
        await talk.get(f"/threads/{stranger}")
    await threads.update(chosen, metadata={"n": 2, "more": [1]})
    await threads.update(chosen, metadata={"n": 3}, return_minimal=True)
    await talk.ask("PATCH", f"/threads/{unknown}", {"metadata": {}})

    second = await threads.create(metadata={"group": group, "n": 2})
    await threads.create(metadata={"group": group, "n": 3})
    await talk.sdk.runs.wait(second["thread_id"], "chain", input={"count": 0})
    mine = {"group": group}
    await threads.search(metadata=mine, sort_by="created_at", sort_order="asc")
    await threads.search(metadata=mine, limit=2, sort_by="created_at")
    await threads.search(metadata=mine, limit=2, offset=2, sort_by="created_at", select=["thread_id", "metadata"])
    await threads.search(metadata=mine, ids=[chosen], select=["thread_id", "status", "values"])
    await threads.search(metadata=mine, status="idle", sort_by="created_at", select=["thread_id"])
    await threads.search(metadata=mine, status="busy")
    await threads.count(metadata=mine)
    await threads.count(metadata=mine, status="error")
    await talk.post("/threads/search", {"ids": ["no-uuid"]})

    await threads.delete(chosen)
    await talk.ask("DELETE", f"/threads/{chosen}")
    await talk.ask("DELETE", "/threads/no-uuid")
    await talk.get(f"/threads/{chosen}/state")
    await talk.post("/threads", {"thread_id": chosen})
