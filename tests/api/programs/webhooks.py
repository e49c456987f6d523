"""Where webhooks may go, and what a run shows of its own. None is called: the run stays pending."""

from wire.talk import Talk

FORBIDDEN = (
    "http://127.0.0.1/x", "http://localhost:9/", "https://localhost/", "http://2130706433/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/", "http://169.254.169.254/latest",
    "http://metadata.google.internal/", "ftp://93.184.216.34/", "http:///x", "https://nowhere.invalid/",
)  # fmt: skip
STRICTER = ("http://93.184.216.34/x", "https://10.0.0.1/x", "https://[fd00::1]/x", "https://100.64.0.1/x", "/relative")


async def run(talk: Talk) -> None:
    thread = await talk.thread()
    later = {"assistant_id": "chain", "input": {}, "after_seconds": 3600, "webhook": "https://93.184.216.34/x?token=t"}
    await talk.post(f"/threads/{thread}/runs", later)
    cron = {"assistant_id": "chain", "schedule": "0 0 1 1 *", "enabled": False}
    made = await talk.post(f"/threads/{thread}/runs/crons", {**cron, "webhook": "https://93.184.216.34/x?token=t"})
    await talk.ask("PATCH", f"/runs/crons/{made['cron_id']}", {"webhook": "https://93.184.216.34/y"})
    await talk.ask("DELETE", f"/runs/crons/{made['cron_id']}")
    for url in FORBIDDEN:
        await talk.post(f"/threads/{thread}/runs", {**later, "webhook": url})
    for url in STRICTER:
        await talk.post("/runs/crons", {**cron, "webhook": url})
    for left in (await talk.unseen.post("/runs/crons/search", json={})).json():
        await talk.unseen.delete(f"/runs/crons/{left['cron_id']}")
