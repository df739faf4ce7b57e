"""What the server says of label selectors and of the keys beside them, for the rules that hold one."""

from __future__ import annotations

from patterns.model.json import Json, JsonObject, object_at, text_at
from patterns.model.names import label_key, label_value
from patterns.pod.checks.reading import complaint, texts
from patterns.pod.checks.rule import Problem, Problems
from patterns.pod.checks.subject import Steps, entries


def selector_problems(selector: Json, path: Steps) -> Problems:
    """What is wrong with a label selector (``matchLabels`` and ``matchExpressions``).

    Args:
        selector: the selector.
        path: to it.
    """
    if not isinstance(selector, dict):
        return
    for key, value in object_at(selector, "matchLabels").items():
        said = complaint(label_key, key, "a key of matchLabels")
        if not said and isinstance(value, str):
            said = complaint(label_value, value, f"matchLabels[{key!r}]")
        if said:
            yield Problem((*path, "matchLabels", key), said, "write the labels of the pods")
    for at, expression in entries(selector.get("matchExpressions")):
        yield from _requirement(expression, (*path, "matchExpressions", at))


def _requirement(expression: JsonObject, path: Steps) -> Problems:
    operator, values = text_at(expression, "operator"), texts(expression.get("values"))
    if said := complaint(label_key, text_at(expression, "key"), "key"):
        yield Problem((*path, "key"), said, "write the key of a label")
    match operator:
        case "In" | "NotIn":
            if not values:
                yield Problem((*path, "values"), f"values must be given with {operator}, got none", "name the values")
            for value_at, value in enumerate(values):
                if said := complaint(label_value, value, "a value"):
                    yield Problem((*path, "values", value_at), said, "write the value of a label")
        case "Exists" | "DoesNotExist":
            if values:
                message = f"values must not be given with {operator}, got {', '.join(values)}"
                yield Problem((*path, "values"), message, "take them out, or write operator: In")
        case _:
            message = f"operator must be In, NotIn, Exists or DoesNotExist, got {operator!r}"
            yield Problem((*path, "operator"), message, "choose one of them")


def label_keys_problems(holder: JsonObject, field: str, path: Steps) -> Problems:
    """What is wrong with ``matchLabelKeys``, or its like, beside a ``labelSelector``.

    Args:
        holder: what has both.
        field: ``"matchLabelKeys"`` or ``"mismatchLabelKeys"``.
        path: to the holder.
    """
    keys = texts(holder.get(field))
    if keys and holder.get("labelSelector") is None:
        message = f"{field} must only be set beside a labelSelector, got none"
        yield Problem((*path, field), message, "add a labelSelector, or take it out")
        return
    for at, key in enumerate(keys):
        if said := complaint(label_key, key, "a key"):
            yield Problem((*path, field, at), said, "write the key of a label")
