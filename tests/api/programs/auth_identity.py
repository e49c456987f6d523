"""Who asks: refusals, and what a node learns of the user and of chosen headers."""

from wire.talk import Talk


def bearer(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {name}"}


async def run(talk: Talk) -> None:
    for headers in ({}, {"authorization": "Basic ann"}, bearer("banned")):
        await talk.post("/threads", headers=headers)
    await talk.post("/threads", {"metadata": {"refuse": "create"}}, headers=bearer("ann"))
    forged = {"langgraph_auth_user_id": "ben", "langgraph_auth_permissions": ["all"], "user_id": "ben", "mine": 1}
    asked = {"assistant_id": "inspector", "input": {}}
    chosen = {"x-in-a": "1", "x-in-secret": "2", "x-out": "3"}
    await talk.post("/runs/wait", asked, headers={**bearer("ann"), **chosen})
    await talk.post("/runs/wait", {**asked, "config": {"configurable": forged}}, headers=bearer("ann"))
    await talk.post("/runs/wait", {**asked, "context": {"size": 1}}, headers={**bearer("ann"), "x-in-a": "2"})
    made = await talk.post("/threads", headers=bearer("ann"))
    thread = made["thread_id"]
    await talk.post(f"/threads/{thread}/runs/wait", asked, headers=bearer("ann"))
    await talk.get(f"/threads/{thread}/runs", headers=bearer("ann"))
    written = {"assistant_id": "chain", "input": {"count": 0}, "metadata": {"write": 40}}
    await talk.post(f"/threads/{thread}/runs/wait", written, headers=bearer("ann"))

    team = await talk.post("/threads", headers=bearer("team-a"))
    for name in ("team-a", "team-all", "team-b", "ann"):
        await talk.get(f"/threads/{team['thread_id']}", headers=bearer(name))
