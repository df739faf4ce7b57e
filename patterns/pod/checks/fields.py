"""Rules for fields that Kubernetes does not know, and for values of another type than a field has."""

from __future__ import annotations

import json

from patterns.model.fields import nearest
from patterns.model.json import Json
from patterns.model.quantity import Quantity
from patterns.pod.checks.rule import Outcome, Problem, Problems, object_rule
from patterns.pod.checks.schema import Fault, faults, groups, type_of, types, versions_of
from patterns.pod.checks.subject import Object, Steps, words_of

_STRICT = "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation"
_REMOVED = "https://kubernetes.io/docs/reference/using-api/deprecation-guide/"
#: groups whose kinds and versions are Kubernetes' own, and which no definition of a custom kind may use
_RESERVED = frozenset({"", "apps", "autoscaling", "batch", "extensions", "policy"})
#: kinds that kubectl reads and no server keeps
_OF_CLIENTS = frozenset({"List", "Status", "Kustomization", "Config"})

_SPOKEN = {
    "s": "a string",
    "b": "true or false",
    "i": "a whole number of at most 32 bits",
    "l": "a whole number",
    "o": "a whole number or a string",
    "n": "a number",
    "t": "a time such as 2025-01-31T12:00:00Z",
    "q": "a quantity such as 500m or 64Mi",
    "y": "base64",
}


@object_rule(
    "kind-missing", Outcome.REFUSED, source="https://kubernetes.io/docs/concepts/overview/working-with-objects/"
)
def kind_missing(obj: Object) -> Problems:
    """An object says in ``apiVersion`` and ``kind`` what it is."""
    for field, value in (("apiVersion", obj.api_version), ("kind", obj.kind)):
        if not value:
            found = obj.json.get(field)
            message = f"{field} must be a string, got {'none' if found is None else json.dumps(found)[:60]}"
            yield Problem((field,), message, "say what the object is, such as apiVersion: v1 and kind: Pod")


@object_rule("unknown-kind", Outcome.REFUSED, source=_REMOVED)
def unknown_kind(obj: Object) -> Problems:
    """A kind of Kubernetes exists in certain versions; old ones were removed from the server."""
    if not obj.kind or not obj.api_version or obj.kind in _OF_CLIENTS or obj.kind.endswith("List"):
        return
    if type_of(obj.api_version, obj.kind):
        return
    known = versions_of(obj.kind)
    if obj.group in _RESERVED and obj.group in groups() | {"extensions"}:
        right = [one for one in known if one.rpartition("/")[0] == obj.group] or list(known)
        near = "" if right else nearest(obj.kind, _kinds())
        fix = f"write apiVersion: {right[0]}" if right else (f"write kind: {near}" if near else "look the kind up")
        message = f"there is no kind {obj.kind} in apiVersion {obj.api_version} of Kubernetes 1.37"
        yield Problem(("apiVersion",), message, fix)


def _kinds() -> list[str]:
    return [name for name in types() if any(versions_of(name))]


@object_rule("unknown-field", Outcome.REFUSED, source=_STRICT)
def unknown_field(obj: Object) -> Problems:
    """The server refuses a field that it does not know; without strict validation it drops it in silence."""
    for fault in faults(obj):
        if fault.rule == "unknown-field":
            name = str(fault.path[-1])
            message = f"{fault.holds} has no field {name!r} in Kubernetes 1.37"
            yield Problem(fault.path, message, _place_for(fault, name))


def _place_for(fault: Fault, name: str) -> str:
    """Where the field may have been meant to stand, or what its name may have been meant to be."""
    known = types()[fault.holds]
    if near := nearest(name, known):
        return f"write {near}"
    for path, holds in reversed(fault.above[:-1]):
        if name in types()[holds]:
            return f"it is a field of {holds}: move it to {words_of((*path, name))}"
    for field, holds in known.items():
        inside = holds.strip("[]{}")
        if inside in types() and name in types()[inside]:
            below: Steps = (field, 0) if holds.startswith("[") else (field,)
            return f"it is a field of {inside}: move it to {words_of((*fault.path[:-1], *below, name))}"
    return "take it out"


@object_rule("wrong-type", Outcome.REFUSED, source=_STRICT)
def wrong_type(obj: Object) -> Problems:
    """A value of another type cannot be read: a port in quotes, a bare number as the value of a variable."""
    for fault in faults(obj):
        if fault.rule == "wrong-type":
            message = f"{words_of(fault.path[-2:])} must be {_spoken(fault.holds)}, got {_shown(fault.value)}"
            yield Problem(fault.path, message, _right_form(fault))


def _spoken(holds: str) -> str:
    if holds.startswith("["):
        return f"a list of {holds[1:-1]}" if len(holds) > 3 else "a list"
    if holds.startswith("{"):
        return "a mapping"
    return _SPOKEN.get(holds, f"a mapping ({holds})")


def _shown(value: Json) -> str:
    kind = {
        bool: "",
        int: "the number ",
        float: "the number ",
        str: "the string ",
        list: "the list ",
        dict: "the mapping ",
    }
    text = json.dumps(value, ensure_ascii=False)
    return kind.get(type(value), "") + (text if len(text) <= 60 else f"{text[:57]}...")


def _right_form(fault: Fault) -> str:
    value, holds = fault.value, fault.holds
    if holds == "s" and isinstance(value, bool | int | float):
        return f"put it in quotes: '{json.dumps(value)}'"
    if holds in ("i", "l", "n", "b", "o") and isinstance(value, str) and value:
        plain = value.strip().lower()
        if plain.lstrip("-").isdecimal() and holds != "b":
            return f"write it without quotes: {plain}"
        if holds == "b" and plain in ("true", "false"):
            return f"write it without quotes: {plain}"
    if holds.startswith("["):
        return "begin each item with '- '" if isinstance(value, dict) else f"write a list: [{json.dumps(value)}]"
    if isinstance(value, list):
        inside = "write its items in the list that holds it"
        return inside if isinstance(fault.path[-1], int) else "take the '- ' away"
    return f"write {_spoken(holds)}"


@object_rule("quantity", Outcome.REFUSED, source="k8s.io/apimachinery: pkg/api/resource ParseQuantity")
def quantity(obj: Object) -> Problems:
    """A quantity is a number with one of a few suffixes; letters count: ``64Mi`` and not ``64MB``."""
    for fault in faults(obj):
        if fault.rule == "quantity":
            yield Problem(fault.path, _quantity_message(str(fault.value)), "write it such as 500m, 0.5, 64Mi or 1Gi")


def _quantity_message(text: str) -> str:
    try:
        Quantity(text.strip())
    except ValueError as error:
        return str(error)
    return f"a quantity must be a number with a suffix, got {text!r}"


@object_rule("base64", Outcome.REFUSED, source="https://kubernetes.io/docs/concepts/configuration/secret/")
def base64(obj: Object) -> Problems:
    """``data`` of a Secret and ``binaryData`` of a ConfigMap hold base64; text goes into ``stringData`` or ``data``."""
    for fault in faults(obj):
        if fault.rule == "base64":
            fix = "write the text under stringData" if obj.kind == "Secret" else "encode it, or write text under data"
            yield Problem(fault.path, f"{words_of(fault.path)} must be base64, got something else", fix)
