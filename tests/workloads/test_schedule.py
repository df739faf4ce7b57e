"""Schedules and time zones, as `ParseStandard` of github.com/robfig/cron/v3 and a server of 1.37 take them."""

from __future__ import annotations

import pytest

from patterns.errors import InvalidValue
from patterns.workloads.schedule import check_schedule, check_time_zone

TAKEN = [
    "0 3 * * *",
    "*/15 0-6/2 1,15 jan-JUN MON",
    "0 0 1 1 ?",
    "5/20 * * * *",
    "0 0 29 2 *",
    "0 0 31 2 MON",
    "0 0 31 feb,mar *",
    "0 0 31 2/2 *",
    "0 0 30 */5 *",
    "  0 3 * * *  ",
    "@hourly",
    "@midnight",
    "@every 1h30m",
    "@every 90000ms",
    "@every 1.5s",
    "@every 1s",
]
REFUSED = [
    ("", "five fields"),
    ("@daily ", "a macro such as @daily"),
    ("@Daily", "a macro such as @daily"),
    ("@reboot", "a macro such as @daily"),
    ("@every 5", "a macro such as @daily"),
    ("@every 0s", "a second at least between two runs"),
    ("@every 500ms", "a second at least between two runs"),
    ("@every -1h", "a second at least between two runs"),
    ("0 0 * * 7", "its day of week, where '7' is not from 0 to 6"),
    ("0 0 0 * *", "its day of month, where '0' is not from 1 to 31"),
    ("60 * * * *", "its minute, where '60' is not from 0 to 59"),
    ("5-1 * * * *", "its minute, where '5-1' is backwards"),
    ("1-2-3 * * * *", "its minute, where '1-2-3' is no number, range or step"),
    ("1/2/3 * * * *", "its minute, where '1/2/3' is no number, range or step"),
    ("*/0 * * * *", "its minute, where '*/0' is no step of 1 or more"),
    ("* * * foo *", "its month, where 'foo' is no number"),
    ("0 3 * *", "five fields"),
    ("0 0 3 * * *", "Kubernetes has no field for seconds"),
    ("CRON_TZ=UTC 0 3 * * *", "must not set a time zone"),
    ("TZ=UTC @daily", "must not set a time zone"),
    ("0 0 31 2 *", "a day that one of its months has"),
    ("0 0 30,31 feb ?", "a day that one of its months has"),
    ("0 0 31 4-6/2 *", "a day that one of its months has"),
    ("0 0 31 4,JUN,9,nov *", "a day that one of its months has"),
]


@pytest.mark.parametrize("schedule", TAKEN)
def test_a_schedule_is_taken(schedule: str) -> None:
    check_schedule(schedule)


@pytest.mark.parametrize(("schedule", "message"), REFUSED)
def test_a_schedule_is_refused(schedule: str, message: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        check_schedule(schedule)
    assert message in str(raised.value)
    assert repr(schedule) in str(raised.value)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "GMT", "Etc/GMT+5", "America/Argentina/Buenos_Aires"])
def test_a_time_zone_is_taken(zone: str) -> None:
    check_time_zone(zone)


@pytest.mark.parametrize(
    ("zone", "message"),
    [
        ("", "a name of the IANA database, got ''"),
        ("Local", "a name of the IANA database, got 'Local'"),
        ("local", "a name of the IANA database, got 'local'"),
        ("+01:00", "a name of the IANA database, got '+01:00'"),
        ("Europe/../Berlin", "a name of the IANA database, got"),
        ("-Europe/Berlin", "a name of the IANA database, got"),
        ("Europe/Berlin ", "a name of the IANA database, got"),
        ("europe/berlin", "where letters count: Europe/Berlin, got 'europe/berlin'"),
        ("utc", "where letters count: UTC, got 'utc'"),
    ],
)
def test_a_time_zone_is_refused(zone: str, message: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        check_time_zone(zone)
    assert message in str(raised.value)


def test_a_zone_that_nobody_knows_is_refused_where_the_system_has_the_whole_database() -> None:
    from zoneinfo import available_timezones

    if "US/Pacific" not in available_timezones():
        pytest.skip("older names of zones are in another package here")
    check_time_zone("US/Pacific")
    with pytest.raises(InvalidValue, match="'Europe/Berln'"):
        check_time_zone("Europe/Berln")
