"""Rules for resources of whole pods: requests and limits, claims, overhead, and how containers are resized."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from patterns.model.json import JsonObject, object_at, text_at
from patterns.model.names import dns_label, dns_subdomain
from patterns.model.quantity import Quantity
from patterns.pod.checks.reading import complaint
from patterns.pod.checks.resources import quantity_of
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, pod_container_rule, pod_rule
from patterns.pod.checks.subject import Container, Pod, PodContainer, Steps, entries

_CONSISTENCY = f"{VALIDATION} validatePodResources"
#: the version from which the server keeps resources of pods, and claims; older ones forget them
_KEPT = 34


@pod_rule("pod-resources", Outcome.REFUSED, source=_CONSISTENCY, whole=True, fields=("resources",))
def pod_resources(pod: Pod) -> Problems:
    """What the pod is promised as a whole is at least what its containers are promised."""
    resources = pod.spec.get("resources")
    if not isinstance(resources, dict) or pod.target < _KEPT:
        return
    path: Steps = ("spec", "resources")
    if pod.os == "windows":
        yield Problem(path, "resources must not be set in a pod for Windows", "give them to its containers")
        return
    if resources.get("claims") is not None:
        message = "claims must not be set for the pod as a whole"
        yield Problem((*path, "claims"), message, "give them to its containers")
    limits, requests = object_at(resources, "limits"), object_at(resources, "requests")
    for field, values in (("limits", limits), ("requests", requests)):
        for name, value in values.items():
            amount = quantity_of(value)
            if name not in ("cpu", "memory") and not name.startswith("hugepages-"):
                message = f"a resource of the pod must be cpu, memory or hugepages-<size>, got {name!r}"
                yield Problem((*path, field, name), message, "give it to its containers")
            elif amount is not None and amount.numerator < 0:
                message = f"{name} must not be negative, got {amount}"
                yield Problem((*path, field, name), message, "write the amount without '-'")
    promised = _promised(pod)
    for name in {**requests, **promised}:
        request, limit = quantity_of(requests.get(name)), quantity_of(limits.get(name))
        together = promised.get(name, Fraction())
        if request is not None and limit is not None and request > limit:
            message = f"the pod's request of {name} must be at most its limit {limit}, got {request}"
            yield Problem((*path, "requests", name), message, "lower the request, or raise the limit")
        elif request is not None and together > _exact(request):
            message = f"the pod's request of {name} must cover its containers, which ask for more, got {request}"
            yield Problem((*path, "requests", name), message, "raise it, or lower those of the containers")
        elif request is None and limit is not None and pod.object.is_a("Pod") and together > _exact(limit):
            # the server writes what the containers ask for into a pod, and not into the template of one
            message = f"the pod's limit of {name} must cover its containers, which ask for more, got {limit}"
            yield Problem((*path, "limits", name), message, "raise it, or lower the requests of the containers")
    for container in pod.containers:
        for name, value in object_at(container.json, "resources", "limits").items():
            limit, whole = quantity_of(value), quantity_of(limits.get(name))
            if limit is not None and whole is not None and limit > whole:
                at: Steps = ("spec", "containers", container.at, "resources", "limits", name)
                message = f"{container.where}: {name} must be at most the pod's limit {whole}, got {limit}"
                yield Problem(at, message, "lower it, or raise the pod's limit")


def _promised(pod: Pod) -> dict[str, Fraction]:
    """What the containers of the pod ask for together: those that run at the same time."""
    total = _sum(_requests(pod, container) for container in pod.running)
    started: list[dict[str, Fraction]] = []
    for container in pod.init_containers:
        if container.is_sidecar:
            started.append(_requests(pod, container))
        else:
            for name, amount in _sum([*started, _requests(pod, container)]).items():
                total[name] = max(amount, total.get(name, Fraction()))
    return total


def _requests(pod: Pod, container: Container) -> dict[str, Fraction]:
    given = object_at(container.json, "resources", "requests")
    if pod.object.is_a("Pod"):
        given = object_at(container.json, "resources", "limits") | given
    amounts = {name: quantity_of(value) for name, value in given.items()}
    return {name: _exact(one) for name, one in amounts.items() if one is not None}


def _exact(amount: Quantity) -> Fraction:
    return Fraction(amount.numerator, amount.denominator)


def _sum(lists: Iterable[dict[str, Fraction]]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for one in lists:
        for name, amount in one.items():
            total[name] = total.get(name, Fraction()) + amount
    return total


@pod_rule(
    "pod-resource-claim", Outcome.REFUSED, source=f"{VALIDATION} validatePodResourceClaim", fields=("resourceClaims",)
)
def pod_resource_claim(pod: Pod) -> Problems:
    """A claim has a name in its pod, and is one that exists or one that is made from a template."""
    if pod.target < _KEPT:
        return
    seen: set[str] = set()
    for at, claim in entries(pod.spec.get("resourceClaims")):
        path: Steps = ("spec", "resourceClaims", at)
        name = text_at(claim, "name")
        if not name or name in seen:
            message = f"a claim must have a name of its own, got {name!r} twice" if name else "name must be given"
            yield Problem((*path, "name"), message, "name the claim")
        elif said := complaint(dns_label, name, "name"):
            yield Problem((*path, "name"), said, "rename it")
        seen.add(name)
        sources = [key for key in ("resourceClaimName", "resourceClaimTemplateName") if claim.get(key) is not None]
        if len(sources) != 1:
            found = " and ".join(sources) or "none"
            message = f"one of resourceClaimName and resourceClaimTemplateName must be given, got {found}"
            yield Problem(path, message, "say which claim it is")
        for key in sources:
            value = claim[key]
            if isinstance(value, str) and (said := complaint(dns_subdomain, value, key)):
                yield Problem((*path, key), said, "write the name of the object")


@pod_rule("overhead", Outcome.REFUSED, source=f"{VALIDATION} validateOverhead", whole=True, fields=("overhead",))
def overhead(pod: Pod) -> Problems:
    """What the runtime itself takes is written by the server, out of the runtime class of the pod."""
    given = pod.spec.get("overhead")
    if isinstance(given, dict) and pod.object.is_a("Pod") and not text_at(pod.spec, "runtimeClassName"):
        message = "overhead must only be set as the runtimeClassName of the pod has it, got no runtimeClassName"
        yield Problem(("spec", "overhead"), message, "take it out")
        return
    for name, value in object_at(pod.spec, "overhead").items():
        path: Steps = ("spec", "overhead", name)
        amount = quantity_of(value)
        if "/" not in name and name not in ("cpu", "memory", "ephemeral-storage") and not name.startswith("hugepages-"):
            yield Problem(path, f"a resource must be cpu, memory or ephemeral-storage, got {name!r}", "take it out")
        elif amount is not None and amount.numerator < 0:
            yield Problem(path, f"{name} must not be negative, got {amount}", "write the amount without '-'")


@pod_container_rule(
    "resize-policy", Outcome.REFUSED, source=f"{VALIDATION} validateResizePolicy", fields=("resizePolicy",)
)
def resize_policy(container: PodContainer) -> Problems:
    """For cpu and for memory a container says once whether it is started anew when they change."""
    if "resizePolicy" not in container.json or container.target < 33:
        return
    seen: set[str] = set()
    for at, one in container.entries("resizePolicy"):
        path: Steps = ("resizePolicy", at)
        yield from _resource(text_at(one, "resourceName"), seen, path)
        yield from _restart(container, one, (*path, "restartPolicy"))


def _resource(name: str, seen: set[str], path: Steps) -> Problems:
    if name not in ("cpu", "memory"):
        message = f"resourceName must be cpu or memory, got {name!r}"
        yield Problem((*path, "resourceName"), message, "choose one of them")
    elif name in seen:
        yield Problem((*path, "resourceName"), f"resizePolicy must name {name} once, got it twice", "remove one")
    seen.add(name)


def _restart(container: PodContainer, one: JsonObject, path: Steps) -> Problems:
    policy = text_at(one, "restartPolicy")
    ends = container.is_init and not container.is_sidecar
    if policy not in ("NotRequired", "RestartContainer"):
        message = f"restartPolicy must be NotRequired or RestartContainer, got {policy!r}"
        yield Problem(path, message, "choose one of them")
    elif policy == "RestartContainer" and container.pod.spec.get("restartPolicy") == "Never":
        message = "restartPolicy must be NotRequired where the pod's restartPolicy is Never, got RestartContainer"
        yield Problem(path, message, "write NotRequired")
    elif policy == "RestartContainer" and ends and container.target >= 36:
        message = "restartPolicy must be NotRequired in an init container that ends, got RestartContainer"
        yield Problem(path, message, "write NotRequired")
