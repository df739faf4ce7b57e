"""When a CronJob runs: the five fields of cron, as Kubernetes takes them."""

from __future__ import annotations

import re

from patterns.errors import InvalidValue

_MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...], int], ...] = (
    ("minute", 0, 59, (), 0),
    ("hour", 0, 23, (), 0),
    ("day of month", 1, 31, (), 0),
    ("month", 1, 12, _MONTHS, 1),
    ("day of week", 0, 6, _DAYS, 0),
)
_EVERY = re.compile(r"@every ([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+")


def cron_schedule(schedule: str) -> str:
    """The schedule, where Kubernetes takes it.

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax

    Raises:
        InvalidValue: for anything but five fields or a macro, and for a time zone inside the schedule.
    """
    if "TZ" in schedule:
        raise InvalidValue(f"schedule must not set a time zone, got {schedule!r}; write time_zone='Europe/Berlin'")
    if schedule in _MACROS or _EVERY.fullmatch(schedule):
        return schedule
    parts = schedule.split()
    if len(parts) != len(_FIELDS):
        more = "; Kubernetes has no field for seconds" if len(parts) == len(_FIELDS) + 1 else ""
        raise InvalidValue(
            f"schedule must be five fields (minute hour day-of-month month day-of-week) or a macro such as '@daily', "
            f"got {schedule!r}{more}"
        )
    for part, field in zip(parts, _FIELDS, strict=True):
        for item in part.split(","):
            if not _fits(item, field):
                name, low, high, *_ = field
                raise InvalidValue(f"schedule {schedule!r}: {name} must be within {low}-{high}, got {part!r}")
    return schedule


def _fits(item: str, field: tuple[str, int, int, tuple[str, ...], int]) -> bool:
    _, low, high, names, first = field
    span, slash, step = item.partition("/")
    if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
        return False
    if span in ("*", "?"):
        return True
    numbers: list[int] = []
    for bound in span.split("-"):
        if bound.lower() in names:
            numbers.append(names.index(bound.lower()) + first)
        elif bound.isascii() and bound.isdigit():
            numbers.append(int(bound))
        else:
            return False
    return len(numbers) in (1, 2) and all(low <= n <= high for n in numbers) and numbers == sorted(numbers)
