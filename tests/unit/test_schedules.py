"""When a cron is due: daylight saving in both directions, seconds, the latest of many missed ticks."""

from datetime import UTC, datetime, timedelta

import pytest

from duragraph_ext.core.domain.errors import Invalid
from duragraph_ext.core.domain.schedules import NeverDue, Schedule


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def due(expression: str, zone: str | None, after: str, count: int) -> list[str]:
    schedule, moment, found = Schedule.parse(expression, zone), utc(after), []
    for _ in range(count):
        moment = schedule.after(moment)
        found.append(moment.strftime("%m-%d %H:%M:%S"))
    return found


SPRING, AUTUMN = "2026-03-29T00:30:00+00:00", "2026-10-24T23:30:00+00:00"  # Berlin: 02:00 → 03:00, 03:00 → 02:00
TABLE = [
    # schedule, zone, after, the next times due in UTC
    ("* * * * *", None, "2026-11-25T13:03:43+00:00", ["11-25 13:04:00", "11-25 13:05:00"]),
    ("* * * * * */10", None, "2026-11-25T13:03:43+00:00", ["11-25 13:03:50", "11-25 13:04:00"]),
    ("*/2 * * * * 30", None, "2026-11-25T13:03:43+00:00", ["11-25 13:04:30", "11-25 13:06:30"]),
    ("@daily", "Asia/Tokyo", "2026-11-25T13:03:43+00:00", ["11-25 15:00:00", "11-26 15:00:00"]),
    ("0 9 * * mon", "America/New_York", "2026-10-30T00:00:00+00:00", ["11-02 14:00:00", "11-09 14:00:00"]),
    ("0 0 29 2 *", None, "2026-11-25T00:00:00+00:00", ["02-29 00:00:00"]),
    # a skipped time is due once, at the shift
    ("30 2 * * *", "Europe/Berlin", SPRING, ["03-29 01:00:00", "03-30 00:30:00"]),
    ("*/10 2 * * *", "Europe/Berlin", SPRING, ["03-29 01:00:00", "03-30 00:00:00"]),
    ("0 2,3 * * *", "Europe/Berlin", SPRING, ["03-29 01:00:00", "03-30 00:00:00"]),
    ("0 */2 * * *", "Europe/Berlin", SPRING, ["03-29 01:00:00", "03-29 02:00:00"]),
    ("30 2 29 3 *", "Europe/Berlin", SPRING, ["03-29 01:00:00", "03-29 00:30:00"]),
    # a doubled time is due once, the first time
    ("30 2 * * *", "Europe/Berlin", AUTUMN, ["10-25 00:30:00", "10-26 01:30:00"]),
    ("*/30 2 * * *", "Europe/Berlin", AUTUMN, ["10-25 00:00:00", "10-25 00:30:00", "10-26 01:00:00"]),
    ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00+00:00", ["10-26 01:30:00"]),
    ("0 1 * * *", "America/Los_Angeles", "2026-11-01T07:30:00+00:00", ["11-01 08:00:00", "11-02 09:00:00"]),
    # every hour is every hour
    ("30 * * * *", "Europe/Berlin", SPRING, ["03-29 01:30:00", "03-29 02:30:00"]),
    ("0 * * * *", "Europe/Berlin", SPRING, ["03-29 01:00:00", "03-29 02:00:00"]),
    ("30 * * * *", "Europe/Berlin", AUTUMN, ["10-25 00:30:00", "10-25 01:30:00", "10-25 02:30:00"]),
    ("*/20 0-23 * * *", "Europe/Berlin", "2026-10-25T00:30:00+00:00", ["10-25 00:40:00", "10-25 01:00:00"]),
    ("0 * * * *", "Australia/Lord_Howe", "2026-10-03T14:30:00+00:00", ["10-03 16:00:00", "10-03 17:00:00"]),
    ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T14:30:00+00:00", ["10-03 15:30:00", "10-04 15:15:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "zone", "after", "expected"), TABLE)
def test_the_next_times_are(expression: str, zone: str | None, after: str, expected: list[str]) -> None:
    assert due(expression, zone, after, len(expected)) == expected


@pytest.mark.parametrize("expression", ["* * * * *", "*/15 2 * * *", "30 1 * * *", "0 */3 * * *", "0 0 * * * 30"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_time_never_stands_still(expression: str, zone: str) -> None:
    schedule = Schedule.parse(expression, zone)
    for start in (utc(SPRING), utc(AUTUMN), utc("2026-03-08T04:00:00+00:00"), utc("2026-11-01T03:00:00+00:00")):
        moment = start
        for _ in range(40):
            following = schedule.after(moment)
            assert following > moment
            assert schedule.after(following - timedelta(microseconds=1)) == following
            moment = following


def test_of_many_missed_ticks_the_latest_counts() -> None:
    for expression, expected in [
        ("* * * * * *", "2026-11-25T12:00:00+00:00"),
        ("7-59/7 * * * *", "2026-11-25T11:56:00+00:00"),
        ("0 3 * * *", "2026-11-25T03:00:00+00:00"),
        ("0 0 1 * *", "2026-11-01T00:00:00+00:00"),
    ]:
        schedule = Schedule.parse(expression, None)
        first = schedule.after(utc("2025-01-15T10:00:00+00:00"))
        assert schedule.latest(first, utc("2026-11-25T12:00:00+00:00")) == utc(expected)


def test_the_only_missed_tick_is_the_latest() -> None:
    schedule = Schedule.parse("0 0 1 1 *", None)
    only = utc("2026-01-01T00:00:00+00:00")
    assert schedule.latest(only, only) == only
    assert schedule.latest(only, utc("2026-11-25T12:00:00+00:00")) == only


def test_a_schedule_with_years_ends() -> None:
    schedule = Schedule.parse("0 0 1 1 * 0 2027", None)
    last = schedule.after(utc("2026-11-25T12:00:00+00:00"))
    assert last == utc("2027-01-01T00:00:00+00:00")
    with pytest.raises(NeverDue):
        schedule.after(last)
    assert schedule.latest(last, utc("2029-01-01T00:00:00+00:00")) == last


@pytest.mark.parametrize("expression", ["", "nope", "* * * *", "60 * * * *", "R * * * *", "r(0-5) * * * *", "H * * * *",
                                        "@reboot", "* * * * *\n", "* " * 300])  # fmt: skip
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(Invalid) as caught:
        Schedule.parse(expression, None)
    assert caught.value.field == "schedule"


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "/etc/passwd", "../x", "Europe", "x" * 5000])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(Invalid) as caught:
        Schedule.parse("* * * * *", zone)
    assert caught.value.field == "timezone"
