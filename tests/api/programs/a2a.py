"""A2A by hand, in both dialects: sending, asking back, streaming, looking, cancelling, and what is no request."""

import asyncio
import uuid
from typing import Any

from wire.masking import GRAPH_NAMESPACE
from wire.talk import Talk

ACCEPT = {"accept": "application/json, text/event-stream"}


def assistant(graph: str) -> str:
    return str(uuid.uuid5(GRAPH_NAMESPACE, graph))


def said(text: str, message_id: str, **more: Any) -> dict[str, Any]:
    parts = [{"kind": "text", "text": text}]
    return {"message": {"role": "user", "parts": parts, "messageId": message_id, **more}}


MALFORMED: tuple[Any, ...] = (
    [{"jsonrpc": "2.0", "id": 3, "method": "message/send"}],
    {"jsonrpc": "2.0", "id": 1},
    {"id": 1, "method": "message/send"},
    {"jsonrpc": "2.0", "method": "message/send", "params": said("no id", "m0")},
    {"jsonrpc": "2.0", "id": 1, "method": "message/send"},
    {"jsonrpc": "2.0", "id": 1, "method": "unheard-of"},
    {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": {"message": {"role": "user", "parts": []}}},
    {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": {}},
    {"jsonrpc": "2.0", "id": 1, "method": "tasks/cancel", "params": {}},
    {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": {"id": "x:y"}},
)


async def run(talk: Talk) -> None:
    async def ask(method: str, params: Any, graph: str = "agent", **headers: str) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = await talk.ask("POST", f"/a2a/{assistant(graph)}", body, headers={**ACCEPT, **headers})
        is_json = answer.headers["content-type"] == "application/json"
        return answer.json().get("result") if is_json else None

    task = await ask("message/send", said("add 1 and 2", "m1"))
    name, context = task["id"], task["contextId"]
    second = await ask("message/send", said("add 3 and 4", "m2", contextId=context))
    for length in (None, 1, 0):
        await ask("tasks/get", {"id": name, **({} if length is None else {"historyLength": length})})
    scope = {"LangGraph-A2A-History-Scope": "task"}
    await ask("tasks/get", {"id": second["id"]}, **scope)
    await ask("tasks/get", {"id": name}, **{"LangGraph-A2A-History-Scope": "neither"})
    await ask("tasks/get", {"id": name.split(":")[1], "contextId": context})
    await ask("tasks/get", {"id": name, "contextId": talk.new_id("other")})
    await ask("tasks/get", {"id": talk.new_id("unknown"), "contextId": context})
    await ask("tasks/get", {"id": name}, "approval")
    await ask("tasks/cancel", {"id": name})
    await ask("message/send", said("once more", "m3", contextId=context, taskId=name))
    await ask("message/send", said("hello", "m4", contextId="no-uuid"))
    await ask("message/send", said("hello", "m4", contextId=talk.new_id("fresh")))
    await ask("message/send", said("hello", "m5"), "chain")

    asked = await ask("message/send", said("pay", "m6"), "approval")
    await ask("tasks/get", {"id": asked["id"]}, "approval")
    await ask("message/send", said("yes", "m7", contextId=asked["contextId"], taskId=asked["id"]), "approval")
    await ask("tasks/get", {"id": asked["id"]}, "approval")

    await ask("message/stream", said("add 1 and 2", "m8"))
    await ask("message/stream", said("pay", "m9"), "approval")
    await ask("message/stream", said("x", "m10"), "patient")
    await ask("message/stream", said("x", "m11"), "chain")
    await ask("message/stream", said("x", "m11"), accept="application/json")
    await ask("message/stream", {})

    waiting = talk.new_id("waiting")
    answer = asyncio.create_task(
        talk.unseen.post(
            f"/a2a/{assistant('patient')}",
            json={"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": said("30", "m12", contextId=waiting)},
            headers=ACCEPT,
        )
    )
    await talk.until(f"/threads/{waiting}", lambda thread: "thread_id" in thread)
    await talk.until_paused_in(waiting, "wait")
    run_id = (await talk.look(f"/threads/{waiting}/runs"))[0]["run_id"]
    for method in ("tasks/get", "tasks/cancel", "tasks/get"):
        await ask(method, {"id": f"{waiting}:{run_id}"}, "patient")
    await answer

    modern = {"role": "ROLE_USER", "messageId": "m13", "parts": [{"text": "add 1 and 2"}]}
    task = (await ask("SendMessage", {"message": modern}))["task"]
    await ask("GetTask", {"id": task["id"]})
    await ask("CancelTask", {"id": task["id"]})

    for body in MALFORMED:
        await talk.ask("POST", f"/a2a/{assistant('agent')}", body, headers=ACCEPT)
    await talk.ask("POST", f"/a2a/{assistant('agent')}", content="{bad", headers=ACCEPT)
    for name in ("agent", talk.new_id("nobody")):
        body = {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": said("x", "m14")}
        await talk.ask("POST", f"/a2a/{name}", body, headers=ACCEPT)
    for query in ({}, {"assistant_id": "agent"}, {"assistant_id": talk.new_id("nobody")}):
        await talk.get("/.well-known/agent-card.json", params=query)
