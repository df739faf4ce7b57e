"""How many pods a rolling update may have more or fewer: numbers, or percentages of the wanted ones."""

from __future__ import annotations

import re

from patterns.errors import InvalidValue
from patterns.model.names import whole_number

#: whole seconds after which Kubernetes counts a roll-out as failed where nobody says otherwise
_PROGRESS_DEADLINE_SECONDS = 600


def check_amount(value: int | str | None, what: str, *, capped: bool) -> None:
    """Refuse what is no number of pods, and no percentage of them.

    Args:
        what: the option's name.
        capped: more than 100% is refused, as there are no more pods that could be missing.

    Raises:
        InvalidValue: for a negative number, for text that is no percentage, and for too many.
    """
    if value is None:
        return
    if isinstance(value, int):
        whole_number(value, what)
    elif not re.fullmatch("[0-9]+%", value):
        hint = f"; write {what}={int(value)}" if re.fullmatch("[0-9]+", value) else ""
        raise InvalidValue(f"{what} must be a number, or a percentage such as '25%', got {value!r}{hint}")
    elif capped and int(value[:-1]) > 100:
        raise InvalidValue(f"{what} must be at most 100%, got {value!r}")


def is_zero(value: int | str | None) -> bool:
    """Whether the amount is given, and is none."""
    return value is not None and (value == 0 or (isinstance(value, str) and re.fullmatch("0+%", value) is not None))


def check_progress(min_ready_seconds: int | None, progress_deadline_seconds: int | None) -> None:
    """Refuse a roll-out that has failed before a new pod can count as available.

    Raises:
        InvalidValue: when the deadline is not later.
    """
    deadline = _PROGRESS_DEADLINE_SECONDS if progress_deadline_seconds is None else progress_deadline_seconds
    ready = min_ready_seconds or 0
    if 0 <= deadline <= ready:
        told = f"{deadline}" if progress_deadline_seconds is not None else f"Kubernetes' default {deadline}"
        raise InvalidValue(
            f"progress_deadline_seconds must be more than min_ready_seconds ({ready}), got {told}: no roll-out could "
            "ever succeed; raise it"
        )
