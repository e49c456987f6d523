"""Event envelopes as the API sends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

RUN = "0198c0de-0000-7000-8000-000000000001"
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Log:
    """Writes the stream of one run, one event after the other."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(self, at: float, event_type: str, **payload: Any) -> dict[str, Any]:
        """Append an event `at` seconds after the start."""
        event = {
            "event_id": f"event-{len(self.events) + 1}",
            "aggregate_type": "run",
            "aggregate_id": RUN,
            "version": len(self.events) + 1,
            "event_type": event_type,
            "payload": payload,
            "metadata": {},
            "timestamp": (START + timedelta(seconds=at)).isoformat(),
        }
        self.events.append(event)
        return event

    def node(self, at: float, action: str, task: str, node: str, **more: Any) -> dict[str, Any]:
        """Append a node's event."""
        payload = {"task_id": task, "node": node, "ns": "", "step": 1, "attempt": 1, **more}
        return self.add(at, f"execution.node_{action}", **payload)
