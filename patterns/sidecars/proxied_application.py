"""The application behind a ``ProxySidecar``: its port, its probes, and what its pod must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from patterns.errors import InvalidValue
from patterns.model import JsonObject
from patterns.model.json import object_at, objects_at, text_at
from patterns.model.names import port_number
from patterns.sidecars.proxy_program import PROXY_PORT

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def application_port(given: int | None, containers: Sequence[JsonObject]) -> int:
    """``application_port=`` as given, or the only TCP port that the application declares.

    Args:
        given: the option.
        containers: of the application.

    Raises:
        InvalidValue: where it declares none, or several, which are named.
    """
    if given is not None:
        port_number(given, "application_port")
        return given
    ports: dict[int, str] = {}
    for container in containers:
        for port in objects_at(container, "ports"):
            number = port.get("containerPort")
            if isinstance(number, int) and port.get("protocol", "TCP") == "TCP":
                ports.setdefault(number, text_at(port, "name"))
    if len(ports) == 1:
        return next(iter(ports))
    if not ports:
        raise InvalidValue(
            "application_port must be given, since no container of the application declares a TCP port; write the one "
            "that it listens on: application_port=8080"
        )
    known = " and ".join(f"{number} ({name})" if name else str(number) for number, name in ports.items())
    raise InvalidValue(
        f"application_port must be given, since the application declares several ports, {known}; write the one that "
        f"the proxy stands in front of: application_port={next(iter(ports))}"
    )


def chosen_ports(
    preferred: Mapping[str, int], given: int | None, behind: int | None, free_port: Callable[[int], int]
) -> dict[str, int]:
    """A port for each name: none that another container declares, and none twice.

    Args:
        preferred: by the product.
        given: the option, for the port that clients come to.
        behind: the application's.
        free_port: the first free one from a number on.

    Raises:
        InvalidValue: when the application's own is given.
    """
    if given is not None:
        port_number(given, "port")
        if given == behind:
            raise InvalidValue(f"port must be another one than the application's, got {given}")
    chosen: dict[str, int] = {}
    for name, number in preferred.items():
        if name == PROXY_PORT and given is not None:
            chosen[name] = given
            continue
        free = free_port(number)
        while free in (*chosen.values(), given, behind):
            free = free_port(free + 1)
        chosen[name] = free
    return chosen


def check_pod(spec: JsonObject) -> None:
    """Refuse a pod in which a proxy guards nothing, or does not run.

    Raises:
        InvalidValue: for the network of the node, and for Windows.
    """
    if spec.get("hostNetwork") is True:
        raise InvalidValue(
            "the pod must not have hostNetwork, where the application listens on the node itself, no NetworkPolicy "
            "holds, and clients go past the proxy; take hostNetwork away"
        )
    system = text_at(spec, "os", "name") or text_at(object_at(spec, "nodeSelector"), "kubernetes.io/os")
    if system.lower() == "windows":
        raise InvalidValue("the pod is for Windows, and the images of proxies are for Linux; write a Sidecar instead")


def check_probes(port: int, containers: Iterable[JsonObject], proxy_port: int) -> None:
    """Refuse probes of the application on a port where it listens on ``127.0.0.1`` alone.

    The kubelet asks the pod's own address:
    https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/

    Raises:
        InvalidValue: for the first one.
    """
    for container in containers:
        named = {text_at(one, "name"): one.get("containerPort") for one in objects_at(container, "ports")}
        for kind in _PROBES:
            probe = object_at(container, kind)
            for handler in ("httpGet", "tcpSocket", "grpc"):
                asked = object_at(probe, handler)
                at = asked.get("port")
                at = named.get(at) if isinstance(at, str) and at else at
                if at == port and not text_at(asked, "host"):
                    raise InvalidValue(
                        f"loopback_env lets the application listen on 127.0.0.1 alone, so the {kind} of container "
                        f"{text_at(container, 'name')!r} on port {port} would never succeed: the kubelet asks the "
                        f"pod's address; ask through the proxy, on port {proxy_port}, or by exec"
                    )


def check_open_ports(also_open: Sequence[int], behind: int | None, *, closed: bool) -> None:
    """Refuse ``also_open=`` where nothing is closed, and the port that the proxy stands in front of.

    Raises:
        InvalidValue: for these, and for what is no port.
    """
    if also_open and not closed:
        raise InvalidValue("also_open must be left out with network_policy=False, which closes nothing")
    for index, port in enumerate(also_open):
        port_number(port, f"also_open[{index}]")
        if port == behind:
            raise InvalidValue(
                f"also_open[{index}] must not be {port}, the application's port, which would lead past the proxy"
            )


def refuse_without_clients(
    application_port: int | None, port: int | None, loopback_env: Mapping[str, str] | None, also_open: Sequence[int]
) -> None:
    """Refuse options that have no meaning for a proxy to which no clients come.

    Raises:
        InvalidValue: for the first of them that is given.
    """
    given = {
        "application_port": application_port is not None,
        "port": port is not None,
        "loopback_env": bool(loopback_env),
        "also_open": bool(also_open),
    }
    for option, is_given in given.items():
        if is_given:
            raise InvalidValue(
                f"{option} must be left out: no clients come to this proxy, which is for what the application asks"
            )
