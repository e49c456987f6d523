"""A cron as a fold of its events."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from .events import Event


@dataclass(frozen=True, slots=True)
class Firing:
    """A tick that was spent."""

    scheduled_for: datetime
    run_id: UUID | None
    fired_at: datetime


@dataclass(slots=True)
class Cron:
    """A cron from its own stream."""

    cron_id: UUID
    version: int = 0
    assistant_id: UUID | None = None
    thread_id: UUID | None = None
    schedule: str = ""
    timezone: str | None = None
    end_time: datetime | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    on_run_completed: str | None = None
    enabled: bool = True
    user_id: str = ""
    next_run_date: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    firings: list[Firing] = field(default_factory=list)

    def apply(self, event: Event) -> None:
        """Take one event."""
        self.version = event.version
        body = event.payload
        if event.type in ("cron.created", "cron.updated"):
            self.assistant_id, self.thread_id = UUID(body["assistant_id"]), _uuid(body["thread_id"])
            self.schedule, self.timezone, self.end_time = body["schedule"], body["timezone"], _time(body["end_time"])
            self.payload, self.metadata = body["payload"], body["metadata"]
            self.on_run_completed, self.enabled = body["on_run_completed"], body["enabled"]
            self.next_run_date, self.user_id = _time(body["next_run_date"]), body.get("user_id", "")
            self.created_at, self.updated_at = self.created_at or event.at, event.at
        elif event.type == "cron.fired":
            self.next_run_date = _time(body["next_run_date"])
            self.firings.append(Firing(datetime.fromisoformat(body["scheduled_for"]), _uuid(body["run_id"]), event.at))
        elif event.type == "cron.deleted":
            self.deleted_at = event.at


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
