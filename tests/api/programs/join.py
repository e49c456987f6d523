"""Joining streams: live, afterwards, from a given event, and only some modes."""

from wire.talk import Talk

MODES = ["values", "updates"]


async def run(talk: Talk) -> None:
    thread = await talk.thread()
    body = {"assistant_id": "chain", "input": {"count": 0}, "stream_mode": MODES}
    answer = await talk.ask("POST", f"/threads/{thread}/runs/stream", {**body, "stream_resumable": True})
    path = f"/threads/{thread}/runs/{answer.headers['content-location'].split('/')[-1]}/stream"
    ids = [line[4:] for line in answer.text.splitlines() if line.startswith("id: ")]
    await talk.get(path)
    for last in ("-1", "0", ids[2], ids[-1]):
        await talk.get(path, headers={"last-event-id": last})
    await talk.get(path, headers={"last-event-id": "-1"}, params={"stream_mode": "updates"})

    thread = await talk.thread()
    answer = await talk.ask("POST", f"/threads/{thread}/runs/stream", body)
    path = f"/threads/{thread}/runs/{answer.headers['content-location'].split('/')[-1]}/stream"
    await talk.get(path)

    slow = {"assistant_id": "slow", "input": {"seconds": 0.3}, "stream_mode": MODES, "stream_resumable": True}
    for modes in ("updates", None):
        thread = await talk.thread()
        made = await talk.unseen.post(f"/threads/{thread}/runs", json=slow)
        options = {"params": {"stream_mode": modes}} if modes else {}
        path = f"/threads/{thread}/runs/{made.json()['run_id']}/stream"
        await talk.get(path, headers={"last-event-id": "-1"}, **options)

    thread = await talk.thread()
    made = await talk.unseen.post(f"/threads/{thread}/runs", json={**slow, "stream_mode": ["values"]})
    async for _ in talk.sdk.runs.join_stream(thread, made.json()["run_id"], last_event_id="-1"):
        pass
    await talk.sdk.runs.join(thread, made.json()["run_id"])
