"""Rules for NetworkPolicies and what they leave open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from patterns.model.json import Json, JsonObject, object_at, objects_at, text_at
from patterns.pod.checks.reading import labels_of, matches, number
from patterns.pod.checks.rule import Outcome, Problem, Problems, objects_rule
from patterns.pod.checks.services import is_headless
from patterns.pod.checks.subject import Object, Objects, Pod, Steps, entries
from patterns.pod.checks.together import Pods

_GROUP = "networking.k8s.io"
#: whose policies allow what these do not
_OTHERS = frozenset({"cilium.io", "crd.projectcalico.org", "policy.networking.k8s.io", "projectcalico.org"})
_POLICIES = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"


@objects_rule("service-port-closed", Outcome.BROKEN, source=_POLICIES)
def service_port_closed(objects: Objects) -> Problems:
    """A Service leads nowhere where the NetworkPolicies of its pods leave its port to nobody.

    A pod that a policy selects takes what one of its policies allows, and nothing else. A policy that allows nothing
    waits for others that do, and these may stand elsewhere; so may those of other kinds.
    """
    if any(obj.group in _OTHERS for obj in objects.all):
        return
    by_namespace: dict[str, list[Object]] = defaultdict(list)
    for policy in objects.of_kind("NetworkPolicy", _GROUP):
        if _is_for_ingress(policy):
            by_namespace[policy.namespace].append(policy)
    if not by_namespace:
        return
    pods = Pods(objects)
    for service in objects.of_kind("Service"):
        # clients of a headless Service choose the port themselves
        if is_headless(service) or service.namespace not in by_namespace:
            continue
        for pod in pods.selected_by(service):
            rules = list(_rules_for(pod, by_namespace[service.namespace]))
            if rules:
                yield from _closed(service, pod, rules)
                break


def _closed(service: Object, pod: Pod, rules: Sequence[JsonObject]) -> Problems:
    for at, port in entries(service.spec.get("ports")):
        protocol = text_at(port, "protocol") or "TCP"
        wanted = _number_of(port.get("targetPort", port.get("port")), protocol, pod)
        if wanted is None or any(_opens(rule, wanted, protocol, pod) for rule in rules):
            continue
        path: Steps = ("spec", "ports", at, "targetPort" if "targetPort" in port else "port")
        message = (
            f"targetPort must be a port that the NetworkPolicies of the selected pods leave open, got "
            f"{wanted}/{protocol}; they leave {_opened(rules)}"
        )
        yield Problem(path, message, "lead to one of those, or open the port in a policy", service)


def _is_for_ingress(policy: Object) -> bool:
    types = policy.spec.get("policyTypes")
    # where it is left out, it is for what comes in
    return not isinstance(types, list) or not types or "Ingress" in types


def _rules_for(pod: Pod, policies: Sequence[Object]) -> Iterator[JsonObject]:
    """What the policies that select the pod let in."""
    labels = labels_of(pod.metadata.get("labels"))
    for policy in policies:
        if matches(object_at(policy.spec, "podSelector"), labels):
            yield from objects_at(policy.spec, "ingress")


def _opens(rule: JsonObject, wanted: int, protocol: str, pod: Pod) -> bool:
    ports = objects_at(rule, "ports")
    return not ports or any(_is_open(port, wanted, protocol, pod) for port in ports)


def _is_open(port: JsonObject, wanted: int, protocol: str, pod: Pod) -> bool:
    if (text_at(port, "protocol") or "TCP") != protocol:
        return False
    if "port" not in port:
        return True
    first = _number_of(port["port"], protocol, pod)
    last = number(port.get("endPort"))
    # a name that this pod does not have is no port of it
    return first is not None and first <= wanted <= (first if last is None else last)


def _number_of(port: Json, protocol: str, pod: Pod) -> int | None:
    if not isinstance(port, str) or port.isdecimal():
        return number(port)
    for container in pod.running:
        for _, declared in container.entries("ports"):
            if text_at(declared, "name") == port and (text_at(declared, "protocol") or "TCP") == protocol:
                return number(declared.get("containerPort"))
    return None


def _opened(rules: Sequence[JsonObject]) -> str:
    ports = [port for rule in rules for port in objects_at(rule, "ports")]
    shown = [f"{port.get('port', 'every port')}/{text_at(port, 'protocol') or 'TCP'}" for port in ports]
    return ", ".join(dict.fromkeys(shown)) or "none"
