"""What the head of a run's page says, and the request that answers its interrupts."""

from __future__ import annotations

from typing import Any

ENDED = {"success", "error", "timeout", "interrupted"}
NEEDS_ANSWER = "needs answer"
UNSERVED = "No worker serves this graph now. The run starts as soon as one does."
IDENTITY = {
    "run_id",
    "thread_id",
    "graph_id",
    "assistant_id",
    "user_id",
    "checkpoint_id",
    "checkpoint_ns",
    "checkpoint_map",
}


def run_facts(
    run: dict[str, Any], siblings: list[dict[str, Any]], asking: set[str], *, unserved: bool
) -> dict[str, Any]:
    """Title, status, figures, actions and the other runs of the thread."""
    ended = run["status"] in ENDED
    thread = run["thread_id"]
    facts: list[dict[str, Any]] = [
        _fact("Run", "id", run["run_id"]),
        _fact("Thread", "link", {"href": f"threads?id={thread}", "text": thread}),
        _fact("Created", "time", run["created_at"]),
    ]
    if run["started_at"]:
        facts.append(_fact("Waited", "elapsed", {"start": run["created_at"], "end": run["started_at"]}))
        facts.append(_fact("Took", "elapsed", {"start": run["started_at"], "end": run["ended_at"]}))
    facts.append(_fact("Worker", "text", run["worker"]))
    if run["attempt"]:
        facts.append(_fact("Attempt", "text", str(run["attempt"])))
    error = run["error"]
    return {
        "title": run["graph_id"],
        "status": shown_status(run, asking),
        "facts": facts,
        "actions": [] if ended else [{"do": "cancel", "label": "Cancel run", "tone": "bad"}],
        "error": {"title": str(error.get("error") or "Error"), "text": str(error.get("message") or error)}
        if error
        else None,
        "hint": f"Waits for {run['queued_for']}." if run["queued_for"] else UNSERVED if unserved else "",
        "siblings": [
            {
                "href": f"run?id={one['run_id']}",
                "text": one["run_id"][-8:],
                "title": f"{shown_status(one, asking)} · {one['created_at']}",
                "status": shown_status(one, asking),
                "current": one["run_id"] == run["run_id"],
            }
            for one in reversed(siblings)
        ],
    }


def shown_status(run: dict[str, Any], asking: set[str]) -> str:
    """A run's status; LangGraph calls one that ended with a question a success, here it needs an answer."""
    return NEEDS_ANSWER if run["run_id"] in asking and run["status"] == "success" else str(run["status"])


def resume_body(run: dict[str, Any], interrupts: list[dict[str, Any]], interrupt_id: str, value: Any) -> dict[str, Any]:
    """The new run that answers an interrupt; by its id when several are open, as LangGraph then demands."""
    kwargs = run.get("kwargs") or {}
    body: dict[str, Any] = {
        "assistant_id": run["assistant_id"],
        "command": {"resume": {interrupt_id: value} if len(interrupts) > 1 else value},
        "stream_mode": kwargs.get("stream_mode") or ["values"],
        "stream_resumable": True,
    }
    if config := given_config(kwargs):
        body["config"] = config
    if kwargs.get("context"):
        body["context"] = kwargs["context"]
    return body


def given_config(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The part of a run's configuration that its caller gave, without what the server filled in."""
    config = kwargs.get("config") or {}
    given = {key: config[key] for key in ("tags", "recursion_limit") if config.get(key)}
    configurable = {
        key: value
        for key, value in (config.get("configurable") or {}).items()
        if key not in IDENTITY and not key.startswith(("__", "langgraph_"))
    }
    return {**given, "configurable": configurable} if configurable else given


def _fact(label: str, kind: str, value: Any) -> dict[str, Any]:
    return {"label": label, "kind": kind, "value": value}
