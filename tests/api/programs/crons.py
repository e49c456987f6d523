"""Crons that are never due here: created, read, changed, searched, counted, deleted, and what is refused."""

from wire.talk import Talk

NEVER = "0 0 1 1 *"
NOBODY = "00000000-0000-4000-8000-000000000000"


async def run(talk: Talk) -> None:
    whole = {
        "assistant_id": "chain", "schedule": NEVER, "input": {"x": 1}, "metadata": {"k": "v"},
        "timezone": "Europe/Berlin", "end_time": "2099-01-01T00:00:00Z", "on_run_completed": "keep",
        "config": {"configurable": {"a": 1}, "tags": ["t"]}, "stream_mode": "updates", "interrupt_before": ["a"],
        "durability": "exit", "enabled": False, "multitask_strategy": "reject", "unknown": 1,
    }  # fmt: skip
    cron = await talk.post("/runs/crons", whole)
    path = f"/runs/crons/{cron['cron_id']}"
    await talk.post("/runs/crons", {"assistant_id": "chain", "schedule": "@daily"})
    await talk.get(path)
    await talk.ask("PATCH", path, {})
    await talk.ask(
        "PATCH", path,
        {"schedule": "0 0 2 1 *", "metadata": {"b": 2}, "input": {"y": 2}, "timezone": "Asia/Tokyo", "enabled": True},
    )  # fmt: skip
    await talk.ask(
        "PATCH", path, {"end_time": None, "config": {"configurable": {"z": 1}}, "on_run_completed": "delete"}
    )
    await talk.ask("PATCH", path, {"context": {"q": 1}, "assistant_id": "agent", "unknown": 2})
    await on_a_thread(talk)
    await searched(talk, cron["assistant_id"])
    await refused(talk, path)
    await talk.ask("DELETE", path)
    await talk.ask("DELETE", path)
    await talk.get(path)
    await talk.ask("PATCH", path, {"enabled": False})
    for left in await talk.post("/runs/crons/search", {"select": ["cron_id"]}):
        await talk.ask("DELETE", f"/runs/crons/{left['cron_id']}")


async def on_a_thread(talk: Talk) -> None:
    """Crons go with their thread, and with their assistant."""
    thread = await talk.thread()
    body = {"assistant_id": "chain", "schedule": NEVER, "on_run_completed": "keep", "context": {"b": 1}}
    cron = await talk.post(f"/threads/{thread}/runs/crons", body)
    await talk.post("/runs/crons/search", {"thread_id": thread})
    await talk.post("/runs/crons/count", {"thread_id": thread})
    await talk.ask("DELETE", f"/threads/{thread}")
    await talk.get(f"/runs/crons/{cron['cron_id']}")
    assistant = await talk.post("/assistants", {"graph_id": "chain", "name": "with a cron"})
    cron = await talk.post("/runs/crons", {"assistant_id": assistant["assistant_id"], "schedule": NEVER})
    await talk.ask("DELETE", f"/assistants/{assistant['assistant_id']}")
    await talk.get(f"/runs/crons/{cron['cron_id']}")


async def searched(talk: Talk, assistant_id: str) -> None:
    await talk.post("/runs/crons/search", {"metadata": {"b": 2}})
    await talk.post("/runs/crons/search", {"select": ["cron_id", "schedule"], "limit": 1})
    await talk.post("/runs/crons/search", {"sort_by": "next_run_date", "sort_order": "asc", "select": ["schedule"]})
    await talk.post("/runs/crons/search", {"enabled": False})
    await talk.post("/runs/crons/search", {"assistant_id": assistant_id, "select": ["schedule"]})
    await talk.post("/runs/crons/count", {"metadata": {"k": "v"}})
    await talk.post("/runs/crons/count", {"assistant_id": NOBODY})
    await talk.post("/runs/crons/count", {})


async def refused(talk: Talk, path: str) -> None:
    good = {"assistant_id": "chain", "schedule": NEVER}
    for wrong in (
        {"schedule": "nope"}, {"schedule": ""}, {"schedule": 5}, {"schedule": "0 0 30 2 *"},
        {"timezone": "Mars/Phobos"}, {"timezone": 5}, {"enabled": "yes"}, {"on_run_completed": "x"},
        {"assistant_id": "nope"}, {"assistant_id": NOBODY}, {"input": "text"}, {"input": [1]}, {"webhook": "http://127.0.0.1/x"},
        {"webhook": "ftp://x"}, {"webhook": ""}, {"durability": "x"},
    ):  # fmt: skip
        await talk.post("/runs/crons", good | wrong)
    for wrong in ({"schedule": "nope"}, {"timezone": "x/y"}, {"timezone": None}, {"enabled": 5}):
        await talk.ask("PATCH", path, wrong)
    await talk.post(f"/threads/{NOBODY}/runs/crons", good)
    for wrong in ({"limit": 0}, {"sort_by": "x"}, {"select": ["x"]}, {"assistant_id": "no-uuid"}):
        await talk.post("/runs/crons/search", wrong)
    await talk.get("/runs/crons/no-uuid")
    await talk.get(f"/runs/crons/{NOBODY}")
    await talk.ask("DELETE", f"/runs/crons/{NOBODY}")
    await talk.ask("PATCH", f"/runs/crons/{NOBODY}", {})
    await talk.get("/runs/crons")
    await talk.post("/runs", {"assistant_id": "chain", "webhook": "http://127.0.0.1/x"})
