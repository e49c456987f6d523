"""Crons: runs on a schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from .base import Answer, Body, JsonObject, Limit, Offset, SortOrder, Uuid
from .runs import RunCreate

CronField = Literal[
    "cron_id",
    "assistant_id",
    "thread_id",
    "on_run_completed",
    "end_time",
    "schedule",
    "timezone",
    "created_at",
    "updated_at",
    "user_id",
    "payload",
    "next_run_date",
    "metadata",
    "enabled",
]


def as_moment(text: str) -> datetime:
    """A time in ISO 8601; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _moment(text: str) -> str:
    try:
        as_moment(text)
    except (ValueError, OverflowError):
        raise ValueError("must be a date and time in ISO 8601") from None
    return text


Moment = Annotated[str, AfterValidator(_moment), Field(json_schema_extra={"format": "date-time"})]
"""A date and time that is kept as it was written."""


class _CronRun(RunCreate):
    """What each run is given; the cron keeps fields that it does not know, as the reference does."""

    model_config = ConfigDict(extra="allow")

    input: JsonObject | list[JsonObject] | None = None
    schedule: str
    timezone: str = "UTC"
    end_time: Moment | None = None
    enabled: bool = True


class ThreadCronCreate(_CronRun):
    """A cron whose runs all go to one thread."""


class CronCreate(_CronRun):
    """A cron whose runs get a thread each, which goes with the run or stays."""

    on_run_completed: Literal["delete", "keep"] = "delete"


class CronPatch(CronCreate):
    """What is given changes: metadata is merged, everything else replaced; `end_time` null is no end."""

    assistant_id: str = ""
    schedule: str = ""


class CronCount(Body):
    assistant_id: Uuid | None = None
    thread_id: Uuid | None = None
    metadata: JsonObject = Field(default_factory=dict)


class CronSearch(CronCount):
    enabled: bool | None = None
    limit: Limit = 10
    offset: Offset = 0
    sort_by: Literal[
        "cron_id", "assistant_id", "thread_id", "next_run_date", "end_time", "created_at", "updated_at"
    ] = "created_at"
    sort_order: SortOrder = "desc"
    select: list[CronField] | None = None


class Cron(Answer):
    cron_id: UUID
    assistant_id: UUID
    thread_id: UUID | None
    user_id: str
    end_time: str | None
    schedule: str
    timezone: str | None
    payload: JsonObject
    next_run_date: datetime | None
    metadata: JsonObject
    on_run_completed: Literal["delete", "keep"] | None
    enabled: bool
    created_at: datetime
    updated_at: datetime
