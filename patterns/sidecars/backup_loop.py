"""A program that backs up once, made one that backs up again and again."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.errors import InvalidValue
from patterns.model.names import whole_number
from patterns.pod.script import script_beside
from patterns.sidecars.backup_method import BackupPlace

_LOOP = script_beside(__file__, "backup_loop.sh")
_FRESH = script_beside(__file__, "backup_fresh.sh")
#: a small file of the loop's own
LOOP_SIZE_LIMIT = "1Mi"


def backing_up(place: BackupPlace, command: Sequence[str], *, period_seconds: int) -> list[str]:
    """Runs a command now, then every ``period_seconds``, and once more after the stop signal.

    A failure is tried again after 30 seconds, a minute, and so on up to the period. The image has a shell, ``sleep``
    and ``od``.
    """
    return ["sh", "-c", _LOOP, place.name, place.state, str(period_seconds), *command]


def fresh(place: BackupPlace, max_age_seconds: int) -> list[str]:
    """Succeeds while the last success of `backing_up` is younger; before the first one, of the start."""
    return ["sh", "-c", _FRESH, place.name, place.state, str(max_age_seconds)]


def max_age(period_seconds: int, max_age_seconds: int | None) -> int:
    """How old a backup may be: as given, or three periods, of which two may fail.

    Raises:
        InvalidValue: for a time of 0, or an age that is over before the next backup.
    """
    whole_number(period_seconds, "period_seconds", 1)
    whole_number(max_age_seconds, "max_age_seconds", 1)
    if max_age_seconds is None:
        return 3 * period_seconds
    if max_age_seconds <= period_seconds:
        raise InvalidValue(
            f"max_age_seconds must be more than period_seconds, {period_seconds}, got {max_age_seconds}: every backup "
            "would be too old before the next one"
        )
    return max_age_seconds
