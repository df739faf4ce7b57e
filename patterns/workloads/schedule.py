"""When a CronJob runs: the five fields of cron, as Kubernetes takes them, in a time zone of the IANA database."""

from __future__ import annotations

import re

from patterns.errors import InvalidValue
from patterns.pod.checks.cron import schedule_problem, time_zone_problem

#: the days of the longest month of each number, in a leap year
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def check_schedule(schedule: str) -> None:
    """Refuse a schedule that Kubernetes refuses, or that never comes.

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax

    Raises:
        InvalidValue: for anything but five fields or a macro, for a time zone inside the schedule, for a day that no
            month has, and for less than a second between two runs, which Kubernetes makes a second.
    """
    if "TZ" in schedule:
        raise InvalidValue(f"schedule must not set a time zone, got {schedule!r}; write time_zone='Europe/Berlin'")
    if problem := schedule_problem(schedule):
        more = "; Kubernetes has no field for seconds" if len(schedule.split()) == 6 else ""
        raise InvalidValue(f"schedule must be {problem}, got {schedule!r}{more}")
    if schedule.startswith("@every") and _seconds(schedule) < 1:
        raise InvalidValue(f"schedule must leave a second at least between two runs, got {schedule!r}")
    if not schedule.startswith("@") and _never_comes(schedule):
        raise InvalidValue(f"schedule must name a day that one of its months has, got {schedule!r}; it never runs")


def check_time_zone(zone: str) -> None:
    """Refuse a time zone that Kubernetes refuses.

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones

    Raises:
        InvalidValue: for anything but a name such as ``Europe/Berlin``.
    """
    if problem := time_zone_problem(zone):
        raise InvalidValue(f"time_zone must be {problem}, got {zone!r}; write such as 'Europe/Berlin' or 'Etc/UTC'")


def _seconds(schedule: str) -> float:
    parts = re.findall(r"([0-9.]+)(ns|us|µs|ms|s|m|h)", schedule)
    return -1 if "-" in schedule else sum(float(amount) * _UNITS[unit] for amount, unit in parts)


def _never_comes(schedule: str) -> bool:
    """Whether every day of the month is one that none of the months has, where the day of the week leaves no other."""
    _, _, days, months, weekdays = schedule.split()
    if days[0] in "*?" or weekdays[0] not in "*?":
        return False
    first_day = min(_first(part) for part in days.split(","))
    longest = max(_DAYS[month - 1] for part in months.split(",") for month in _months(part))
    return first_day > longest


def _first(part: str) -> int:
    return 1 if part[0] in "*?" else int(re.split("[-/]", part)[0])


def _months(part: str) -> range:
    """The months of one part of the field, such as ``jan-jun/2``; it has been checked before."""
    span, _, step = part.partition("/")
    if span in ("*", "?"):
        first, last = 1, 12
    else:
        begin, dash, end = span.partition("-")
        first = _month(begin)
        last = _month(end) if dash else 12 if step else first
    return range(first, last + 1, int(step or 1))


def _month(text: str) -> int:
    return _NAMES.index(text.lower()) + 1 if text.lower() in _NAMES else int(text)
