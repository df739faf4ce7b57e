"""Rules for the ports of Services."""

from __future__ import annotations

from patterns.model.json import text_at
from patterns.model.names import dns_label, label_key, port_name
from patterns.pod.checks.reading import complaint, number
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems
from patterns.pod.checks.services import is_headless, service_rule, type_of
from patterns.pod.checks.subject import Object, entries

_SERVICE = f"{VALIDATION} validateService"
_PORT = f"{VALIDATION} validateServicePort"


@service_rule("service-without-ports", Outcome.REFUSED, source=_SERVICE, whole=True)
def without_ports(service: Object) -> Problems:
    """A Service with an address of its own needs a port."""
    if is_headless(service) or type_of(service) == "ExternalName":
        return
    if service.spec.get("ports") in (None, []):
        yield Problem(
            ("spec", "ports"),
            "ports must hold a port at least, got none",
            "add the port on which the Service is reached, or make it headless with clusterIP: None",
        )


@service_rule("unnamed-service-port", Outcome.REFUSED, source=_PORT)
def unnamed_port(service: Object) -> Problems:
    """Where a Service has several ports, each needs a name."""
    ports = service.spec.get("ports")
    if isinstance(ports, list) and len(ports) > 1:
        for at, port in entries(ports):
            if port.get("name") in (None, ""):
                message = f"name must be given for each of {len(ports)} ports, got none for ports[{at}]"
                yield Problem(("spec", "ports", at), message, "name the port, such as 'http'")


@service_rule("service-port-name", Outcome.REFUSED, source=_PORT)
def service_port_name(service: Object) -> Problems:
    """The name of a Service's port is a DNS label, of up to 63 characters; one of a container has 15 at most."""
    for at, port in entries(service.spec.get("ports")):
        name = text_at(port, "name")
        if name and (said := complaint(dns_label, name, "name")):
            yield Problem(("spec", "ports", at, "name"), said, "rename the port")


@service_rule("duplicate-service-port", Outcome.REFUSED, source=_SERVICE)
def duplicate_port(service: Object) -> Problems:
    """Each port of a Service has a name, a number and a node port of its own; numbers may differ by protocol."""
    seen: dict[tuple[object, ...], int] = {}
    for at, port in entries(service.spec.get("ports")):
        protocol = text_at(port, "protocol") or "TCP"
        keys: list[tuple[str, tuple[object, ...]]] = []
        if text_at(port, "name"):
            keys.append(("name", (text_at(port, "name"),)))
        keys += [(field, (field, protocol, port[field])) for field in ("port", "nodePort") if number(port.get(field))]
        for field, key in keys:
            first = seen.setdefault(key, at)
            if first != at:
                of = "" if field == "name" else f" for {protocol}"
                message = f"{field} must be unique{of}, got {port[field]!r}, which ports[{first}] has too"
                yield Problem(("spec", "ports", at, field), message, "change one of them, or take it out")


@service_rule("service-port", Outcome.REFUSED, source=_PORT)
def service_port(service: Object) -> Problems:
    """A port is a number from 1 to 65535."""
    for at, port in entries(service.spec.get("ports")):
        if port.get("port") is None:
            message = "port must be given: the number on which the Service is reached"
            yield Problem(("spec", "ports", at), message, "add port; targetPort is the container's")
        elif (given := number(port["port"])) is not None and not 1 <= given <= 65535:
            yield Problem(("spec", "ports", at, "port"), f"port must be 1-65535, got {given}", "give a port")


@service_rule("service-target-port", Outcome.REFUSED, source=f"{VALIDATION} ValidatePortNumOrName")
def target_port(service: Object) -> Problems:
    """Traffic goes to a port of the containers: a number, or the name that they give it. ``"80"`` is not a number."""
    for at, port in entries(service.spec.get("ports")):
        target = port.get("targetPort")
        path = ("spec", "ports", at, "targetPort")
        given = number(target)
        if isinstance(target, str) and target.isdecimal():
            message = f"targetPort must be a number or a port's name, got the text {target!r}"
            yield Problem(path, message, f"write {target} without quotes")
        elif isinstance(target, str) and target and (said := complaint(port_name, target, "targetPort")):
            yield Problem(path, said, "write the number of the containers' port, or its name")
        elif given is not None and not 0 <= given <= 65535:
            yield Problem(path, f"targetPort must be 1-65535, got {given}", "write the number of the containers' port")


@service_rule("service-port-protocol", Outcome.REFUSED, source=_PORT)
def protocol(service: Object) -> Problems:
    """Services carry TCP, UDP and SCTP; what runs over them stands in ``appProtocol``."""
    for at, port in entries(service.spec.get("ports")):
        given = text_at(port, "protocol")
        if given and given not in ("TCP", "UDP", "SCTP"):
            message = f"protocol must be TCP, UDP or SCTP, got {given!r}"
            yield Problem(("spec", "ports", at, "protocol"), message, "choose one of them")


@service_rule("service-app-protocol", Outcome.REFUSED, source=_PORT)
def app_protocol(service: Object) -> Problems:
    """The protocol of the application is one word, or a word after a domain: ``kubernetes.io/h2c``."""
    for at, port in entries(service.spec.get("ports")):
        given = port.get("appProtocol")
        if isinstance(given, str) and (said := complaint(label_key, given, "appProtocol")):
            yield Problem(("spec", "ports", at, "appProtocol"), said, "write a word such as 'http'")


@service_rule("service-node-port", Outcome.REFUSED, source=_SERVICE)
def node_port(service: Object) -> Problems:
    """Only Services of type NodePort or LoadBalancer have ports on the nodes, in the range that the cluster sets."""
    for at, port in entries(service.spec.get("ports")):
        given = number(port.get("nodePort"))
        if not given:
            continue
        if type_of(service) == "ClusterIP":
            message = f"nodePort must not be set in a Service of type ClusterIP, got {given}"
            yield Problem(("spec", "ports", at, "nodePort"), message, "take it out, or make the type NodePort")
        elif type_of(service) != "ExternalName" and not 1 <= given <= 65535:
            message = f"nodePort must be 1-65535, got {given}"
            yield Problem(("spec", "ports", at, "nodePort"), message, "give a port, or leave it to the cluster")


@service_rule(
    "node-port-range",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport",
)
def node_port_range(service: Object) -> Problems:
    """A cluster hands out node ports from 30000 to 32767 unless it was set up otherwise, and refuses others."""
    if type_of(service) not in ("NodePort", "LoadBalancer"):
        return
    for at, port in entries(service.spec.get("ports")):
        given = number(port.get("nodePort"))
        if given and 1 <= given <= 65535 and not 30000 <= given <= 32767:
            message = f"nodePort must be 30000-32767 in a cluster with the default range, got {given}"
            yield Problem(("spec", "ports", at, "nodePort"), message, "leave it out, and the cluster chooses one")
