"""When a cron is due: an expression, a time zone, and what daylight saving does to both.

Expressions are croniter's, as with LangGraph's own server: five fields, a sixth for seconds behind them, a seventh
for the year, and names like `@daily`. croniter is asked about wall-clock times only. By itself it fires a doubled
time twice; what a shift does is decided here: a time that a shift skips is due at the shift, a doubled one the first
time alone. A schedule of every hour means real time, so it neither waits nor fires more often at a shift.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

from .errors import Worded

HINT = (
    "Invalid cron schedule. Ensure the schedule uses the standard cron format (minute hour day_of_month month "
    "day_of_week). Example: '*/5 * * * *' for every 5 minutes."
)
_RANDOM = re.compile(r"(^|\s|,)[rR](\s|/|\(|,|$)")
_HOURS = 24
_LONGEST = 256
_SECOND = timedelta(seconds=1)


class NeverDue(ValueError):
    """A schedule that no date fits any more."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron expression in a time zone; asks and answers in UTC."""

    expression: str
    zone: ZoneInfo
    _every_hour: bool = field(repr=False)

    @classmethod
    def parse(cls, expression: str, timezone: str | None) -> "Schedule":
        """Read a schedule; no time zone is UTC. Raises Invalid."""
        zone = _zone(timezone)
        try:
            if len(expression) > _LONGEST or _RANDOM.search(expression) or "\n" in expression:
                raise ValueError
            hours = croniter(expression).expanded[1]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Worded("schedule", f"Invalid cron schedule: {expression[:_LONGEST]!r}. Reason: {HINT}") from None
        return cls(expression, zone, hours == ["*"] or len(set(hours)) == _HOURS)

    def after(self, moment: datetime) -> datetime:
        """The first time due behind a moment. Raises NeverDue."""
        return (self._after_in_real_time if self._every_hour else self._after_on_the_wall)(moment).astimezone(UTC)

    def latest(self, first: datetime, now: datetime) -> datetime:
        """The last time due until `now`, of those from `first` on, which is due itself."""
        window, found = _SECOND, None
        while found is None:
            start = max(now - window, first)
            try:
                due = first if start == first else self.after(start - timedelta(microseconds=1))
            except NeverDue:
                due = first
            found, window = (due if due <= now else None), window * 8
        try:
            while (following := self.after(found)) <= now:
                found = following
        except NeverDue:
            pass
        return found

    def _after_on_the_wall(self, moment: datetime) -> datetime:
        wall = moment.astimezone(self.zone).replace(tzinfo=None, fold=0)
        while True:
            wall = self._next(wall)
            due = self._first_instant(wall)
            if due > moment:
                return due

    def _after_in_real_time(self, moment: datetime) -> datetime:
        """Walk through stretches of one offset: the next match, unless a shift comes before it."""
        start = moment
        offset = self._offset(moment)
        wall = (moment + offset).replace(tzinfo=None)
        while True:
            due = (self._next(wall)).replace(tzinfo=UTC) - offset
            if self._offset(due) == offset:
                return due
            start, offset = self._shift_between(start, due)
            wall = (start + offset).replace(tzinfo=None) - timedelta(microseconds=1)

    def _next(self, wall: datetime) -> datetime:
        try:
            found: datetime = croniter(self.expression, wall).get_next(datetime)
        except (CroniterBadDateError, OverflowError):
            raise NeverDue("failed to find next date") from None
        return found

    def _first_instant(self, wall: datetime) -> datetime:
        """The instant of a wall-clock time: the first of a doubled one; for a skipped one the shift."""
        due = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if due.astimezone(self.zone).replace(tzinfo=None) == wall:
            return due
        earlier = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)  # across a gap the folds change places
        return self._shift_between(min(due, earlier), max(due, earlier))[0]

    def _offset(self, moment: datetime) -> timedelta:
        offset = moment.astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset

    def _shift_between(self, low: datetime, high: datetime) -> tuple[datetime, timedelta]:
        """The first second after a change of offset, and that offset; `low` and `high` have different ones."""
        low, high = low.astimezone(UTC).replace(microsecond=0), high.astimezone(UTC)
        before = self._offset(low)
        while high - low > _SECOND:
            middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        return high, self._offset(high)


def _zone(timezone: str | None) -> ZoneInfo:
    try:
        return ZoneInfo("UTC" if timezone is None else timezone)
    except (ValueError, OSError, LookupError):
        text = f"Invalid timezone: {timezone!r}. Use IANA timezone format (e.g. 'America/New_York')."
        raise Worded("timezone", text) from None
