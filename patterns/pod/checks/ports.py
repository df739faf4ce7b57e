"""Rules for container ports."""

from __future__ import annotations

from collections.abc import Iterator

from patterns.model.json import JsonObject, text_at
from patterns.model.names import port_name
from patterns.pod.checks.reading import complaint, number
from patterns.pod.checks.rule import (
    VALIDATION,
    WARNINGS,
    Outcome,
    Problem,
    Problems,
    container_rule,
    pod_container_rule,
    pod_rule,
)
from patterns.pod.checks.subject import Container, Pod, PodContainer, Steps

_PORTS = f"{VALIDATION} validateContainerPorts"

_CONFIGURATION = "https://kubernetes.io/docs/concepts/configuration/overview/#services"


@container_rule("container-port", Outcome.REFUSED, source=_PORTS, fields=("ports",))
def container_port(container: Container) -> Problems:
    """A port is a number from 1 to 65535."""
    for at, port in container.entries("ports"):
        for field, least in (("containerPort", 1), ("hostPort", 0)):
            found = port.get(field, 0)
            value = number(found)
            if value is None or (field not in port and not container.built_in):
                continue
            if not least <= value <= 65535:
                shown = value if field in port else "none"
                message = f"{field} must be 1-65535, got {shown}"
                yield Problem(("ports", at, field), message, "write the port on which the program listens")


@container_rule("port-name", Outcome.REFUSED, source=_PORTS, fields=("ports",))
def port_name_form(container: Container) -> Problems:
    """A port's name has at most 15 lower-case letters, digits and dashes, with a letter, and stands once."""
    seen: set[str] = set()
    for at, port in container.entries("ports"):
        name = text_at(port, "name")
        if not name:
            continue
        path: Steps = ("ports", at, "name")
        if said := complaint(port_name, name, "name"):
            yield Problem(path, said, "shorten the name, such as 'http'")
        elif name in seen:
            message = f"the names of a container's ports must be unique, got {name!r} twice"
            yield Problem(path, message, "rename one of them")
        seen.add(name)


@container_rule("port-protocol", Outcome.REFUSED, source=_PORTS, fields=("ports",))
def port_protocol(container: Container) -> Problems:
    """There are three protocols, and letters count."""
    for at, port in container.entries("ports"):
        protocol = port.get("protocol")
        if isinstance(protocol, str) and protocol not in ("", "TCP", "UDP", "SCTP"):
            message = f"protocol must be TCP, UDP or SCTP, got {protocol!r}"
            yield Problem(
                ("ports", at, "protocol"), message, f"write {protocol.upper()}" if _is_known(protocol) else "write TCP"
            )


def _is_known(protocol: str) -> bool:
    return protocol.upper() in ("TCP", "UDP", "SCTP")


@pod_rule("duplicate-port", Outcome.WARNED, source=WARNINGS)
def duplicate_port(pod: Pod) -> Problems:
    """Containers of a pod share one network: of two that listen on one port, the second cannot."""
    seen: dict[tuple[int, str], list[tuple[PodContainer, JsonObject]]] = {}
    for container, at, port in _all_ports(pod):
        found = number(port.get("containerPort"))
        if not found:
            continue
        key = (found, text_at(port, "protocol") or "TCP")
        for other, earlier in seen.get(key, ()):
            if _may_clash(port, earlier):
                of = "the same container" if other.path == container.path else other.where
                message = f"{container.where}: port {key[0]}/{key[1]} must be declared once in the pod, {of} has it too"
                path: Steps = ("spec", container.list, container.at, "ports", at)
                yield Problem(path, message, "let one of them listen on another port, or remove one")
                break
        seen.setdefault(key, []).append((container, port))


def _may_clash(one: JsonObject, other: JsonObject) -> bool:
    first, second = number(one.get("hostPort")) or 0, number(other.get("hostPort")) or 0
    if text_at(one, "hostIP") == text_at(other, "hostIP") and first == second:
        return True
    if not first or not second:
        return True
    return first == second and (not text_at(one, "hostIP") or not text_at(other, "hostIP"))


@pod_rule("duplicate-port-name", Outcome.WARNED, source=WARNINGS)
def duplicate_port_name(pod: Pod) -> Problems:
    """A Service finds a port by its name in the whole pod, and takes the first one."""
    seen: dict[str, PodContainer] = {}
    for container, at, port in _all_ports(pod):
        name = text_at(port, "name")
        if not name:
            continue
        first = seen.setdefault(name, container)
        if first.path != container.path and pod.target >= 33:
            message = (
                f"{container.where}: port names must be unique in the pod, got {name!r}, which {first.where} has too"
            )
            path: Steps = ("spec", container.list, container.at, "ports", at, "name")
            yield Problem(path, message, "rename one of them")


@pod_rule("host-port-clash", Outcome.REFUSED, source=f"{VALIDATION} checkHostPortConflicts")
def host_port_clash(pod: Pod) -> Problems:
    """A port of the node is taken once; in the node's network every port of a container is one."""
    together = [container for container in pod.all_containers if container.list == "containers"]
    alone = [[container] for container in pod.init_containers]
    # the server writes the ports of the node into pods, and not into the templates of pods
    shared = pod.spec.get("hostNetwork") is True and pod.object.is_a("Pod")
    for group in (together, *alone):
        seen: set[tuple[int, str, str]] = set()
        for container in group:
            for at, port in container.entries("ports"):
                taken = number(port.get("hostPort")) or (_made_of(port) if shared else 0)
                if not taken:
                    continue
                key = (taken, text_at(port, "protocol") or "TCP", text_at(port, "hostIP"))
                if key in seen:
                    message = f"{container.where}: hostPort must be taken once, got {taken}/{key[1]} twice"
                    path: Steps = ("spec", container.list, container.at, "ports", at, "hostPort")
                    yield Problem(path, message, "choose another one, or leave hostPort out")
                seen.add(key)


@pod_rule(
    "host-network-clash",
    Outcome.BROKEN,
    source="kubernetes: pkg/apis/core/v1/defaults.go defaultHostNetworkPorts; every pod of the workload is refused",
    fields=("hostNetwork",),
)
def host_network_clash(pod: Pod) -> Problems:
    """In the node's network every port of a container is a port of the node, which is taken once.

    The server takes the workload, writes the ports of the node into its pods, and refuses every one of them.
    """
    if pod.spec.get("hostNetwork") is not True or pod.object.is_a("Pod"):
        return
    seen: dict[tuple[int, str, str], bool] = {}
    for container, at, port in _all_ports(pod):
        own = number(port.get("hostPort")) or 0
        taken = own or _made_of(port)
        key = (taken, text_at(port, "protocol") or "TCP", text_at(port, "hostIP"))
        # where both are written down, the workload itself is refused
        if taken and container.list == "containers" and key in seen and not (own and seen[key]):
            message = f"{container.where}: a port must be taken once in the node's network, got {taken}/{key[1]} twice"
            path: Steps = ("spec", container.list, container.at, "ports", at, "containerPort")
            yield Problem(path, message, "let one of them listen on another port, or take hostNetwork out")
        if container.list == "containers":
            seen[key] = bool(own)


def _made_of(port: JsonObject) -> int:
    return number(port.get("containerPort")) or 0


@pod_container_rule("host-port-taken", Outcome.OPINION, source=_CONFIGURATION, fields=("ports",))
def host_port_taken(container: PodContainer) -> Problems:
    """A node has a port once: a second pod that wants it stays Pending, and a rolling update waits for its old pods."""
    if container.pod.spec.get("hostNetwork") is True:
        return
    for at, port in container.entries("ports"):
        if wanted := number(port.get("hostPort")):
            message = f"hostPort must be left out where a Service does, got {wanted}"
            yield Problem(
                ("ports", at, "hostPort"), message, "take it out; where the pod serves the node, waive the rule"
            )


@pod_container_rule("host-ip-unused", Outcome.WARNED, source=WARNINGS, fields=("ports",))
def host_ip_unused(container: PodContainer) -> Problems:
    """An address of the node says where ``hostPort`` listens; without it, it does nothing."""
    if container.pod.spec.get("hostNetwork") is True:
        return
    for at, port in container.entries("ports"):
        if text_at(port, "hostIP") and not number(port.get("hostPort")):
            message = f"hostPort must be given beside hostIP, got hostIP {text_at(port, 'hostIP')} alone"
            yield Problem(("ports", at, "hostIP"), message, "take hostIP out")


@pod_rule(
    "host-network-port", Outcome.REFUSED, source=f"{VALIDATION} validatePodHostNetworkDeps", fields=("hostNetwork",)
)
def host_network_port(pod: Pod) -> Problems:
    """In the node's network a container's port is the node's port."""
    if pod.spec.get("hostNetwork") is not True:
        return
    for container, at, port in _all_ports(pod):
        if container.list != "containers":
            continue
        inside, outside = number(port.get("containerPort")), number(port.get("hostPort"))
        if inside and outside and inside != outside:
            message = f"{container.where}: hostPort must be containerPort {inside} beside hostNetwork, got {outside}"
            path: Steps = ("spec", container.list, container.at, "ports", at, "containerPort")
            yield Problem(path, message, "leave hostPort out")


def _all_ports(pod: Pod) -> Iterator[tuple[PodContainer, int, JsonObject]]:
    for container in pod.all_containers:
        if container.list != "ephemeralContainers":
            for at, port in container.entries("ports"):
                yield container, at, port
