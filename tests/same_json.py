"""JSON that is the same to the letter, and JSON that somebody has changed."""

from __future__ import annotations

from typing import Any


def exactly_equal(one: object, other: object) -> bool:
    """Whether they are the same JSON of the same types, in the same order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(exactly_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(exactly_equal, one, other))
    return one == other


def spoil(json: object) -> None:
    """Change everything in it."""
    parts: list[Any] = list(json.values() if isinstance(json, dict) else json if isinstance(json, list) else [])
    for part in parts:
        spoil(part)
    if isinstance(json, dict):
        json.clear()
        json["spoilt"] = True
    elif isinstance(json, list):
        json.clear()
