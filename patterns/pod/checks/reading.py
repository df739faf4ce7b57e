"""How the rules for whole objects read values that may be anything: numbers, names and selectors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from patterns.errors import PatternError
from patterns.model.json import Json, JsonObject, object_at, objects_at


def number(value: Json) -> int | None:
    """The value where it is a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def byte_length(text: str) -> int:
    """How long the text is in UTF-8, which has no form of half a surrogate pair."""
    return len(text.encode("utf-8", "replace"))


@lru_cache(maxsize=8192)
def complaint(check: Callable[[str, str], object], value: str, what: str) -> str:
    """What a check of `patterns.model` says about the value, empty when it is fine; the same names come again."""
    try:
        check(value, what)
    except PatternError as error:
        return error.message
    return ""


def texts(value: Json) -> list[str]:
    """The strings in a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def labels_of(value: Json) -> dict[str, str]:
    """The labels in an object; what is no string is passed over."""
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def matches(selector: JsonObject, labels: dict[str, str]) -> bool:
    """Whether a label selector (``matchLabels`` and ``matchExpressions``) selects these labels.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """
    if any(labels.get(key) != value for key, value in object_at(selector, "matchLabels").items()):
        return False
    return all(_fulfils(requirement, labels) for requirement in objects_at(selector, "matchExpressions"))


def _fulfils(requirement: JsonObject, labels: dict[str, str]) -> bool:
    key, operator, values = requirement.get("key"), requirement.get("operator"), texts(requirement.get("values"))
    has = labels.get(key) if isinstance(key, str) else None
    if operator == "In":
        return has in values
    if operator == "NotIn":
        return has not in values
    if operator == "Exists":
        return has is not None
    if operator == "DoesNotExist":
        return has is None
    # the server refuses other operators, which is another rule's business
    return True


def is_empty(selector: JsonObject) -> bool:
    """Whether the selector asks for nothing."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")
