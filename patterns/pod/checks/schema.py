"""The fields that Kubernetes 1.37 knows, and what each holds; compared with an object in one walk."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeAlias

from patterns.errors import InvalidValue
from patterns.model.json import Json
from patterns.model.quantity import Quantity
from patterns.pod.checks.subject import Object, Steps
from patterns.pod.versions import FIELDS
from patterns.remembered import Remembered, content_of

#: what a field holds: ``"s"`` a string, ``"X"`` an object of type X, ``"[X]"`` a list, ``"{X}"`` a map, ``"?"`` any
Fields: TypeAlias = Mapping[str, str]

#: the way to what is looked at, in links: the one before, the step, and the type of the object there (empty for a list
#: or a map). Nearly everything is right, and needs no path.
_Trail: TypeAlias = "tuple[_Trail | None, str | int, str]"

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})", re.I)
_BOUNDS = {"i": 2**31, "l": 2**63}
#: where nothing but the type is to be looked at
_PLAIN: Mapping[str, type] = {"s": str, "b": bool}
#: containers, which are by far the largest part of an object
_FAULTLESS: Remembered[bool] = Remembered()


class Fault(NamedTuple):
    """Where an object is not what its type says.

    Args:
        rule: ``unknown-field``, ``wrong-type``, ``quantity``, ``base64``, or ``young`` for a field that some versions
            do not keep.
        path: to the value.
        holds: what the table says of it; of an unknown field the type that lacks it.
        value: what was found.
        above: the types from the root down to the one that holds it, with their paths.
    """

    rule: str
    path: Steps
    holds: str
    value: Json
    above: tuple[tuple[Steps, str], ...]


@cache
def _table() -> Mapping[str, Mapping[str, Json]]:
    found: Mapping[str, Mapping[str, Json]] = json.loads(
        files("patterns.pod.checks").joinpath("fields.json").read_text("utf-8")
    )
    return found


@cache
def types() -> Mapping[str, Fields]:
    """The fields of every type, by its short name."""
    return _table()["types"]  # type: ignore[return-value]  # the file is ours


@cache
def _plain_fields(holds: str) -> Mapping[str, type]:
    """The fields of a type, nearly half of all, where nothing but the value's own type is to be looked at."""
    young = FIELDS.get(holds, ())
    return {key: _PLAIN[wanted] for key, wanted in types()[holds].items() if wanted in _PLAIN and key not in young}


def type_of(api_version: str, kind: str) -> str:
    """The type of a built-in kind; empty for every other kind."""
    found = _table()["kinds"].get(f"{api_version} {kind}")
    return found if isinstance(found, str) else ""


@cache
def versions_of(kind: str) -> tuple[str, ...]:
    """The ``apiVersion``s in which Kubernetes has this kind."""
    return tuple(name.split(" ")[0] for name in _table()["kinds"] if name.split(" ")[1] == kind)


@cache
def groups() -> frozenset[str]:
    """The groups of the built-in kinds."""
    return frozenset(name.split(" ")[0].rpartition("/")[0] for name in _table()["kinds"])


def faults(obj: Object) -> list[Fault]:
    """Every place where the object is not what its type says; none for a kind that is not built in."""
    found = obj.memo.get("faults")
    if not isinstance(found, list):
        found = obj.memo["faults"] = []
        root = type_of(obj.api_version, obj.kind)
        if root:
            _object(obj.json, root, (None, "", root), found)
    return found


def _fault(rule: str, here: _Trail, step: str | int, holds: str, value: Json) -> Fault:
    links: list[_Trail] = []
    link: _Trail | None = here
    while link is not None:
        links.append(link)
        link = link[0]
    path: Steps = ()
    above: list[tuple[Steps, str]] = []
    for before, step_here, type_here in reversed(links):
        path = () if before is None else (*path, step_here)
        if type_here:
            above.append((path, type_here))
    return Fault(rule, (*path, step), holds, value, tuple(above))


def _object(value: dict[str, Json], holds: str, here: _Trail, found: list[Fault]) -> None:
    known, plain = types()[holds], _plain_fields(holds)
    young = FIELDS.get(holds, ())
    for key, item in value.items():
        if type(item) is plain.get(key):
            continue
        wanted = known.get(key)
        if key in young and item is not None:
            found.append(_fault("young", here, key, holds, item))
        if wanted is None:
            found.append(_fault("unknown-field", here, key, holds, item))
        else:
            _value(item, wanted, key, here, found)


def _value(value: Json, holds: str, step: str | int, above: _Trail, found: list[Fault]) -> None:
    if value is None or holds == "?":
        return
    first = holds[0]
    if first == "[" and isinstance(value, list):
        _items(enumerate(value), holds[1:-1], (above, step, ""), found)
    elif first == "{" and isinstance(value, dict):
        _items(value.items(), holds[1:-1], (above, step, ""), found)
    elif len(holds) == 1:
        rule = _scalar_fault(value, holds)
        if rule:
            found.append(_fault(rule, above, step, holds, value))
    elif first not in "[{" and isinstance(value, dict):
        _object(value, holds, (above, step, holds), found)
    else:
        found.append(_fault("wrong-type", above, step, holds, value))


def _items(items: Iterable[tuple[str | int, Json]], holds: str, here: _Trail, found: list[Fault]) -> None:
    plain = _PLAIN.get(holds)
    for step, item in items:
        if type(item) is plain:
            continue
        content = content_of(item) if holds == "Container" else None
        if _FAULTLESS.get(content):
            continue
        before = len(found)
        _value(item, holds, step, here, found)
        if content is not None and len(found) == before:
            _FAULTLESS.keep(content, True)


def _scalar_fault(value: Json, holds: str) -> str:
    """The rule that a scalar breaks; empty where it breaks none."""
    is_text = isinstance(value, str)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match holds:
        case "s":
            fits = is_text
        case "b":
            fits = isinstance(value, bool)
        case "i" | "l":
            fits = is_number and isinstance(value, int) and -_BOUNDS[holds] <= value < _BOUNDS[holds]
        case "o":
            fits = is_text or (is_number and isinstance(value, int) and -(2**31) <= value < 2**31)
        case "n":
            fits = is_number
        case "t":
            fits = is_text and _TIME.fullmatch(str(value)) is not None
        case "q":
            if is_text or is_number:
                return "" if _is_quantity(str(value).strip()) else "quantity"
            fits = False
        case "y":
            if is_text:
                return "" if _is_base64(str(value)) else "base64"
            fits = False
        case _:
            fits = True
    return "" if fits else "wrong-type"


@cache
def _is_quantity(text: str) -> bool:
    try:
        Quantity(text)
    except InvalidValue:
        return False
    return True


def _is_base64(text: str) -> bool:
    try:
        b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (Error, ValueError):
        return False
    return True
