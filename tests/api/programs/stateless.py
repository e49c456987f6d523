"""Runs without a thread of their own."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    runs = talk.sdk.runs
    await runs.wait(None, "chain", input={"count": 5})
    await runs.wait(None, "failing", input={"text": "bad"}, raise_error=False)
    await runs.wait(None, "single", input={"topic": "tea"})
    async for _ in runs.stream(None, "chain", input={"count": 5}, stream_mode=["values", "updates"]):
        pass
    await talk.post("/runs/stream", {"assistant_id": "failing", "input": {"text": "bad"}})
    body = {"assistant_id": "chain", "input": {"count": 1}, "stream_mode": ["checkpoints", "debug", "tasks"]}
    await talk.post("/runs/stream", body)
    await talk.post("/runs/stream", {**body, "on_completion": "keep"})
    await runs.create(None, "chain", input={"count": 5}, metadata={"number": 1})
    await talk.post("/runs/stream", {"assistant_id": "chain", "input": {"count": 1}, "stream_resumable": True})

    kept = await talk.ask("POST", "/runs/wait", {"assistant_id": "chain", "input": {}, "on_completion": "keep"})
    await talk.get(f"/threads/{kept.headers['content-location'].split('/')[2]}")
    gone = await talk.ask("POST", "/runs/wait", {"assistant_id": "chain", "input": {"count": 5}})
    await talk.get(f"/threads/{gone.headers['content-location'].split('/')[2]}")

    for tail in ("", "/wait", "/stream"):
        await talk.post(f"/runs{tail}", {"assistant_id": "nowhere"})
        await talk.post(f"/runs{tail}", {"assistant_id": talk.new_id("unknown")})
