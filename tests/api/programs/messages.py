"""A tool-calling agent whose model streams: every mode that shows messages."""

from wire.talk import Talk

QUESTION = {"messages": [{"role": "user", "content": "add 2 and 3", "id": "question"}]}
MODES = ("values", "updates", "messages", "messages-tuple", "tasks", ["messages", "messages-tuple"], "events")


async def run(talk: Talk) -> None:
    for mode in MODES:
        body = {"assistant_id": "agent", "input": QUESTION, "stream_mode": mode}
        await talk.post(f"/threads/{await talk.thread()}/runs/stream", body)

    thread = await talk.thread()
    modes = ["values", "messages-tuple", "updates"]
    async for _ in talk.sdk.runs.stream(thread, "agent", input={"messages": "hello"}, stream_mode=modes):
        pass
    await talk.sdk.runs.wait(thread, "agent", input=QUESTION)
    await talk.sdk.threads.get_state(thread)
    await talk.sdk.threads.get(thread)
    await talk.post("/runs/stream", {"assistant_id": "agent", "input": QUESTION, "stream_mode": "messages-tuple"})

    for subgraphs in (False, True):
        for mode in ("messages", "messages-tuple", ["custom", "values", "updates"]):
            body = {"assistant_id": "team", "input": QUESTION, "stream_mode": mode, "stream_subgraphs": subgraphs}
            await talk.post(f"/threads/{await talk.thread()}/runs/stream", body)
