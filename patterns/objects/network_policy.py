"""A NetworkPolicy that closes the ports of a workload's pods, but for a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.errors import InvalidValue
from patterns.manifest import Manifest
from patterns.model import Json, JsonObject
from patterns.workloads.pod_holder import PodHolder

if TYPE_CHECKING:
    from constructs import Construct


class OpenPorts(Manifest):
    """Lets other pods reach these TCP ports of the workload's pods, and no other.

    The node itself, and so the kubelet with its probes and hooks, always reaches them. Policies add up: another one
    that selects the pods can open more, and none can close. Where the cluster's network does not know policies, nothing
    is closed. https://kubernetes.io/docs/concepts/services-networking/network-policies/

    Args:
        scope: the pattern that wants it.
        id: the construct's id.
        workload: whose pods.
        ports: that stay open, unless something else is placed in front of them: then its port is, in any order.

    Raises:
        InvalidValue: for a pod without labels, which no policy can select alone.
    """

    def __init__(self, scope: Construct, id: str, *, workload: PodHolder, ports: Sequence[int]) -> None:
        selector = workload.pod_selector
        if not selector:
            raise InvalidValue(
                "the pod must have labels, by which a NetworkPolicy selects it; give it some, or close its ports "
                "yourself and write network_policy=False"
            )
        self._patterns_workload = workload
        self._patterns_selector = selector
        self._patterns_ports = ports
        super().__init__(
            scope,
            id,
            api_version="networking.k8s.io/v1",
            kind="NetworkPolicy",
            namespace=workload.namespace,
        )

    def render_body(self) -> JsonObject:
        """The policy's spec; a port that something stands in front of is closed too, and what stands there is open."""
        opened = dict.fromkeys(self._patterns_workload.pod.target_port(port) for port in self._patterns_ports)
        ports: list[Json] = [{"protocol": "TCP", "port": port} for port in opened]
        return {
            "spec": {
                "podSelector": {"matchLabels": {**self._patterns_selector}},
                "policyTypes": ["Ingress"],
                "ingress": [{"ports": ports}],
            }
        }
