"""Rules for the specs of Deployments, ReplicaSets, StatefulSets and DaemonSets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patterns.model.json import Json, JsonObject, object_at, text_at
from patterns.model.names import dns_label
from patterns.pod.checks.reading import complaint, is_empty, labels_of, matches, number
from patterns.pod.checks.rule import Outcome, Problem, Problems, object_rule
from patterns.pod.checks.subject import Object, Steps, entries

_APPS = "kubernetes: pkg/apis/apps/validation/validation.go"
_KINDS = ("apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "apps/DaemonSet")
_PERCENT = re.compile(r"[0-9]+%")


@object_rule("selector-missing", Outcome.REFUSED, source=f"{_APPS} ValidateDeploymentSpec", whole=True, kinds=_KINDS)
def selector_missing(obj: Object) -> Problems:
    """A workload finds its pods by labels."""
    if is_empty(object_at(obj.spec, "selector")):
        fix = "select the labels of the pod template, under matchLabels"
        yield Problem(("spec", "selector"), "selector must be given, got none", fix)


@object_rule(
    "selector-mismatch",
    Outcome.REFUSED,
    source=f"{_APPS} ValidatePodTemplateSpecForReplicaSet",
    whole=True,
    kinds=_KINDS,
)
def selector_mismatch(obj: Object) -> Problems:
    """The pods that a workload makes must be its own."""
    selector = object_at(obj.spec, "selector")
    if is_empty(selector):
        return
    labels = labels_of(object_at(obj.spec, "template", "metadata").get("labels"))
    if not matches(selector, labels):
        shown = ", ".join(f"{key}={value}" for key, value in labels.items()) or "none"
        message = f"labels of the pod template must match spec.selector, got {shown}"
        yield Problem(("spec", "template", "metadata", "labels"), message, "give both the same labels")


@object_rule("selector-operator", Outcome.REFUSED, source="k8s.io/apimachinery: ValidateLabelSelector", kinds=_KINDS)
def selector_operator(obj: Object) -> Problems:
    """An expression takes values with ``In`` and ``NotIn``, and none with ``Exists`` and ``DoesNotExist``."""
    for at, one in entries(object_at(obj.spec, "selector").get("matchExpressions")):
        operator, values = text_at(one, "operator"), one.get("values")
        path: Steps = ("spec", "selector", "matchExpressions", at)
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            message = f"operator must be In, NotIn, Exists or DoesNotExist, got {operator!r}"
            yield Problem((*path, "operator"), message, "choose one of them")
        elif operator in ("In", "NotIn") and not values:
            yield Problem((*path, "values"), f"values must be given with {operator}, got none", "list the values")
        elif operator in ("Exists", "DoesNotExist") and values:
            yield Problem((*path, "values"), f"values must not be given with {operator}", "take them out")


@object_rule(
    "workload-restart-policy",
    Outcome.REFUSED,
    source=f"{_APPS} ValidatePodTemplateSpecForReplicaSet",
    kinds=(*_KINDS, "ReplicationController"),
)
def workload_restart_policy(obj: Object) -> Problems:
    """Pods that are to go on are always started again."""
    policy = text_at(obj.spec, "template", "spec", "restartPolicy")
    if policy and policy != "Always":
        message = f"restartPolicy must be Always in a {obj.kind}, got {policy!r}"
        yield Problem(("spec", "template", "spec", "restartPolicy"), message, "take it out, or make it a Job")
    if object_at(obj.spec, "template", "spec").get("activeDeadlineSeconds") is not None:
        message = f"activeDeadlineSeconds must not be set in a {obj.kind}"
        yield Problem(("spec", "template", "spec", "activeDeadlineSeconds"), message, "take it out")


@object_rule(
    "negative-count",
    Outcome.REFUSED,
    source=f"{_APPS} ValidateNonnegativeField",
    kinds=(*_KINDS, "ReplicationController"),
)
def negative_count(obj: Object) -> Problems:
    """There are no fewer than no pods, revisions or seconds."""
    for field in ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        value = number(obj.spec.get(field))
        # nobody looks at a StatefulSet's history
        if value is not None and value < 0 and not (field[0:3] == "rev" and obj.kind == "StatefulSet"):
            yield Problem(("spec", field), f"{field} must not be negative, got {value}", "write 0 or more")


@object_rule("progress-deadline", Outcome.REFUSED, source=f"{_APPS} ValidateDeploymentSpec", kinds=("apps/Deployment",))
def progress_deadline(obj: Object) -> Problems:
    """A new pod must be able to be ready before the roll-out counts as failed, by default after 600 seconds."""
    deadline, ready = obj.spec.get("progressDeadlineSeconds"), number(obj.spec.get("minReadySeconds")) or 0
    seconds = 600 if deadline is None else number(deadline)
    if seconds is not None and seconds >= 0 and ready >= 0 and seconds <= ready:
        message = f"progressDeadlineSeconds must be more than minReadySeconds ({ready}), got {seconds}"
        yield Problem(("spec", "progressDeadlineSeconds"), message, "raise it")


@object_rule("strategy", Outcome.REFUSED, source=f"{_APPS} ValidateDeploymentStrategy", kinds=_KINDS)
def strategy(obj: Object) -> Problems:
    """A workload replaces its pods in one of two ways; the numbers of a rolling update belong to that way alone."""
    field = "strategy" if obj.kind == "Deployment" else "updateStrategy"
    found = obj.spec.get(field)
    if not isinstance(found, dict):
        return
    other = "Recreate" if obj.kind == "Deployment" else "OnDelete"
    kind = text_at(found, "type") or "RollingUpdate"
    if kind not in ("RollingUpdate", other):
        message = f"type must be RollingUpdate or {other}, got {kind!r}"
        yield Problem(("spec", field, "type"), message, "choose one of them")
    elif kind == other and found.get("rollingUpdate") is not None and obj.kind != "DaemonSet":
        message = f"rollingUpdate must not be set where type is {other}"
        yield Problem(("spec", field, "rollingUpdate"), message, "take it out")


@object_rule(
    "rolling-update",
    Outcome.REFUSED,
    source=f"{_APPS} ValidateRollingUpdateDeployment",
    kinds=("apps/Deployment", "apps/DaemonSet"),
)
def rolling_update(obj: Object) -> Problems:
    """A roll-out needs a pod more or a pod less; both are numbers or percentages."""
    field = "strategy" if obj.kind == "Deployment" else "updateStrategy"
    found = object_at(obj.spec, field)
    update = object_at(found, "rollingUpdate")
    if text_at(found, "type") not in ("", "RollingUpdate") or not update:
        return
    path: Steps = ("spec", field, "rollingUpdate")
    for name in ("maxUnavailable", "maxSurge"):
        value = update.get(name)
        problem = _amount_problem(value, capped=name == "maxUnavailable" or obj.kind == "DaemonSet")
        if problem:
            yield Problem((*path, name), f"{name} must be {problem}, got {value!r}", "write such as 1 or '25%'")
            return
    surge, unavailable = update.get("maxSurge"), update.get("maxUnavailable")
    if _is_zero(unavailable) and _is_zero(surge, default=obj.kind == "DaemonSet"):
        message = "maxUnavailable must not be 0 where maxSurge is 0: no pod could ever be replaced"
        yield Problem((*path, "maxUnavailable"), message, "raise one of them")
    elif obj.kind == "DaemonSet" and not _is_zero(surge, default=True) and not _is_zero(unavailable):
        message = "maxSurge must not be set where maxUnavailable is not 0"
        if unavailable is not None:
            yield Problem((*path, "maxSurge"), message, "write maxUnavailable: 0")


def _amount_problem(value: Json, *, capped: bool) -> str:
    if value is None or isinstance(value, bool | float | list | dict):
        return ""
    if isinstance(value, int):
        return "" if value >= 0 else "0 or more"
    if not _PERCENT.fullmatch(value):
        return "a number, or a percentage such as 25%"
    return "at most 100%" if capped and int(value[:-1]) > 100 else ""


def _is_zero(value: Json, *, default: bool = False) -> bool:
    if value is None:
        return default
    return value == 0 or (isinstance(value, str) and value.rstrip("%").strip("0") == "" and value.endswith("%"))


@object_rule("stateful-set", Outcome.REFUSED, source=f"{_APPS} ValidateStatefulSetSpec", kinds=("apps/StatefulSet",))
def stateful_set(obj: Object) -> Problems:
    """A StatefulSet starts its pods in order or at once, below the name of a Service."""
    policy = text_at(obj.spec, "podManagementPolicy")
    if policy not in ("", "OrderedReady", "Parallel"):
        message = f"podManagementPolicy must be OrderedReady or Parallel, got {policy!r}"
        yield Problem(("spec", "podManagementPolicy"), message, "choose one of them")
    service = text_at(obj.spec, "serviceName")
    if service and (said := complaint(dns_label, service, "serviceName")):
        yield Problem(("spec", "serviceName"), said, "write the name of the Service")
    start = number(object_at(obj.spec, "ordinals").get("start"))
    if start is not None and start < 0:
        yield Problem(("spec", "ordinals", "start"), f"start must not be negative, got {start}", "write 0 or more")
    for field in ("whenDeleted", "whenScaled"):
        what = text_at(obj.spec, "persistentVolumeClaimRetentionPolicy", field)
        if what not in ("", "Retain", "Delete"):
            message = f"{field} must be Retain or Delete, got {what!r}"
            yield Problem(("spec", "persistentVolumeClaimRetentionPolicy", field), message, "choose one of them")


@object_rule("owner", Outcome.REFUSED, source="k8s.io/apimachinery: pkg/api/validation ValidateOwnerReferences")
def owner(obj: Object) -> Problems:
    """A reference to an owner is complete: only the object that is there has its uid."""
    for at, reference in _owners(obj.metadata):
        for field in ("uid", "name", "kind", "apiVersion"):
            if not text_at(reference, field):
                message = f"{field} must be given in an owner reference, got none"
                yield Problem(("metadata", "ownerReferences", at, field), message, "take the reference out")


def _owners(metadata: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    return entries(metadata.get("ownerReferences"))
