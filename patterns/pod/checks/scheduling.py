"""Rules for where a pod may run: node selectors, affinity, tolerations, spreading."""

from __future__ import annotations

import re

from patterns.model.json import JsonObject, object_at, objects_at, text_at
from patterns.model.names import label_key, label_value
from patterns.pod.checks.reading import complaint, number, texts
from patterns.pod.checks.rule import VALIDATION, WARNINGS, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.subject import Pod, Steps, entries

_DEPRECATED = {
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
}
_REQUIRED, _PREFERRED = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)
_INTEGER = re.compile(r"[+-]?[0-9]+")


@pod_rule("node-selector", Outcome.REFUSED, source=f"{VALIDATION} ValidatePodSpec")
def node_selector(pod: Pod) -> Problems:
    """A node selector is a map of labels."""
    for key, value in object_at(pod.spec, "nodeSelector").items():
        said = complaint(label_key, key, "a key of nodeSelector")
        if not said and isinstance(value, str):
            said = complaint(label_value, value, f"nodeSelector[{key!r}]")
        if said:
            yield Problem(("spec", "nodeSelector", key), said, "write the labels of the nodes")


@pod_rule("deprecated-node-label", Outcome.WARNED, source=WARNINGS)
def deprecated_node_label(pod: Pod) -> Problems:
    """Some labels of nodes got other names; the old ones go away one day."""
    for key in object_at(pod.spec, "nodeSelector"):
        if key in _DEPRECATED:
            yield _deprecated(("spec", "nodeSelector", key), key)
    for path, term in _node_terms(pod):
        for at, expression in entries(term.get("matchExpressions")):
            key = text_at(expression, "key")
            if key in _DEPRECATED:
                yield _deprecated((*path, "matchExpressions", at, "key"), key)
    for at, constraint in entries(pod.spec.get("topologySpreadConstraints")):
        key = text_at(constraint, "topologyKey")
        if key in _DEPRECATED:
            yield _deprecated(("spec", "topologySpreadConstraints", at, "topologyKey"), key)


def _deprecated(path: Steps, key: str) -> Problem:
    return Problem(path, f"the label of a node must be {_DEPRECATED[key]}, got {key}", f"write {_DEPRECATED[key]}")


@pod_rule("toleration", Outcome.REFUSED, source=f"{VALIDATION} ValidateTolerations")
def toleration(pod: Pod) -> Problems:
    """A toleration without a key tolerates everything, and says so with ``Exists``."""
    operators = ("Equal", "Exists", "Lt", "Gt") if pod.target >= 37 else ("Equal", "Exists")
    for at, one in entries(pod.spec.get("tolerations")):
        path: Steps = ("spec", "tolerations", at)
        key, operator = text_at(one, "key"), text_at(one, "operator") or "Equal"
        value, effect = text_at(one, "value"), text_at(one, "effect")
        if key and (said := complaint(label_key, key, "key")):
            yield Problem((*path, "key"), said, "write the key of the taint")
        if operator not in operators:
            message = f"operator must be {' or '.join(operators)}, got {operator!r}"
            yield Problem((*path, "operator"), message, "choose one of them")
        elif not key and operator != "Exists":
            message = f"operator must be Exists where key is empty, got {operator}"
            yield Problem((*path, "operator"), message, "write the key, or operator: Exists for every taint")
        elif operator == "Exists" and value:
            message = f"value must be empty where operator is Exists, got {value!r}"
            yield Problem((*path, "operator"), message, "take the value out, or write operator: Equal")
        elif operator == "Equal" and (said := complaint(label_value, value, "value")):
            yield Problem((*path, "operator"), said, "write the value of the taint")
        if effect and effect not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
            message = f"effect must be NoSchedule, PreferNoSchedule or NoExecute, got {effect!r}"
            yield Problem((*path, "effect"), message, "choose one of them, or leave it out for all")
        elif one.get("tolerationSeconds") is not None and effect != "NoExecute":
            message = f"effect must be NoExecute beside tolerationSeconds, got {effect or 'none'}"
            yield Problem((*path, "effect"), message, "write effect: NoExecute, or take tolerationSeconds out")


@pod_rule("spread-constraint", Outcome.REFUSED, source=f"{VALIDATION} validateTopologySpreadConstraints")
def spread_constraint(pod: Pod) -> Problems:
    """Spreading needs a skew of 1 at least, a label of nodes, and what to do where it cannot be kept."""
    seen: set[tuple[str, str]] = set()
    for at, one in entries(pod.spec.get("topologySpreadConstraints")):
        path: Steps = ("spec", "topologySpreadConstraints", at)
        skew = number(one.get("maxSkew")) or 0
        if skew < 1:
            yield Problem((*path, "maxSkew"), f"maxSkew must be at least 1, got {skew}", "write 1")
        key, action = text_at(one, "topologyKey"), text_at(one, "whenUnsatisfiable")
        if not key:
            yield Problem(
                (*path, "topologyKey"), "topologyKey must be given, got none", "write topology.kubernetes.io/zone"
            )
        if action not in ("DoNotSchedule", "ScheduleAnyway"):
            message = f"whenUnsatisfiable must be DoNotSchedule or ScheduleAnyway, got {action!r}"
            yield Problem((*path, "whenUnsatisfiable"), message, "choose one of them")
        elif (key, action) in seen:
            message = f"topologyKey and whenUnsatisfiable must stand together once, got {key} {action} twice"
            yield Problem((*path, "topologyKey"), message, "remove one of the constraints")
        if one.get("minDomains") is not None and action == "ScheduleAnyway":
            message = "minDomains must only be set with DoNotSchedule"
            yield Problem((*path, "minDomains"), message, "take it out")
        seen.add((key, action))


@pod_rule("spread-of-nothing", Outcome.WARNED, source=WARNINGS)
def spread_of_nothing(pod: Pod) -> Problems:
    """Without a label selector a constraint looks at no pod, and does nothing."""
    for at, one in entries(pod.spec.get("topologySpreadConstraints")):
        if one.get("labelSelector") is None:
            path: Steps = ("spec", "topologySpreadConstraints", at, "labelSelector")
            yield Problem(
                path, "labelSelector must be given, got none, which matches no pod", "select this pod's labels"
            )
    for field in ("podAffinity", "podAntiAffinity"):
        affinity = object_at(pod.spec, "affinity", field)
        for path, term in _pod_terms(affinity, ("spec", "affinity", field)):
            if term.get("labelSelector") is None:
                message = "labelSelector must be given, got none, which matches no pod"
                yield Problem((*path, "labelSelector"), message, "select the other pods' labels")


@pod_rule("affinity", Outcome.REFUSED, source=f"{VALIDATION} validateAffinity")
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
    for term_path, term in _node_terms(pod):
        for at, expression in entries(term.get("matchExpressions")):
            yield from _expression(expression, (*term_path, "matchExpressions", at))
    for field in ("podAffinity", "podAntiAffinity"):
        for term_path, term in _pod_terms(object_at(whole, field), ("spec", "affinity", field)):
            if not text_at(term, "topologyKey"):
                message = "topologyKey must be given, got none"
                yield Problem((*term_path, "topologyKey"), message, "write kubernetes.io/hostname")


def _expression(expression: JsonObject, path: Steps) -> Problems:
    operator, values = text_at(expression, "operator"), texts(expression.get("values"))
    match operator:
        case "In" | "NotIn":
            said = "" if values else f"values must be given with {operator}, got none"
        case "Exists" | "DoesNotExist":
            said = f"values must not be given with {operator}, got {', '.join(values)}" if values else ""
        case "Gt" | "Lt":
            fits = len(values) == 1 and _INTEGER.fullmatch(values[0])
            said = "" if fits else f"values must be one whole number with {operator}, got {', '.join(values) or 'none'}"
        case _:
            message = f"operator must be In, NotIn, Exists, DoesNotExist, Gt or Lt, got {operator!r}"
            yield Problem((*path, "operator"), message, "choose one of them")
            return
    if said:
        yield Problem((*path, "values"), said, "give what the operator takes")


def _node_terms(pod: Pod) -> list[tuple[Steps, JsonObject]]:
    nodes = object_at(pod.spec, "affinity", "nodeAffinity")
    path: Steps = ("spec", "affinity", "nodeAffinity")
    found: list[tuple[Steps, JsonObject]] = []
    for at, term in entries(object_at(nodes, _REQUIRED).get("nodeSelectorTerms")):
        found.append(((*path, _REQUIRED, "nodeSelectorTerms", at), term))
    for at, one in entries(nodes.get(_PREFERRED)):
        found.append(((*path, _PREFERRED, at, "preference"), object_at(one, "preference")))
    return found


def _pod_terms(affinity: JsonObject, path: Steps) -> list[tuple[Steps, JsonObject]]:
    found: list[tuple[Steps, JsonObject]] = [
        ((*path, _REQUIRED, at), term) for at, term in enumerate(objects_at(affinity, _REQUIRED))
    ]
    for at, one in entries(affinity.get(_PREFERRED)):
        found.append(((*path, _PREFERRED, at, "podAffinityTerm"), object_at(one, "podAffinityTerm")))
    return found
