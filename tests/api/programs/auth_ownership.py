"""Two users, each with threads of their own: what one makes is not there for the other."""

from wire.talk import Talk

ANN, BEN, ADMIN = ({"authorization": f"Bearer {name}"} for name in ("ann", "ben", "admin"))


async def run(talk: Talk) -> None:
    made = talk.new_id("thread of ann")
    await talk.post("/threads", {"thread_id": made, "metadata": {"n": 1}}, headers=ANN)
    for who in (ANN, BEN, ADMIN):
        await talk.get(f"/threads/{made}", headers=who)
    await talk.post("/threads", {"thread_id": made}, headers=BEN)
    await talk.post("/threads", {"thread_id": made, "if_exists": "do_nothing"}, headers=BEN)
    await talk.post("/threads", {"thread_id": made, "if_exists": "do_nothing"}, headers=ANN)
    await talk.ask("PATCH", f"/threads/{made}", {"metadata": {"n": 2}}, headers=BEN)
    await talk.ask("PATCH", f"/threads/{made}", {"metadata": {"n": 3}}, headers=ANN)
    for who in (ANN, BEN):
        await talk.post("/threads/search", {"metadata": {"n": 3}, "select": ["thread_id", "metadata"]}, headers=who)

    run = {"assistant_id": "chain", "input": {"count": 0}}
    for kind in ("", "/wait", "/stream"):
        await talk.post(f"/threads/{made}/runs{kind}", run, headers=BEN)
    await talk.post(f"/threads/{made}/runs", {**run, "if_not_exists": "create"}, headers=BEN)
    await talk.post(f"/threads/{made}/runs/wait", run, headers=ANN)
    runs = await talk.get(f"/threads/{made}/runs", headers=ANN)
    one = f"/threads/{made}/runs/{runs[0]['run_id']}"
    for path in (f"/threads/{made}/runs", one, f"{one}/join", f"{one}/stream"):
        await talk.get(path, headers=BEN)
    await talk.post(f"{one}/cancel", headers=BEN)
    await talk.ask("DELETE", one, headers=BEN)

    for path in ("state", "history"):
        for who in (ANN, BEN):
            await talk.get(f"/threads/{made}/{path}", headers=who)
    await talk.post(f"/threads/{made}/history", {}, headers=BEN)
    await talk.post(f"/threads/{made}/state/checkpoint", {"checkpoint": {"checkpoint_id": made}}, headers=BEN)
    await talk.ask("DELETE", f"/threads/{made}", headers=BEN)
    await talk.ask("DELETE", f"/threads/{made}", headers=ANN)
    await talk.get(f"/threads/{made}", headers=ADMIN)

    await talk.post("/runs/wait", run, headers=BEN)
    kept = await talk.post("/runs", {**run, "on_completion": "keep"}, headers=BEN)
    thread = kept["thread_id"]
    await talk.until_done(thread, ADMIN)
    for who in (ANN, BEN):
        await talk.get(f"/threads/{thread}", headers=who)
