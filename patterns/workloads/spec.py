"""Specs from options and a mapping for the rest: what a mapping brings is added, never written over an option."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.errors import Conflict, InvalidValue
from patterns.model import Json, JsonObject
from patterns.model.fields import unknown_fields
from patterns.model.names import whole_number
from patterns.model.plain_json import plain_object
from patterns.model.spelling import snake_case

#: options whose name is not that of the field
_OPTIONS = {"securityContext": "security", "rollingUpdate": "max_unavailable", "clusterIP": "headless"}


def present(**fields: Json) -> JsonObject:
    """The fields that are given; ``None`` means that nothing is rendered."""
    return {key: value for key, value in fields.items() if value is not None}


def spec_of(fields: Mapping[str, Json], extra: JsonObject | None, option: str, type_name: str) -> JsonObject:
    """A spec from the workload's own options and what the mapping ``option`` has besides, in a copy.

    Raises:
        WrongType: for what is no plain JSON.
        InvalidValue: for a number below 0 or over 2**31-1, or a field that Kubernetes does not know.
        Conflict: for a field that an option has set, with another value.
    """
    # what the caller does with a mapping later is not the workload's business
    result = plain_object(present(**fields), option)
    for key, value in result.items():
        if isinstance(value, int) and not isinstance(value, bool):
            if value < 0:
                raise InvalidValue(f"{snake_case(key)} must not be negative, got {value}")
            whole_number(value, snake_case(key))
    if not extra:
        return result
    more = plain_object(extra, option)
    for path, field, nearest in unknown_fields(type_name, extra):
        hint = f"; did you mean {nearest!r}" if nearest else ""
        raise InvalidValue(f"{option}{path}: Kubernetes 1.37 knows no field {field!r} there{hint}")
    for key in extra:
        result[key] = _added(result.get(key), more.get(key), f"{option}: {key}", _OPTIONS.get(key, snake_case(key)))
    return result


def _added(there: Json, more: Json, where: str, option: str) -> Json:
    if there is None or there == more:
        return more
    if isinstance(there, dict) and isinstance(more, dict):
        inner = {key: _added(there.get(key), value, f"{where}.{key}", option) for key, value in more.items()}
        return {**there, **inner}
    raise Conflict(
        f"{where} is {there!r} already, by the option {option}= or its default, and cannot be {more!r}; set it once"
    )
