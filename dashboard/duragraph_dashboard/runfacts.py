"""What the head of a run's page says, and the request that answers its interrupts."""

from __future__ import annotations

from typing import Any

ENDED = {"success", "error", "timeout", "interrupted"}


def run_facts(run: dict[str, Any], siblings: list[dict[str, Any]], *, unserved: bool) -> dict[str, Any]:
    """Title, status, figures, actions and the other runs of the thread."""
    ended = run["status"] in ENDED
    thread = run["thread_id"]
    facts: list[dict[str, Any]] = [
        _fact("Run", "id", run["run_id"]),
        _fact("Thread", "link", {"href": f"threads?id={thread}", "text": thread}),
        _fact("Created", "time", run["created_at"]),
    ]
    if run["started_at"]:
        facts.append(_fact("Took", "elapsed", {"start": run["started_at"], "end": run["ended_at"]}))
    if run["queued_for"] is not None:
        facts.append(_fact("Waited", "seconds", run["queued_for"]))
    facts.append(_fact("Worker", "text", run["worker"]))
    if run["attempt"]:
        facts.append(_fact("Attempt", "text", str(run["attempt"])))
    error = run["error"]
    return {
        "title": run["graph_id"],
        "status": run["status"],
        "facts": facts,
        "actions": [] if ended else [{"do": "cancel", "label": "Cancel run", "tone": "bad"}],
        "error": {"title": str(error.get("error") or "Error"), "text": str(error.get("message") or error)}
        if error
        else None,
        "hint": "No worker serves this graph now. The run starts as soon as one does." if unserved else "",
        "siblings": [
            {
                "href": f"run?id={one['run_id']}",
                "text": one["run_id"][-8:],
                "title": f"{one['status']} · {one['created_at']}",
                "status": one["status"],
                "current": one["run_id"] == run["run_id"],
            }
            for one in reversed(siblings)
        ],
    }


def resume_body(run: dict[str, Any], interrupts: list[dict[str, Any]], interrupt_id: str, value: Any) -> dict[str, Any]:
    """The new run that answers an interrupt; by its id when several are open, as LangGraph then demands."""
    kwargs = run.get("kwargs") or {}
    body: dict[str, Any] = {
        "assistant_id": run["assistant_id"],
        "command": {"resume": {interrupt_id: value} if len(interrupts) > 1 else value},
        "stream_mode": kwargs.get("stream_mode") or ["values"],
        "stream_resumable": True,
    }
    for name in ("config", "context"):
        if kwargs.get(name):
            body[name] = kwargs[name]
    return body


def _fact(label: str, kind: str, value: Any) -> dict[str, Any]:
    return {"label": label, "kind": kind, "value": value}
