"""Values of a manifest's body as the plain JSON that Node would make of them, or an error that says where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

from patterns.errors import InvalidValue, WrongType
from patterns.model.json import Json, JsonObject

#: beyond it JavaScript, and every reader that takes numbers as doubles, rounds
MAX_INTEGER = 2**53


def plain_object(value: Mapping[str, object], path: str = "body") -> JsonObject:
    """A copy of ``value`` in plain dicts, lists, strings, numbers and booleans.

    Entries of mappings that are None are left out, as cdk8s leaves them out; in a list they stay. Tuples become lists,
    and numbers such as ``1.0`` whole ones.

    Raises:
        WrongType: for a value that JSON does not have, with its path.
        InvalidValue: for a number that does not survive the way through JSON.
    """
    if not isinstance(value, Mapping):
        raise WrongType(f"{path} must be a mapping, got {type(value).__name__}")
    try:
        return _copy(value)
    except _UnusualError:
        return _object(value, path)


class _UnusualError(Exception):
    """Something else than plain dicts, lists, strings, booleans and numbers that survive."""


def _copy(value: Mapping[str, Any]) -> JsonObject:
    """The copy of what is plain already, as nearly everything is; it knows no paths, which take most of the time."""
    if type(value) is not dict:
        raise _UnusualError
    found: JsonObject = {}
    for key, item in value.items():
        if type(key) is not str:
            raise _UnusualError
        kind = type(item)
        if kind is str or kind is bool:
            found[key] = item
        elif kind is dict:
            found[key] = _copy(item)
        elif item is not None:
            found[key] = _copy_of(item)
    return found


def _copy_of(value: Any) -> Json:
    kind = type(value)
    if kind is dict:
        return _copy(value)
    if kind is list:
        return [_copy_of(item) for item in value]
    if kind is str or kind is bool or value is None or (kind is int and -MAX_INTEGER <= value <= MAX_INTEGER):
        plain: Json = value
        return plain
    raise _UnusualError


def _object(value: Mapping[str, object], path: str) -> JsonObject:
    found: JsonObject = {}
    for key, item in value.items():
        if type(key) is not str:
            if not isinstance(key, str):
                raise WrongType(f"{path} must have strings as keys, got {key!r}; write {str(key)!r}")
            key = str.__str__(key)  # noqa: PLW2901 - the key of a string enumeration is its text
        if item is not None:
            found[key] = item if type(item) is str or type(item) is bool else _plain(item, f"{path}.{key}")
    return found


def _plain(value: object, path: str) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        # members of a string enumeration are strings as well
        return str.__str__(value)
    if isinstance(value, int):
        return _integer(int(value), path)
    if isinstance(value, float):
        return _number(value, path)
    if isinstance(value, Mapping):
        return _object(value, path)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_plain(item, f"{path}[{at}]") for at, item in enumerate(value)]
    raise WrongType(f"{path} must be plain JSON, got {type(value).__name__}{_instead(value)}")


def _integer(value: int, path: str) -> int:
    if abs(value) > MAX_INTEGER:
        raise InvalidValue(
            f"{path} must be within 2**53, beyond which readers of JSON round, got {value}; write it as a string"
        )
    return value


def _number(value: float, path: str) -> int | float:
    if not isfinite(value):
        raise InvalidValue(f"{path} must be a finite number, which JSON has no other of, got {value!r}")
    return int(value) if value.is_integer() and abs(value) <= MAX_INTEGER else float(value)


def _instead(value: object) -> str:
    if isinstance(value, (set, frozenset)):
        return "; its order changes from run to run: write a list"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "; write a string, base64 where the field wants it"
    if isinstance(value, date):
        return f"; write {value.isoformat()!r}"
    if hasattr(value, "render"):
        return "; call its render()"
    if hasattr(value, "__jsii_ref__") or hasattr(value, "resolve"):
        return "; resolved values of cdk8s belong in a cdk8s.ApiObject"
    return ""
