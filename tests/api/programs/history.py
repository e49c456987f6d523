"""Pages and parts of a history."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    thread = await talk.thread()
    await talk.sdk.runs.wait(thread, "chain", input={"count": 0}, metadata={"purpose": "history"})
    states = await talk.look(f"/threads/{thread}/history?limit=20")
    second = states[1]["checkpoint"]
    for body in (
        {"before": {"configurable": second}},
        {"before": second},
        {"before": second["checkpoint_id"]},
        {"before": {}},
        {"metadata": {"source": "loop"}},
        {"metadata": {"purpose": "history", "step": 2}},
        {"metadata": {"purpose": "other"}},
        {"checkpoint": second},
        {"checkpoint": {"checkpoint_ns": ""}},
        {"checkpoint": {"checkpoint_ns": "nowhere"}},
        {"checkpoint": {"checkpoint_id": "nowhere"}},
    ):
        await talk.post(f"/threads/{thread}/history", {"limit": 10, **body})
    await talk.get(f"/threads/{thread}/history", params={"limit": 10, "before": second["checkpoint_id"]})
