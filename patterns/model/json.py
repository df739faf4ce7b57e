"""Plain JSON as this library speaks of it, and the readers that make foreign JSON safe to walk."""

from __future__ import annotations

from typing import TypeAlias

# types and no texts: `JsonObject | None` in an annotation that is read at run time would be a TypeError
Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
JsonObject: TypeAlias = dict[str, Json]


# the first key by itself: nearly all calls have one, and there are hundreds for each pod


def object_at(value: Json, key: str, *further: str) -> JsonObject:
    """The object under the keys; an empty one where it is missing, null or of another type."""
    found = value.get(key) if isinstance(value, dict) else None
    for each in further:
        found = found.get(each) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def objects_at(value: Json, key: str, *further: str) -> list[JsonObject]:
    """The objects in the list under the keys, which is not to be changed; entries of another type are passed over."""
    found = value.get(key) if isinstance(value, dict) else None
    for each in further:
        found = found.get(each) if isinstance(found, dict) else None
    if not isinstance(found, list):
        return []
    for item in found:
        if not isinstance(item, dict):
            return [item for item in found if isinstance(item, dict)]
    # nearly always it is the list itself
    return found  # type: ignore[return-value]  # each item was looked at


def text_at(value: Json, key: str, *further: str) -> str:
    """The string under the keys; an empty one where it is missing or of another type."""
    found = value.get(key) if isinstance(value, dict) else None
    for each in further:
        found = found.get(each) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def unshared(document: JsonObject) -> JsonObject:
    """A copy in which nothing stands in two places, as `copy.deepcopy` would leave it."""
    return {key: _unshared(value) for key, value in document.items()}


def _unshared(value: Json) -> Json:
    if isinstance(value, dict):
        return unshared(value)
    return [_unshared(item) for item in value] if isinstance(value, list) else value
