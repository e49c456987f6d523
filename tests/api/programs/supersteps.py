"""Threads that begin with a state."""

from typing import Any

from wire.talk import Talk

BEGUN = [
    {"updates": [{"values": {"count": 1, "trail": ["x"]}, "as_node": "__input__"}]},
    {"updates": [{"values": {"count": 2}, "as_node": "a"}]},
]


async def run(talk: Talk) -> None:
    threads = talk.sdk.threads
    chain = {"graph_id": "chain"}

    thread = (await threads.create(supersteps=BEGUN, graph_id="chain"))["thread_id"]
    await threads.get(thread)
    await threads.get_history(thread, limit=10)
    await talk.sdk.runs.wait(thread, "chain", input=None)
    refused: list[Any] = [
        [{"updates": []}],
        [{"updates": [{"values": {"count": 1}, "as_node": "nobody"}]}],
        [{"updates": [{"values": {"count": 1}}]}],
        [{"bogus": 1}],
    ]
    several = [{"updates": [{"values": {"count": 1}, "as_node": "a"}, {"values": {"trail": ["w"]}, "as_node": "b"}]}]
    goes = [{"updates": [{"command": {"update": {"count": 5}, "goto": "b"}, "as_node": "a"}]}]
    for supersteps in (*refused, [], several, goes):
        await talk.post("/threads", {"supersteps": supersteps, "metadata": chain})
    await talk.post("/threads", {"supersteps": BEGUN})
