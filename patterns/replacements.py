"""What stands in ``defaults=``, checked where it is written: nobody would ever ask for a key that is no marker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from patterns import defaults
from patterns.default import Default
from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import image_reference
from patterns.model.articles import a
from patterns.model.fields import nearest
from patterns.model.kinds import Instance, Kind, Mismatch, Nothing, OneOf, Text, Whole
from patterns.model.quantity import whole_bytes


def checked(replacements: object) -> dict[Default[Any], object]:
    """A copy of ``defaults=``, of which every key is a marker, and every value what the options of that marker take.

    Raises:
        WrongType: for what is no mapping, a key that is no marker, or a value of another type.
        InvalidValue: for a value that cannot work.
    """
    if replacements is None:
        return {}
    if not isinstance(replacements, Mapping):
        raise WrongType(f"defaults must be a dict, got {a(type(replacements).__name__)}; write defaults={{...}}")
    found: dict[Default[Any], object] = {}
    for key, value in replacements.items():
        if not isinstance(key, Default):
            raise WrongType(_no_marker(key))
        # what is none of these is of somebody's own pattern, which says by itself what it takes
        name = _names().get(key)
        if name is not None:
            _check(name, key, value)
        found[key] = value
    return found


@cache
def _names() -> Mapping[Default[Any], str]:
    return {marker: name for name, marker in vars(defaults).items() if isinstance(marker, Default)}


def _no_marker(key: object) -> str:
    names = _names()
    near = ""
    if isinstance(key, str):
        of_value = next((name for marker, name in names.items() if marker.value == key), "")
        near = of_value or nearest(key.rpartition(".")[2].upper(), names.values())
    hint = f"write defaults.{near}, without quotes" if near else f"there are {', '.join(names.values())}"
    return f"defaults must have markers of patterns.defaults as keys, got {key!r}; {hint}"


def _check(name: str, marker: Default[Any], value: object) -> None:
    kinds: list[Kind] = [Text(str) if isinstance(marker.value, str) else Instance(type(marker.value))]
    if name.endswith("_SIZE_LIMIT"):
        kinds.append(Whole(int))
    if not name.endswith("_IMAGE") and marker is not defaults.NATIVE_SIDECARS:
        kinds.append(Nothing())
    try:
        OneOf(kinds).take(value)
        if name.endswith("_IMAGE"):
            image_reference(str(value), "")
        elif isinstance(value, str | int) and name.endswith("_SIZE_LIMIT"):
            whole_bytes(value, "")
    except Mismatch as mismatch:
        # words are costly and errors are rare
        from patterns.model.hints import sentence

        problem: PatternError = WrongType(sentence("defaults", Mismatch(mismatch.kind, value, f"[{name}]")))
    except InvalidValue as error:
        problem = InvalidValue(f"defaults[{name}] {error.message.strip()}")
    else:
        return
    raise problem
