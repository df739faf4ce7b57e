"""Rules for the specs of CronJobs."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from patterns.model.json import text_at
from patterns.pod.checks.reading import number
from patterns.pod.checks.rule import Outcome, Problem, Problems, object_rule
from patterns.pod.checks.subject import Object

_BATCH = "kubernetes: pkg/apis/batch/validation/validation.go"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_DAYS = "sun mon tue wed thu fri sat"
_FIELDS = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day of month", 1, 31, ""),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
#: `validTimeZoneCharacters` of the same file, for each part
_ZONE = re.compile(r"(?!-)[-A-Za-z._0-9+]{1,14}(/(?!-)[-A-Za-z._0-9+]{1,14})*")
_EVERY = re.compile(r"@every (?=.)([+-]?(?:[0-9]*\.?[0-9]+(?:ns|us|µs|ms|s|m|h))+)")


def schedule_problem(schedule: str) -> str:
    """What is wrong with a schedule, as the rest of "schedule must be ..."; empty where it is right.

    The grammar is that of `ParseStandard` in github.com/robfig/cron/v3, which Kubernetes uses.
    """
    if schedule.startswith("@"):
        if schedule in _MACROS or _EVERY.fullmatch(schedule):
            return ""
        return "five fields, or a macro such as @daily"
    fields = schedule.split()
    if len(fields) != 5:
        return "five fields (minute, hour, day of month, month, day of week), or a macro such as @daily"
    for text, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            if problem := _part_problem(part, least, most, words.split()):
                return f"right in its {name}, where {part!r} is {problem}"
    return ""


def _part_problem(part: str, least: int, most: int, words: list[str]) -> str:
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    if "/" in step or "-" in last:
        return "no number, range or step"
    if slash and (not step.isdecimal() or int(step) == 0):
        return "no step of 1 or more"
    if first in ("*", "?"):
        return "no range" if dash else ""
    begin = _value(first, least, words)
    end = _value(last, least, words) if dash else begin
    if begin is None or end is None:
        return "no number"
    if begin < least or end > most:
        return f"not from {least} to {most}"
    return "backwards" if begin > end else ""


def _value(text: str, least: int, words: list[str]) -> int | None:
    if text.lower() in words:
        return words.index(text.lower()) + least
    return int(text) if text.isascii() and text.isdecimal() else None


@object_rule("cron-schedule", Outcome.REFUSED, source=f"{_BATCH} validateScheduleFormat", kinds=("batch/CronJob",))
def cron_schedule(obj: Object) -> Problems:
    """A schedule has five fields, or is a macro; its time zone stands beside it."""
    schedule = text_at(obj.spec, "schedule")
    if not schedule:
        if obj.spec.get("schedule") in (None, ""):
            message = "schedule must be given, got none"
            yield Problem(("spec", "schedule"), message, 'write such as "0 3 * * *", every day at three')
    elif "TZ" in schedule:
        message = f"schedule must not hold a time zone, got {schedule!r}"
        yield Problem(("spec", "schedule"), message, "write spec.timeZone")
    elif problem := schedule_problem(schedule):
        message = f"schedule must be {problem}, got {schedule!r}"
        yield Problem(("spec", "schedule"), message, 'write such as "0 3 * * *", every day at three')


@cache
def _zones() -> frozenset[str]:
    """The names of the time zones that this system knows; none where it has no list."""
    return frozenset(available_timezones())


def time_zone_problem(zone: str) -> str:
    """What is wrong with a time zone, as the rest of "must be ..."; empty where it is right, or cannot be told.

    Servers have the whole database built in. Some systems keep its older names, such as US/Pacific, in a package of
    their own; there only names that no server can know are found.
    """
    known = _zones()
    if not _ZONE.fullmatch(zone) or zone.lower() == "local":
        return "a name of the IANA database"
    if zone in known or zone in ("UTC", "GMT") or zone.startswith(("posix/", "right/")):
        return ""
    near = next((name for name in known if name.lower() == zone.lower()), "")
    if near:
        return f"a name of the IANA database, where letters count: {near}"
    return "a name of the IANA database" if "US/Pacific" in known else ""


@object_rule("cron-time-zone", Outcome.REFUSED, source=f"{_BATCH} validateTimeZone", kinds=("batch/CronJob",))
def cron_time_zone(obj: Object) -> Problems:
    """A time zone has a name such as ``Europe/Berlin``."""
    zone = obj.spec.get("timeZone")
    if not isinstance(zone, str):
        return
    if problem := time_zone_problem(zone):
        message = f"timeZone must be {problem}, got {zone!r}"
        yield Problem(("spec", "timeZone"), message, "write such as Europe/Berlin or Etc/UTC")


@object_rule("cron-job", Outcome.REFUSED, source=f"{_BATCH} validateCronJobSpec", kinds=("batch/CronJob",))
def cron_job(obj: Object) -> Problems:
    """What happens when the time has come and the last run is still there is one of three things."""
    policy = text_at(obj.spec, "concurrencyPolicy")
    if policy not in ("", "Allow", "Forbid", "Replace"):
        message = f"concurrencyPolicy must be Allow, Forbid or Replace, got {policy!r}"
        yield Problem(("spec", "concurrencyPolicy"), message, "choose one of them")
    for field in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        value = number(obj.spec.get(field))
        if value is not None and value < 0:
            yield Problem(("spec", field), f"{field} must not be negative, got {value}", "write 0 or more")
