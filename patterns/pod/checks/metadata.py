"""Rules for labels and annotations."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.model.json import JsonObject, object_at
from patterns.model.names import MAX_ANNOTATION_BYTES, annotation_key, label_key, label_value
from patterns.pod.checks.reading import byte_length, complaint
from patterns.pod.checks.rule import Outcome, Problem, Problems, object_rule
from patterns.pod.checks.schema import type_of
from patterns.pod.checks.subject import Object, Steps

_LABELS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"
_ANNOTATIONS = "k8s.io/apimachinery: pkg/api/validation ValidateAnnotations"


def _metadata(obj: Object) -> Sequence[tuple[Steps, JsonObject]]:
    """The metadata of the object and of its pod templates."""
    known = obj.memo.get("metadata")
    if isinstance(known, list):
        return known
    found: list[tuple[Steps, JsonObject]] = []
    if obj.kind and (obj.group not in ("", "apps", "batch") or type_of(obj.api_version, obj.kind)):
        found.append((("metadata",), obj.metadata))
        if obj.built_in:
            found += [((*pod.path, "metadata"), pod.metadata) for pod in obj.pods if pod.path]
    obj.memo["metadata"] = found
    return found


@object_rule("label-key", Outcome.REFUSED, source=_LABELS)
def label_key_form(obj: Object) -> Problems:
    """A label's key is a name of at most 63 characters, after an optional DNS subdomain and a slash."""
    for path, metadata in _metadata(obj):
        for key in object_at(metadata, "labels"):
            if said := complaint(label_key, key, "a label's key"):
                yield Problem((*path, "labels", key), said, "rename the label")


@object_rule("label-value", Outcome.REFUSED, source=_LABELS)
def label_value_form(obj: Object) -> Problems:
    """A label's value is empty, or at most 63 letters, digits, dashes, underscores and dots."""
    for path, metadata in _metadata(obj):
        for key, value in object_at(metadata, "labels").items():
            if isinstance(value, str) and (said := complaint(label_value, value, f"label {key!r}")):
                yield Problem((*path, "labels", key), said, "shorten it, or write an annotation, which takes any text")


@object_rule("annotation-key", Outcome.REFUSED, source=_ANNOTATIONS)
def annotation_key_form(obj: Object) -> Problems:
    """An annotation's key is formed as a label's, with capitals in the prefix as well."""
    for path, metadata in _metadata(obj):
        for key in object_at(metadata, "annotations"):
            if said := complaint(annotation_key, key, "an annotation's key"):
                yield Problem((*path, "annotations", key), said, "rename the annotation")


@object_rule("annotations-size", Outcome.REFUSED, source=_ANNOTATIONS)
def annotations_size(obj: Object) -> Problems:
    """All annotations of an object together have at most 256 KiB, keys and values."""
    for path, metadata in _metadata(obj):
        annotations = object_at(metadata, "annotations")
        size = sum(byte_length(k) + byte_length(v) for k, v in annotations.items() if isinstance(v, str))
        if size > MAX_ANNOTATION_BYTES:
            message = f"annotations must be at most {MAX_ANNOTATION_BYTES} bytes in all, got {size}"
            yield Problem((*path, "annotations"), message, "keep large values in a ConfigMap")
