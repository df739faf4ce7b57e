"""The field names that Kubernetes 1.37 knows, for every type that a pod, a workload or a Service reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from patterns.model.json import JsonObject

#: field name -> what it holds: ``""`` a scalar, ``"X"`` an object of type X, ``"[X]"`` a list, ``"{X}"`` a map of them,
#: ``"?"`` anything
Fields: TypeAlias = "Mapping[str, str]"

#: the release whose names these are
KUBERNETES = "1.37"


@cache
def _types() -> Mapping[str, Fields]:
    # read at first use: most programs never ask
    import json
    from importlib.resources import files

    data: Mapping[str, Fields] = json.loads(
        files("patterns.model").joinpath(f"kubernetes-{KUBERNETES}.json").read_text("utf-8")
    )
    return data


def fields_of(type_name: str) -> Fields:
    """The fields of a type by its short name (``"PodSpec"``); empty for a type that is not in the table."""
    return _types().get(type_name, {})


def unknown_fields(type_name: str, value: object) -> list[tuple[str, str, str]]:
    """Every field, at any depth, that Kubernetes does not know in that place.

    Args:
        type_name: short name, such as ``"PodSpec"``.
        value: Kubernetes' own JSON of that type.

    Returns:
        Of each: the path of the object that holds it (``""`` or ``".containers[0]"``), its name, and the nearest
        known name (``""`` where none is near).
    """
    found: list[tuple[str, str, str]] = []
    if type_name not in _types():
        return found
    _walk(type_name, value, "", found)
    return found


def _walk(holds: str, value: object, path: str, found: list[tuple[str, str, str]]) -> None:
    if not holds or holds == "?":
        return
    if holds[0] == "[":
        if isinstance(value, list | tuple):
            for index, item in enumerate(value):
                _walk(holds[1:-1], item, f"{path}[{index}]", found)
    elif isinstance(value, Mapping):
        if holds[0] == "{":
            for key, item in value.items():
                _walk(holds[1:-1], item, f"{path}.{key}", found)
            return
        known = fields_of(holds)
        for key, item in value.items():
            if key in known:
                _walk(known[key], item, f"{path}.{key}", found)
            else:
                found.append((path, str(key), nearest(str(key), known)))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or an empty string."""
    names = list(known)
    plain = name.replace("_", "").replace("-", "").lower()
    for candidate in names:
        if candidate.lower() == plain or (len(plain) > 2 and candidate.lower().startswith(plain)):
            return candidate
    # an expensive import for the rare case of an error
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, names, 1, 0.7)), "")


def checked(type_name: str, value: JsonObject) -> str:
    """What is wrong with the first unknown field, as the rest of a sentence; empty where all are known."""
    for path, name, near in unknown_fields(type_name, value):
        hint = f"; did you mean {near!r}" if near else ""
        return f"{path.lstrip('.')}{': ' if path else ''}Kubernetes {KUBERNETES} knows no field {name!r} there{hint}"
    return ""
