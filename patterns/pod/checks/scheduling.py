"""Rules for where a pod may run: node selectors, tolerations, spreading."""

from __future__ import annotations

from patterns.model.json import JsonObject, object_at, objects_at, text_at
from patterns.model.names import label_key, label_value
from patterns.pod.checks.affinity import node_terms, pod_terms
from patterns.pod.checks.reading import complaint, number, texts
from patterns.pod.checks.rule import VALIDATION, WARNINGS, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.selectors import label_keys_problems, selector_problems
from patterns.pod.checks.subject import Pod, Steps, entries

_DEPRECATED = {
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
}
#: without another name, and named in warnings since 1.31
_WITHOUT_EFFECT = (
    "app.kubernetes.io/created-by",
    "node-role.kubernetes.io/master",
    "scheduler.alpha.kubernetes.io/preferAvoidPods",
)


@pod_rule("node-selector", Outcome.REFUSED, source=f"{VALIDATION} ValidatePodSpec", fields=("nodeSelector",))
def node_selector(pod: Pod) -> Problems:
    """A node selector is a map of labels."""
    for key, value in object_at(pod.spec, "nodeSelector").items():
        said = complaint(label_key, key, "a key of nodeSelector")
        if not said and isinstance(value, str):
            said = complaint(label_value, value, f"nodeSelector[{key!r}]")
        if said:
            yield Problem(("spec", "nodeSelector", key), said, "write the labels of the nodes")


@pod_rule(
    "deprecated-node-label",
    Outcome.WARNED,
    source=WARNINGS,
    fields=("affinity", "nodeSelector", "topologySpreadConstraints"),
)
def deprecated_node_label(pod: Pod) -> Problems:
    """Some labels of nodes got other names; the old ones go away one day."""
    for key in object_at(pod.spec, "nodeSelector"):
        yield from _deprecated(pod, key, ("spec", "nodeSelector", key))
    for path, term, _ in node_terms(pod):
        for at, expression in entries(term.get("matchExpressions")):
            yield from _deprecated(pod, text_at(expression, "key"), (*path, "matchExpressions", at, "key"))
    for at, constraint in entries(pod.spec.get("topologySpreadConstraints")):
        path = ("spec", "topologySpreadConstraints", at, "topologyKey")
        yield from _deprecated(pod, text_at(constraint, "topologyKey"), path)


def _deprecated(pod: Pod, key: str, path: Steps) -> Problems:
    if key in _DEPRECATED:
        message = f"the label of a node must be {_DEPRECATED[key]}, got {key}"
        yield Problem(path, message, f"write {_DEPRECATED[key]}")
    elif key in _WITHOUT_EFFECT and pod.target >= 31:
        message = f"the label of a node must be one that is still in use, got {key}"
        yield Problem(path, message, "select the nodes by another label")


@pod_rule("toleration", Outcome.REFUSED, source=f"{VALIDATION} ValidateTolerations", fields=("tolerations",))
def toleration(pod: Pod) -> Problems:
    """A toleration without a key tolerates everything, and says so with ``Exists``."""
    operators = ("Equal", "Exists")
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


@pod_rule(
    "spread-constraint",
    Outcome.REFUSED,
    source=f"{VALIDATION} validateTopologySpreadConstraints",
    fields=("topologySpreadConstraints",),
)
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
        elif (least := number(one.get("minDomains"))) is not None and least < 1:
            yield Problem((*path, "minDomains"), f"minDomains must be at least 1, got {least}", "take it out")
        for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            policy = one.get(field)
            if isinstance(policy, str) and policy not in ("Honor", "Ignore"):
                yield Problem((*path, field), f"{field} must be Honor or Ignore, got {policy!r}", "choose one of them")
        yield from selector_problems(one.get("labelSelector"), (*path, "labelSelector"))
        yield from label_keys_problems(one, "matchLabelKeys", path)
        if pod.target < 34:
            yield from _twice(one, path)
        seen.add((key, action))


def _twice(constraint: JsonObject, path: Steps) -> Problems:
    selector = object_at(constraint, "labelSelector")
    keys = {
        *object_at(selector, "matchLabels"),
        *(text_at(one, "key") for one in objects_at(selector, "matchExpressions")),
    }
    for at, key in enumerate(texts(constraint.get("matchLabelKeys"))):
        if key in keys:
            message = f"matchLabelKeys must hold keys that labelSelector has not, got {key}"
            yield Problem((*path, "matchLabelKeys", at), message, "take it out")


@pod_rule("spread-of-nothing", Outcome.WARNED, source=WARNINGS, fields=("affinity", "topologySpreadConstraints"))
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
        for path, term in pod_terms(affinity, ("spec", "affinity", field)):
            if term.get("labelSelector") is None:
                message = "labelSelector must be given, got none, which matches no pod"
                yield Problem((*path, "labelSelector"), message, "select the other pods' labels")
