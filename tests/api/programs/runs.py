"""Runs: creating, listing, joining, deleting, and thread and run while one is at work."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    runs = talk.sdk.runs
    unknown = talk.new_id("unknown")
    thread = await talk.thread()
    path = f"/threads/{thread}/runs"

    await runs.list(thread)
    first = await runs.create(
        thread,
        "slow",
        input={"seconds": 0.5},
        metadata={"number": 1},
        config={"configurable": {"size": 1}, "tags": ["t"], "recursion_limit": 33},
    )
    await talk.until_paused_in(thread, "sleep")
    await runs.get(thread, first["run_id"])
    await talk.sdk.threads.get(thread)
    second = await runs.create(thread, "slow", input={"seconds": 0}, metadata={"number": 2}, interrupt_before=["mark"])
    await runs.list(thread)
    await runs.list(thread, limit=1)
    await runs.list(thread, limit=1, offset=1)
    await talk.get(path, params={"status": "pending", "select": ["run_id", "status"]})
    await runs.join(thread, first["run_id"])
    await runs.join(thread, second["run_id"])
    await runs.join(thread, second["run_id"])
    await runs.get(thread, first["run_id"])
    await talk.sdk.threads.get(thread)
    await runs.delete(thread, first["run_id"])
    await talk.ask("DELETE", f"{path}/{first['run_id']}")
    await talk.get(f"{path}/{first['run_id']}")

    chosen = talk.new_id("chosen thread")
    await runs.wait(chosen, "chain", input={"count": 5}, if_not_exists="create", metadata={"number": 1})
    await talk.sdk.threads.get(chosen)
    await runs.list(chosen)

    for verb, tail in (
        ("GET", ""),
        ("GET", "/join"),
        ("GET", "/stream"),
        ("POST", "/cancel"),
        ("DELETE", ""),
    ):
        await talk.ask(verb, f"{path}/{unknown}{tail}")
    await talk.get(f"{path}/no-uuid")
    await talk.get(f"/threads/{unknown}/runs")
    for tail in ("", "/wait", "/stream"):
        await talk.post(f"/threads/{unknown}/runs{tail}", {"assistant_id": "chain", "input": {}})
        await talk.post(f"{path}{tail}", {"assistant_id": unknown})
        await talk.post(f"{path}{tail}", {"assistant_id": "nowhere"})
    await talk.post("/threads/no-uuid/runs", {"assistant_id": "chain", "input": {}})
    await talk.post(path, {"assistant_id": "chain", "context": {"a": 1}, "config": {"configurable": {"b": 1}}})
    await talk.post(path, {"assistant_id": "chain", "checkpoint_id": "no-uuid"})
