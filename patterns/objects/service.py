"""A Service in front of a workload's pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from patterns.errors import Conflict, InvalidValue
from patterns.findings import tell_findings
from patterns.manifest import Manifest
from patterns.model import Json, JsonObject
from patterns.model.json import object_at, objects_at, text_at
from patterns.model.names import check_labels, dns_label, label_key, port_number, service_name
from patterns.model.names import port as port_or_name
from patterns.model.value import Value, dataclass
from patterns.workloads.spec import spec_of
from patterns.workloads.workload import Workload

if TYPE_CHECKING:
    from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class ServicePort(Value):
    """A port of a Service. https://kubernetes.io/docs/concepts/services-networking/service/

    Args:
        port: on which the Service listens, 1-65535.
        target_port: number or name of the container's port; default the same number.
        name: DNS-1123 label; required where a Service has several ports.
        protocol: ``"TCP"`` (Kubernetes' default), ``"UDP"`` or ``"SCTP"``.
        node_port: on every node, for a Service of type NodePort or LoadBalancer.
        app_protocol: such as ``"kubernetes.io/h2c"``.

    Raises:
        InvalidValue: for a number or name that Kubernetes refuses.
    """

    port: int
    target_port: int | str | None = None
    name: str | None = None
    protocol: Literal["TCP", "UDP", "SCTP"] | None = None
    node_port: int | None = None
    app_protocol: str | None = None

    def __post_init__(self) -> None:
        port_number(self.port, "port")
        if self.target_port is not None:
            port_or_name(self.target_port, "target_port")
        if self.name is not None:
            dns_label(self.name, "name")
        if self.node_port is not None:
            port_number(self.node_port, "node_port")
        if self.app_protocol is not None:
            label_key(self.app_protocol, "app_protocol")

    def render(self) -> JsonObject:
        """The port as it stands in the Service."""
        fields: dict[str, Json] = {
            "name": self.name,
            "port": self.port,
            "targetPort": self.target_port,
            "protocol": self.protocol,
            "nodePort": self.node_port,
            "appProtocol": self.app_protocol,
        }
        return {key: value for key, value in fields.items() if value is not None}


class Service(Manifest):
    """Gives a workload's pods one name and address.

    Args:
        scope: where it stands in the tree.
        id: the construct's id.
        workload: whose pods it selects, by the labels derived from that workload's name. Where a pattern stands in
            front of a port of theirs, such as a proxy, the Service leads to the pattern's port instead.
        ports: port numbers, or `ServicePort` values.
        selector: labels of the pods, instead of ``workload``.
        type: ``"ClusterIP"`` (Kubernetes' default), ``"NodePort"`` or ``"LoadBalancer"``.
        headless: no address of its own: its name stands for the pods' addresses, as a StatefulSet needs it.
        publish_not_ready_addresses: pods count before they are ready, as members that look for each other need it.
        spec: everything else of the Service's spec, in Kubernetes' own JSON; it may add, never overwrite.
        name: ``metadata.name``, a DNS-1035 label: only servers of 1.36 and newer take one that begins with a digit.
        namespace, labels, annotations: of the object.

    Raises:
        InvalidValue: without ports, with unnamed ports beside others, or for a bad name, number or field.
        Conflict: when a port or its name is taken twice, or ``spec`` sets what an option has set.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        ports: Sequence[int | ServicePort],
        workload: Workload | None = None,
        selector: Mapping[str, str] | None = None,
        type: Literal["ClusterIP", "NodePort", "LoadBalancer"] | None = None,
        headless: bool = False,
        publish_not_ready_addresses: bool | None = None,
        spec: JsonObject | None = None,
        name: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        if (workload is None) == (selector is None):
            raise InvalidValue("a Service takes either workload= or selector=")
        self._patterns_workload = workload
        self._patterns_ports = [port if isinstance(port, ServicePort) else ServicePort(port=port) for port in ports]
        _check_ports(self._patterns_ports)
        _check_type(type, headless=headless, ports=self._patterns_ports)
        chosen = dict(selector) if selector is not None else workload.selector if workload is not None else {}
        if not chosen:
            given = "selector must hold a label at least" if selector is not None else ""
            raise InvalidValue(given or "the workload has no labels that are derived from its name; give selector=")
        check_labels(chosen, "selector")
        body = spec_of(
            {
                "type": type,
                "clusterIP": "None" if headless else None,
                "publishNotReadyAddresses": publish_not_ready_addresses,
                "selector": {**chosen},
                "ports": [port.render() for port in self._patterns_ports],
            },
            spec,
            "spec",
            "ServiceSpec",
        )
        super().__init__(
            scope,
            id,
            api_version="v1",
            kind="Service",
            body={"spec": body},
            name=name,
            namespace=namespace if namespace is not None or workload is None else workload.namespace,
            labels=labels,
            annotations=annotations,
        )
        self._check_name(generated=name is None)
        if spec:
            self.check_early()
        tell_findings(self)

    def _check_name(self, *, generated: bool) -> None:
        try:
            service_name(self.name, "name")
        except InvalidValue as error:
            if generated:
                error.message += "; it comes from the ids, which name= replaces"
            raise

    def render_body(self) -> JsonObject:
        """The Service's body; where something stands in front of a port of the workload, it leads there."""
        body = super().render_body()
        if self._patterns_workload is None or not self._patterns_workload.pod.target_ports:
            return body
        ports: list[Json] = [self._led(port) for port in objects_at(body, "spec", "ports")]
        return {**body, "spec": {**object_at(body, "spec"), "ports": ports}}

    def _led(self, port: JsonObject) -> JsonObject:
        """The port with the target that it has with what was contributed to the pod, in its place in the order."""
        pod = self._patterns_workload.pod if self._patterns_workload is not None else None
        wanted = port.get("targetPort", port.get("port"))
        if pod is None or (port.get("protocol") or "TCP") != "TCP":
            return port
        if isinstance(wanted, str):
            wanted = pod.port_named(wanted)
        if not isinstance(wanted, int) or (target := pod.target_port(wanted)) == wanted:
            return port
        led: JsonObject = {}
        for key, value in port.items():
            led[key] = target if key == "targetPort" else value
            if key == "port" and "targetPort" not in port:
                led["targetPort"] = target
        return led

    def findings(self) -> list[str]:
        """A target port by name that no container has: Kubernetes takes it, and the Service leads nowhere."""
        if self._patterns_workload is None:
            return []
        named = [
            (text_at(port, "name"), text_at(port, "protocol") or "TCP")
            for container in self._patterns_workload.pod.running()
            for port in objects_at(container, "ports")
            if text_at(port, "name")
        ]
        known = ", ".join(sorted(name if protocol == "TCP" else f"{name} ({protocol})" for name, protocol in named))
        return [
            f"ports: target_port {port.target_port!r} is no {port.protocol or 'TCP'} port name of the workload's "
            f"containers; they have {known or 'none'}"
            for port in self._patterns_ports
            if isinstance(port.target_port, str) and (port.target_port, port.protocol or "TCP") not in named
        ]


def _check_type(type: str | None, *, headless: bool, ports: Sequence[ServicePort]) -> None:
    if headless and type in ("NodePort", "LoadBalancer"):
        raise InvalidValue(
            f"type must not be {type!r} in a headless Service, which has no address; leave one of them out"
        )
    for each in ports:
        if each.node_port is not None and type not in ("NodePort", "LoadBalancer"):
            raise InvalidValue(
                f"port {each.port} must have no node_port in a Service of type {type or 'ClusterIP'}, got "
                f"{each.node_port}; write type='NodePort', or leave it out"
            )


def _check_ports(ports: Sequence[ServicePort]) -> None:
    if not ports:
        raise InvalidValue("ports must hold at least one port")
    seen: dict[tuple[int, str], ServicePort] = {}
    names: set[str | None] = set()
    on_nodes: dict[int, ServicePort] = {}
    for port in ports:
        if len(ports) > 1 and port.name is None:
            raise InvalidValue(f"port {port.port} needs a name, since the Service has several ports")
        key = (port.port, port.protocol or "TCP")
        if key in seen:
            raise Conflict(f"port {key[0]}/{key[1]} is there twice; a Service has each port once")
        if port.name is not None and port.name in names:
            raise Conflict(f"port name {port.name!r} is there twice; give one another name")
        seen[key] = port
        names.add(port.name)
        # TCP and UDP of one port may share that of the nodes
        if port.node_port is not None and on_nodes.setdefault(port.node_port, port).port != port.port:
            raise Conflict(f"node_port {port.node_port} is there twice; give one another, or leave it out")
