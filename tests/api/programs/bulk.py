"""Many runs at once: created in a batch, cancelled by their ids."""

from wire.talk import Talk

from programs.multitask import busy


async def run(talk: Talk) -> None:
    await talk.post("/runs/batch", [{"assistant_id": "chain", "input": {"count": 1}, "on_completion": "keep"}])
    made = await talk.sdk.runs.create_batch(
        [
            {"assistant_id": "chain", "input": {"count": 1}, "on_completion": "keep", "metadata": {"first": True}},
            {"assistant_id": "slow", "input": {"seconds": 0}, "on_completion": "keep", "stream_mode": "updates"},
        ]
    )
    for one in made:
        await talk.until(f"/threads/{one['thread_id']}", lambda answer: answer["status"] != "busy")
        await talk.get(f"/threads/{one['thread_id']}/runs/{one['run_id']}/join")

    for action in ("interrupt", "rollback"):
        thread = await busy(talk, 30)
        waiting = [await talk.sdk.runs.create(thread, "slow", input={"seconds": 0}) for _ in range(2)]
        ids = [one["run_id"] for one in waiting]
        nobody = talk.new_id("nobody")
        await talk.sdk.runs.cancel_many(thread_id=thread, run_ids=[*ids, nobody], action=action)
        await left(talk, thread)
        await talk.ask("POST", "/runs/cancel", {"thread_id": thread, "run_ids": ids})
        await talk.ask("POST", "/runs/cancel", {"thread_id": thread, "run_ids": [nobody]})
        await talk.ask("POST", "/runs/cancel", {"thread_id": thread, "run_ids": []})
        running = [one["run_id"] for one in await talk.look(f"/threads/{thread}/runs") if one["status"] == "running"]
        await talk.ask("POST", f"/runs/cancel?action={action}", {"thread_id": thread, "run_ids": running})
        await talk.until(f"/threads/{thread}/runs", lambda runs: all(one["status"] != "running" for one in runs))
        await left(talk, thread)


async def left(talk: Talk, thread: str) -> None:
    await talk.get(f"/threads/{thread}/runs", params={"select": ["run_id", "status"]})
