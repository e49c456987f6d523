"""The event log as the page shows it: a line for each stored event."""

from __future__ import annotations

from typing import Any

from duragraph_dashboard.timeline import row_name, seconds


def line(envelope: dict[str, Any]) -> dict[str, Any]:
    """An event's line; its payload stays with the API until somebody opens it."""
    return {
        "version": envelope["version"],
        "type": envelope["event_type"],
        "at": seconds(envelope["timestamp"]),
        "text": summary(envelope["event_type"], envelope.get("payload") or {}),
    }


def summary(event_type: str, payload: dict[str, Any]) -> str:
    """What an event says, in a few words."""
    words: list[str] = []
    if "node" in payload:
        words.append(row_name(payload))
    if event_type == "run.created":
        words.append(str(payload.get("graph_id") or ""))
    if event_type == "run.started" and payload.get("worker"):
        words.append(f"by {payload['worker']}")
    attempt = payload.get("attempt")
    if isinstance(attempt, int) and attempt > 1:
        words.append(f"attempt {attempt}")
    if isinstance(payload.get("duration_ms"), int | float):
        words.append(f"{payload['duration_ms']:.0f} ms")
    if payload.get("reason"):
        words.append(str(payload["reason"]))
    if error := payload.get("error"):
        words.append(str(error.get("message") or error.get("error") if isinstance(error, dict) else error))
    return " · ".join(word for word in words if word)[:300]
