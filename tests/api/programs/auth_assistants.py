"""Assistants that all may use and only their maker may change."""

from wire.talk import Talk

ANN, BEN, GUEST = ({"authorization": f"Bearer {name}"} for name in ("ann", "ben", "guest"))


async def run(talk: Talk) -> None:
    made = talk.new_id("assistant of ann")
    await talk.post("/assistants", {"graph_id": "chain", "assistant_id": made, "name": "Ann's"}, headers=ANN)
    at = f"/assistants/{made}"
    await talk.get(at, headers=BEN)
    await talk.post("/assistants/search", {"name": "Ann's", "metadata": {"maker": "ann"}}, headers=BEN)
    await talk.post("/assistants/count", {"metadata": {"maker": "ann"}}, headers=BEN)
    for who in (BEN, ANN):
        await talk.ask("PATCH", at, {"metadata": {"more": 1}}, headers=who)
        await talk.post(f"{at}/latest", {"version": 1}, headers=who)
    await talk.post(f"{at}/versions", {}, headers=BEN)
    for what in ("graph", "subgraphs"):
        await talk.get(f"{at}/{what}", headers=BEN)
    await talk.get("/assistants/chain/graph", headers=BEN)
    await talk.post("/runs/wait", {"assistant_id": made, "input": {"count": 0}}, headers=BEN)
    await talk.post("/runs/wait", {"assistant_id": made, "input": {"count": 0}}, headers=GUEST)
    for who in (BEN, ANN):
        await talk.ask("DELETE", at, headers=who)
    await talk.get(at, headers=ANN)
