"""Waivers as they stand in a manifest: an annotation for each rule, with the reason."""

from __future__ import annotations

from patterns.model.json import JsonObject, object_at

_PREFIX = "waive.cdk8s-pod-patterns/"


def annotation_of(rule: str) -> str:
    """The annotation that says why a rule is set aside for the object: ``waive.cdk8s-pod-patterns/<rule>``.

    A slash, which a name cannot hold, is written as a dot.
    """
    return _PREFIX + rule.replace("/", ".")


def is_waived(obj: JsonObject, rule: str) -> bool:
    """Whether the object says that the rule is set aside, and why."""
    return bool(object_at(obj, "metadata", "annotations").get(annotation_of(rule)))
