"""Interrupts and their answers: one, several, inside a subgraph, and commands that update or go elsewhere."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    runs, threads = talk.sdk.runs, talk.sdk.threads

    thread = await talk.thread()
    await runs.wait(thread, "single", input={"topic": "tea"})
    await runs.wait(thread, "single", input={"topic": "coffee"})
    await runs.wait(thread, "single", command={"resume": "yes"})
    await threads.get(thread)
    await runs.wait(thread, "single", command={"resume": "once more"})
    await threads.get_history(thread, limit=20)

    thread = await talk.thread()
    await runs.wait(thread, "single", input={"topic": "tea"})
    await talk.post(
        f"/threads/{thread}/runs/stream",
        {
            "assistant_id": "single",
            "command": {"resume": "yes", "update": {"topic": "milk"}},
            "stream_mode": ["values", "updates"],
        },
    )

    thread = await talk.thread()
    await runs.wait(thread, "single", input={"topic": "tea"})
    await runs.wait(thread, "single", command={"update": {"topic": "milk"}})
    await threads.get(thread)
    await threads.get_state(thread)
    await runs.wait(thread, "single", command={"resume": "hot"})

    thread = await talk.thread()
    await runs.wait(thread, "single", input={"topic": "tea"})
    await runs.wait(thread, "single", command={"goto": "finish"})
    await threads.get(thread)
    await threads.get_state(thread)

    thread = await talk.thread()
    await runs.wait(thread, "parallel", input={"topic": "tea"})
    pending = (await threads.get(thread))["interrupts"]
    await runs.wait(thread, "parallel", command={"resume": "to whom?"}, raise_error=False)
    await threads.get(thread)
    by_question = {item["value"]["question"]: item["id"] for items in pending.values() for item in items}
    await runs.wait(thread, "parallel", command={"resume": {by_question["second"]: "two"}})
    await threads.get(thread)
    await threads.get_state(thread)
    await runs.wait(thread, "parallel", command={"resume": {by_question["first"]: "one"}})
    await threads.get_state(thread)

    thread = await talk.thread()
    await runs.wait(thread, "nested", input={"topic": "tea"})
    await threads.get_state(thread)
    state = await threads.get_state(thread, subgraphs=True)
    await threads.get_state(thread, checkpoint=state["tasks"][0]["state"]["checkpoint"])
    await runs.wait(thread, "nested", command={"resume": "fine"})
    await threads.get_state(thread, subgraphs=True)
    await threads.get_history(thread, limit=20)
