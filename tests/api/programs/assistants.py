"""Assistants: their life, versions, conflicts and what is said about unknown ones."""

from wire.talk import Talk


async def run(talk: Talk) -> None:
    assistants = talk.sdk.assistants
    chosen, unknown = talk.new_id("chosen assistant"), talk.new_id("unknown assistant")

    plain = await assistants.create("agent")
    await assistants.create(
        "chain",
        {"configurable": {"size": 1}, "tags": ["t"], "recursion_limit": 7},
        metadata={"team": "a"},
        assistant_id=chosen,
        name="Chosen",
        description="with everything",
    )
    await assistants.create("settings", context={"language": "de"})
    await assistants.create("chain", assistant_id=chosen, if_exists="do_nothing")
    await talk.post("/assistants", {"graph_id": "chain", "assistant_id": chosen})
    await talk.post("/assistants", {"graph_id": "chain", "context": {"a": 1}, "config": {"configurable": {"b": 1}}})
    await talk.post("/assistants", {"graph_id": "nowhere"})
    await talk.post("/assistants", {"graph_id": "chain", "assistant_id": "no-uuid"})
    await assistants.get(chosen)
    for stranger in (unknown, "no-uuid", "agent"):
        await talk.get(f"/assistants/{stranger}")

    await assistants.update(chosen, metadata={"level": 2}, config={"configurable": {"size": 2}})
    await assistants.update(chosen, name="Renamed", description="again", context={"size": 3})
    await assistants.update(chosen, graph_id="agent")
    await talk.ask("PATCH", f"/assistants/{chosen}", {"graph_id": "nowhere"})
    await talk.ask("PATCH", f"/assistants/{unknown}", {"name": "x"})
    await assistants.get_versions(chosen)
    await assistants.get_versions(chosen, limit=1, offset=1)
    await assistants.get_versions(chosen, metadata={"level": 2}, limit=1)
    await talk.post(f"/assistants/{unknown}/versions")
    await assistants.set_latest(chosen, 2)
    await assistants.get(chosen)
    await assistants.update(chosen, name="After the return")
    await talk.post(f"/assistants/{chosen}/latest", {"version": 99})
    await talk.post(f"/assistants/{unknown}/latest", {"version": 1})

    await assistants.delete(plain["assistant_id"])
    await talk.ask("DELETE", f"/assistants/{plain['assistant_id']}")
    await talk.ask("DELETE", "/assistants/no-uuid")
    await talk.get(f"/assistants/{plain['assistant_id']}")
