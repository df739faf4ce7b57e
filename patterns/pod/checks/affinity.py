"""Rules for affinity: to nodes, to pods, and away from pods."""

from __future__ import annotations

from patterns.model.json import JsonObject, object_at, objects_at, text_at
from patterns.model.names import dns_label, dns_subdomain, label_key, label_value
from patterns.pod.checks.reading import complaint, number, texts
from patterns.pod.checks.rule import VALIDATION, WARNINGS, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.selectors import label_keys_problems, selector_problems
from patterns.pod.checks.subject import Pod, Steps, entries

_REQUIRED, _PREFERRED = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)
_WARNED = 33


@pod_rule("affinity", Outcome.REFUSED, source=f"{VALIDATION} validateAffinity", fields=("affinity",))
def affinity(pod: Pod) -> Problems:
    """Affinity to pods needs a topology, a preference its weight, an expression the values of its operator."""
    whole = object_at(pod.spec, "affinity")
    if not whole:
        return
    required = object_at(whole, "nodeAffinity").get(_REQUIRED)
    path: Steps = ("spec", "affinity", "nodeAffinity")
    if isinstance(required, dict) and not required.get("nodeSelectorTerms"):
        message = "nodeSelectorTerms must hold a term at least, got none"
        yield Problem((*path, _REQUIRED, "nodeSelectorTerms"), message, "add a term, or take it out")
    for field in ("nodeAffinity", "podAffinity", "podAntiAffinity"):
        for at, one in entries(object_at(whole, field).get(_PREFERRED)):
            weight = number(one.get("weight")) or 0
            if not 1 <= weight <= 100:
                message = f"weight must be 1-100, got {weight}"
                yield Problem(("spec", "affinity", field, _PREFERRED, at, "weight"), message, "give it a weight")
    for term_path, term, is_required in node_terms(pod):
        # a preference that no node can have is only warned about
        values_matter = is_required and pod.target >= 33
        for at, expression in entries(term.get("matchExpressions")):
            yield from _expression(expression, (*term_path, "matchExpressions", at), values_matter=values_matter)
        for at, expression in entries(term.get("matchFields")):
            yield from _of_field(expression, (*term_path, "matchFields", at))
    for field in ("podAffinity", "podAntiAffinity"):
        for term_path, term in pod_terms(object_at(whole, field), ("spec", "affinity", field)):
            yield from _pod_term(pod, term, term_path)


@pod_rule("preferred-node-value", Outcome.WARNED, source=WARNINGS, fields=("affinity",))
def preferred_node_value(pod: Pod) -> Problems:
    """No node has a label of a value that is no label's: the preference does nothing."""
    if pod.target < _WARNED:
        return
    for path, term, is_required in node_terms(pod):
        for at, expression in entries(None if is_required else term.get("matchExpressions")):
            for value_at, value in enumerate(texts(expression.get("values"))):
                if said := complaint(label_value, value, "a value"):
                    at_value = (*path, "matchExpressions", at, "values", value_at)
                    yield Problem(at_value, said, "write the value of a label")


def _pod_term(pod: Pod, term: JsonObject, path: Steps) -> Problems:
    key = text_at(term, "topologyKey")
    if not key:
        yield Problem((*path, "topologyKey"), "topologyKey must be given, got none", "write kubernetes.io/hostname")
    elif said := complaint(label_key, key, "topologyKey"):
        yield Problem((*path, "topologyKey"), said, "write a label of the nodes, such as kubernetes.io/hostname")
    for field in ("labelSelector", "namespaceSelector"):
        yield from selector_problems(term.get(field), (*path, field))
    for at, name in enumerate(texts(term.get("namespaces"))):
        if said := complaint(dns_label, name, "a namespace"):
            yield Problem((*path, "namespaces", at), said, "write the namespace's name")
    if pod.target >= 31:
        for field in ("matchLabelKeys", "mismatchLabelKeys"):
            yield from label_keys_problems(term, field, path)
        unlike = texts(term.get("mismatchLabelKeys"))
        for at, key in enumerate(texts(term.get("matchLabelKeys"))):
            if key in unlike:
                message = f"a key must stand in one of matchLabelKeys and mismatchLabelKeys, got {key} in both"
                yield Problem((*path, "matchLabelKeys", at), message, "take it out of one")


def _expression(expression: JsonObject, path: Steps, *, values_matter: bool) -> Problems:
    operator, values = text_at(expression, "operator"), texts(expression.get("values"))
    if said := complaint(label_key, text_at(expression, "key"), "key"):
        yield Problem((*path, "key"), said, "write the key of a label")
    match operator:
        case "In" | "NotIn":
            said = "" if values else f"values must be given with {operator}, got none"
        case "Exists" | "DoesNotExist":
            said = f"values must not be given with {operator}, got {', '.join(values)}" if values else ""
        case "Gt" | "Lt":
            said = "" if len(values) == 1 else f"values must be one with {operator}, got {', '.join(values) or 'none'}"
        case _:
            message = f"operator must be In, NotIn, Exists, DoesNotExist, Gt or Lt, got {operator!r}"
            yield Problem((*path, "operator"), message, "choose one of them")
            return
    if said:
        yield Problem((*path, "values"), said, "give what the operator takes")
    for at, value in enumerate(values if values_matter else ()):
        if said := complaint(label_value, value, "a value"):
            yield Problem((*path, "values", at), said, "write the value of a label")


def _of_field(expression: JsonObject, path: Steps) -> Problems:
    key, operator = text_at(expression, "key"), text_at(expression, "operator")
    values = texts(expression.get("values"))
    if key != "metadata.name":
        yield Problem((*path, "key"), f"key must be metadata.name in matchFields, got {key!r}", "use matchExpressions")
    if operator not in ("In", "NotIn"):
        yield Problem((*path, "operator"), f"operator must be In or NotIn, got {operator!r}", "choose one of them")
    elif len(values) != 1:
        message = f"values must be one in matchFields, got {', '.join(values) or 'none'}"
        yield Problem((*path, "values"), message, "write a term for each node")
    for at, value in enumerate(values if key == "metadata.name" else ()):
        if said := complaint(dns_subdomain, value, "the name of a node"):
            yield Problem((*path, "values", at), said, "write the node's name")


def node_terms(pod: Pod) -> list[tuple[Steps, JsonObject, bool]]:
    """The terms of affinity to nodes, each with the way to it and whether it is required."""
    nodes = object_at(pod.spec, "affinity", "nodeAffinity")
    path: Steps = ("spec", "affinity", "nodeAffinity")
    found: list[tuple[Steps, JsonObject, bool]] = []
    for at, term in entries(object_at(nodes, _REQUIRED).get("nodeSelectorTerms")):
        found.append(((*path, _REQUIRED, "nodeSelectorTerms", at), term, True))
    for at, one in entries(nodes.get(_PREFERRED)):
        found.append(((*path, _PREFERRED, at, "preference"), object_at(one, "preference"), False))
    return found


def pod_terms(affinity: JsonObject, path: Steps) -> list[tuple[Steps, JsonObject]]:
    """The terms of affinity to pods, each with the way to it."""
    found: list[tuple[Steps, JsonObject]] = [
        ((*path, _REQUIRED, at), term) for at, term in enumerate(objects_at(affinity, _REQUIRED))
    ]
    for at, one in entries(affinity.get(_PREFERRED)):
        found.append(((*path, _PREFERRED, at, "podAffinityTerm"), object_at(one, "podAffinityTerm")))
    return found
