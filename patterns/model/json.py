"""Plain JSON as this library speaks of it, and the readers that make foreign JSON safe to walk."""

from __future__ import annotations

from typing import TypeAlias, cast

# types and no texts: `JsonObject | None` in an annotation that is read at run time would be a TypeError
Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
JsonObject: TypeAlias = dict[str, Json]


def object_at(value: Json, *keys: str) -> JsonObject:
    """The object under ``keys``; an empty one where it is missing, null or of another type."""
    for key in keys:
        if not isinstance(value, dict):
            return {}
        value = value.get(key)
    return value if isinstance(value, dict) else {}


def objects_at(value: Json, *keys: str) -> list[JsonObject]:
    """The objects in the list under ``keys``, which is not to be changed; entries of another type are passed over."""
    for key in keys:
        if not isinstance(value, dict):
            return []
        value = value.get(key)
    if not isinstance(value, list):
        return []
    for item in value:
        if not isinstance(item, dict):
            return [item for item in value if isinstance(item, dict)]
    # nearly always it is the list itself
    return cast("list[JsonObject]", value)


def text_at(value: Json, *keys: str) -> str:
    """The string under ``keys``; an empty one where it is missing or of another type."""
    for key in keys:
        if not isinstance(value, dict):
            return ""
        value = value.get(key)
    return value if isinstance(value, str) else ""
