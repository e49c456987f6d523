"""What reaches a node: configurable, context, metadata and tags of assistant, thread and run."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    runs = talk.sdk.runs
    thread = await talk.thread()
    await runs.wait(
        thread,
        "inspector",
        input={},
        metadata={"of": "run"},
        config={"configurable": {"size": 1}, "tags": ["t"], "metadata": {"more": 2}},
    )
    await runs.list(thread)
    await talk.sdk.threads.get(thread)
    await talk.sdk.threads.get_state(thread)
    await runs.wait(await talk.thread(), "inspector", input={}, context={"size": 1})
    await runs.wait(await talk.thread(), "settings", input={}, context={"language": "de", "other": 1})
    await runs.wait(None, "inspector", input={})

    assistant = await talk.sdk.assistants.create(
        "inspector",
        {"configurable": {"mine": 1, "both": "assistant"}, "tags": ["assistant"], "recursion_limit": 11},
        metadata={"mine": 1, "both": "assistant"},
    )
    made = await talk.sdk.threads.create(metadata={"thread": 1, "both": "thread"})
    thread = made["thread_id"]
    await runs.wait(
        thread,
        assistant["assistant_id"],
        input={},
        metadata={"run": 1, "both": "run"},
        config={
            "configurable": {"run": 1, "both": "run"},
            "tags": ["run"],
            "metadata": {"config": 1, "both": "config"},
        },
    )
    await runs.list(thread)
    await talk.sdk.threads.get(thread)
    await talk.sdk.threads.get_state(thread)

    assistant = await talk.sdk.assistants.create("inspector", context={"mine": 1})
    for given in ({}, {"context": {"run": 1}}, {"config": {"configurable": {"run": 1}}}):
        body = {"assistant_id": assistant["assistant_id"], "input": {}, **given}
        await talk.post(f"/threads/{await talk.thread()}/runs/wait", body)
    await talk.sdk.assistants.delete(assistant["assistant_id"])
    await talk.post("/runs/wait", {"assistant_id": assistant["assistant_id"], "input": {}})

    for graph in ("tuned", "strict", "settings"):
        for given in (
            {},
            {"context": {}},
            {"context": {"depth": 2, "other": 1}},
            {"config": {"configurable": {"x": 1}}},
        ):
            await talk.post("/runs/wait", {"assistant_id": graph, "input": {}, **given})

    for given in (
        {"input": {"count": 0}, "command": {}},
        {"command": {}},
        {"input": {"count": 0}, "durability": "exit"},
        {"input": {"count": 0}, "checkpoint_during": False},
        {"input": {"count": 0}, "checkpoint_during": False, "durability": "async"},
    ):
        thread = await talk.thread()
        await talk.post(f"/threads/{thread}/runs/wait", {"assistant_id": "chain", **given})
        await runs.list(thread)
