"""Ports of a container."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.names import port_name, port_number
from patterns.model.value import dataclass


@dataclass(frozen=True, kw_only=True)
class ContainerPort(ApiValue):
    """A port on which a container listens.

    Args:
        container_port: 1-65535.
        name: by which probes and Services find it: at most 15 lower-case letters, digits and dashes.
        protocol: default ``"TCP"``.
        host_port: on the node itself; only one pod of a node can have it, and Pod Security ``baseline`` forbids it.
        host_ip: address of the node to bind ``host_port`` to.
    """

    kubernetes: ClassVar[str] = "ContainerPort"
    name: str | None = None
    container_port: int = field(kw_only=False)
    host_port: int | None = None
    host_ip: str | None = None
    protocol: Literal["TCP", "UDP", "SCTP"] | None = None

    def __post_init__(self) -> None:
        port_number(self.container_port, "container_port")
        if self.name is not None:
            port_name(self.name, "name")
        if self.host_port is not None:
            port_number(self.host_port, "host_port")
        if self.host_ip is not None:
            # a slow import that hardly anybody needs
            from ipaddress import ip_address

            try:
                ip_address(self.host_ip)
            except ValueError:
                raise InvalidValue(f"host_ip must be an IP address, got {self.host_ip!r}") from None
