"""Which ports of a pod are free: its containers share one network namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from patterns.errors import Conflict
from patterns.model import JsonObject
from patterns.model.json import objects_at, text_at


def first_free_port(containers: Iterable[JsonObject], preferred: int) -> int:
    """The first port from ``preferred`` upwards that no container declares.

    Raises:
        Conflict: when every port up to 65535 is taken.
    """
    used = {str(port.get("containerPort")) for c in containers for port in objects_at(c, "ports")}
    for port in range(preferred, 65536):
        if str(port) not in used:
            return port
    raise Conflict(f"no port from {preferred} to 65535 is free in the pod")


class _Listener(NamedTuple):
    name: str
    ports: list[JsonObject]
    #: its place in the start order where it ends before the next container starts; ``None`` for what runs on
    ends_at: int | None
    starts_at: int

    def meets(self, other: _Listener) -> bool:
        """Whether both run at one time: a plain init container has ended before what comes after it."""
        for one, two in ((self, other), (other, self)):
            if one.ends_at is not None and two.starts_at > one.ends_at:
                return False
        return True


def check_ports(spec: JsonObject, added: Sequence[str], owner: Callable[[str], str]) -> None:
    """Refuse a port that two containers have while both run; what was there before ``added`` is left alone.

    Args:
        spec: the pod spec, its init containers in their order.
        added: names of the containers to look at.
        owner: who brought a container.

    Raises:
        Conflict: for one number and protocol, one port name or one port of the node; both are named.
    """
    listening = list(_listeners(spec))
    present = [one for one in listening if one.name not in added]
    for container in listening:
        if container.name not in added:
            continue
        _check_own_host_ports(container)
        for other in present:
            if container.meets(other):
                _compare(container, other, owner)
        present.append(container)


def _listeners(spec: JsonObject) -> Iterator[_Listener]:
    init_containers = objects_at(spec, "initContainers")
    for at, container in enumerate(init_containers):
        if ports := objects_at(container, "ports"):
            plain = container.get("restartPolicy") != "Always"
            yield _Listener(text_at(container, "name"), ports, at if plain else None, at)
    for container in objects_at(spec, "containers"):
        if ports := objects_at(container, "ports"):
            yield _Listener(text_at(container, "name"), ports, None, len(init_containers))


def _check_own_host_ports(container: _Listener) -> None:
    seen: set[tuple[str, str, str]] = set()
    for port in container.ports:
        key = _host_key(port)
        if key and key in seen:
            raise Conflict(
                f"host_port {key[0]}/{key[1]} stands twice in container {container.name!r}; the node has it once: give "
                "one another, or leave it out"
            )
        if key:
            seen.add(key)


def _compare(container: _Listener, other: _Listener, owner: Callable[[str], str]) -> None:
    where = f"container {other.name!r} of {owner(other.name)}"
    for port in container.ports:
        for theirs in other.ports:
            if _key(port) == _key(theirs):
                number, protocol = _key(port)
                raise Conflict(
                    f"port {number}/{protocol} of container {container.name!r} is taken by {where}; the containers of "
                    "a pod share one network namespace, so only one can listen there: give one another port"
                )
            host = _host_key(port)
            if host and host == _host_key(theirs):
                raise Conflict(
                    f"host_port {host[0]}/{host[1]} of container {container.name!r} is taken by {where}; the node has "
                    "it once: give one another, or leave it out"
                )
            if text_at(port, "name") and text_at(port, "name") == text_at(theirs, "name"):
                raise Conflict(
                    f"port name {text_at(port, 'name')!r} of container {container.name!r} is taken by {where}; "
                    "Services and probes find a port of the pod by this name: give one another name"
                )


def _key(port: JsonObject) -> tuple[str, str]:
    return str(port.get("containerPort")), text_at(port, "protocol") or "TCP"


def _host_key(port: JsonObject) -> tuple[str, str, str] | None:
    host = port.get("hostPort")
    return (str(host), text_at(port, "protocol") or "TCP", text_at(port, "hostIP")) if host else None
