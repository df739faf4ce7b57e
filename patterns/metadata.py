"""The metadata of an own object: kept in Python, and read from Node once somebody has asked for it there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from patterns import tree
from patterns.errors import InvalidValue, WrongType
from patterns.model.json import Json, JsonObject
from patterns.model.names import check_annotations, check_labels, dns_label
from patterns.model.plain_json import plain_object

import jsii  # isort: skip  # after patterns.tree, which finds Node

if TYPE_CHECKING:
    import cdk8s

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
#: where a name may be any segment of a URL, such as system:node or 2001:db8::1; each API type has its own check:
#: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/rbac/validation/validation.go
_SEGMENTS = (
    "rbac.authorization.k8s.io/",
    "certificates.k8s.io/",
    "apiregistration.k8s.io/",
    "networking.k8s.io/IPAddress",
)

#: kinds whose names have to be shorter: those of a CronJob's Jobs and the label ``controller-revision-hash`` of a
#: StatefulSet's pods are longer by 11 characters, and a Job's name is a label of its pods
_LONGEST = {"CronJob": 52, "Job": 63, "StatefulSet": 52}
_LONGEST_OF_ALL = 253


def check_name(name: str, api_version: str, kind: str, *, generated: bool = False) -> None:
    """Refuse a ``metadata.name`` that the API server refuses.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/

    Raises:
        InvalidValue: when it is no DNS-1123 subdomain, or no URL segment where that is enough.
    """
    if f"{api_version.partition('/')[0]}/{kind}".startswith(_SEGMENTS):
        if name and name not in (".", "..") and "/" not in name and "%" not in name:
            return
        raise InvalidValue(f"name must be one segment of a URL, without '/' and '%', got {name!r}")
    longest = _LONGEST.get(kind) if api_version.partition("/")[0] in ("batch", "apps") else None
    if longest is not None and len(name) > longest:
        raise InvalidValue(
            f"name of a {kind} must be at most {longest} characters, since its pods are named after it, "
            f"got {len(name)}: {name!r}{_instead(generated)}"
        )
    if kind == "StatefulSet" and "." in name and api_version.startswith("apps/"):
        raise InvalidValue(
            f"name of a StatefulSet must have no dot, since its pods' host names are made of it, got {name!r}"
            f"{_instead(generated)}"
        )
    if len(name) > _LONGEST_OF_ALL:
        raise InvalidValue(f"name must be at most {_LONGEST_OF_ALL} characters, got {len(name)}{_instead(generated)}")
    if not _SUBDOMAIN.fullmatch(name):
        raise InvalidValue(
            "name must be a DNS-1123 subdomain (at most 253 of a-z, 0-9, '-' and '.', a letter or digit at both ends), "
            f"got {name!r}{_instead(generated)}"
        )


def _instead(generated: bool) -> str:
    return "; it comes from the ids, which name= replaces" if generated else ""


class Metadata:
    """``metadata`` of one object.

    Args:
        name: as given; else set as soon as it is known.
        namespace: as given.
        labels, annotations: as given.
        extra: every other field, such as ``finalizers``.
        foreign: somebody else wrote it, so it is kept as it is, and judged with the whole object.
    """

    def __init__(
        self,
        *,
        name: str | None,
        namespace: str | None,
        labels: Mapping[str, str] | None,
        annotations: Mapping[str, str] | None,
        extra: Mapping[str, Json] | None,
        foreign: bool = False,
    ) -> None:
        self.extra = plain_object(extra, "metadata") if extra else {}
        self.name = _text(name, "name", self.extra)
        self.namespace = _text(namespace, "namespace", self.extra)
        self._own_namespace = self.namespace
        self._labels = _texts(labels, "labels", self.extra)
        self._annotations = _texts(annotations, "annotations", self.extra)
        if not foreign:
            check_labels(self._labels)
            check_annotations(self._annotations)
            if self.namespace:
                dns_label(self.namespace, "namespace")
        #: annotations that Node was not told when the object was made
        self._late: dict[str, str] = {}
        self._of_chart: Mapping[str, str] = {}
        self._added: dict[str, str] = {}
        self._in_node: cdk8s.ApiObjectMetadataDefinition | None = None

    def for_node(self) -> dict[str, object]:
        """What the object is created with in Node."""
        given: dict[str, object] = {}
        if self.name is not None:
            given["name"] = self.name
        if self._own_namespace is not None:
            given["namespace"] = self._own_namespace
        if self._labels:
            given["labels"] = self._labels
        if self._annotations:
            given["annotations"] = self._annotations
        return given

    def inherit(self, chart: cdk8s.Chart) -> None:
        """Take the namespace and the labels that the chart gives to all its objects."""
        namespace, labels = tree.of_chart(chart)
        if self.namespace is None:
            if namespace:
                dns_label(namespace, "namespace of the chart")
            self.namespace = namespace
        self._of_chart = labels

    def all_labels(self) -> dict[str, str]:
        """The labels, as far as Python knows them."""
        return {**self._of_chart, **self._added, **self._labels}

    def add_labels(self, labels: Mapping[str, str]) -> None:
        """Add labels where the object has none of its own."""
        added = _texts(labels, "labels", {})
        check_labels(added)
        for key, value in added.items():
            if key not in self._labels:
                self._added[key] = value
                if self._in_node is not None:
                    self._in_node.add_label(key, value)

    def add_annotation(self, key: str, value: str) -> None:
        """Add an annotation."""
        self._annotations[key] = self._late[key] = value
        if self._in_node is not None:
            self._in_node.add_annotation(key, value)

    def in_node(self, obj: cdk8s.ApiObject) -> cdk8s.ApiObjectMetadataDefinition:
        """The metadata as cdk8s keeps it; it is the truth from now on."""
        if self._in_node is None:
            found: cdk8s.ApiObjectMetadataDefinition = jsii.get(obj, "metadata")
            self._in_node = found
            for key, value in self._added.items():
                found.add_label(key, value)
            for key, value in self._late.items():
                found.add_annotation(key, value)
            for field, content in self.extra.items():
                if field == "finalizers" and isinstance(content, list):
                    found.add_finalizers(*cast("list[str]", content))
                elif field == "ownerReferences" and isinstance(content, list):
                    for owner in content:
                        jsii.invoke(found, "addOwnerReference", [owner])
                else:
                    found.add(field, content)
        return self._in_node

    def render(self, obj: cdk8s.ApiObject) -> JsonObject:
        """``metadata`` as it is written."""
        return self._known() if self._in_node is None else self.in_order(self.as_in_node(obj))

    def as_in_node(self, obj: cdk8s.ApiObject) -> JsonObject:
        """``metadata`` as Node gives it, which calls the app's resolvers."""
        found: JsonObject = self.in_node(obj).to_json() or {}
        if self.namespace == "":
            found.pop("namespace", None)
        return found

    def in_order(self, metadata: JsonObject) -> JsonObject:
        """The same, in the order in which people write it; Node sorts by name."""
        return cast("JsonObject", _in_order_of(self._known(), metadata))

    def _known(self) -> JsonObject:
        known: JsonObject = {"name": self.name}
        if self.namespace:
            known["namespace"] = self.namespace
        labels = self.all_labels()
        if labels:
            known["labels"] = {**labels}
        if self._annotations:
            known["annotations"] = {**self._annotations}
        known.update(_without_empty(self.extra))
        return known


def _text(value: object, option: str, extra: JsonObject) -> str | None:
    if option in extra:
        raise InvalidValue(f"metadata must not hold {option!r}, which has an option of its own")
    if value is None or isinstance(value, str):
        return value
    raise WrongType(f"{option} must be a string, got {type(value).__name__}")


def _texts(value: Mapping[str, str] | None, option: str, extra: JsonObject) -> dict[str, str]:
    if option in extra:
        raise InvalidValue(f"metadata must not hold {option!r}, which has an option of its own")
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise WrongType(f"{option} must be a mapping of strings, got {type(value).__name__}")
    for key, content in value.items():
        if not isinstance(key, str) or not isinstance(content, str):
            raise WrongType(f"{option} must hold strings, got {key!r}: {content!r}")
    return dict(value)


def _without_empty(value: JsonObject) -> JsonObject:
    """Without empty lists and mappings, which cdk8s leaves out of metadata at any depth."""
    found: JsonObject = {}
    for key, item in value.items():
        kept = _kept(item)
        if kept is not None:
            found[key] = kept
    return found


def _kept(value: Json) -> Json:
    if isinstance(value, dict):
        return _without_empty(value) or None
    if isinstance(value, list):
        return [_kept(item) for item in value] or None
    return value


def _in_order_of(first: Json, changed: Json) -> Json:
    """``changed``, with the keys that ``first`` has too in their order there."""
    if not isinstance(changed, dict) or not isinstance(first, dict):
        return changed
    ordered = {key: _in_order_of(first[key], changed[key]) for key in first if key in changed}
    return {**ordered, **changed, **ordered}
