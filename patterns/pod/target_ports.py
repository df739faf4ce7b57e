"""Which ports of a pod stand in front of others, as its annotations say it to who has the YAML alone."""

from __future__ import annotations

from collections.abc import Mapping

_PREFIX = "target-port.cdk8s-pod-patterns/"


def annotations_of(ports: Mapping[int, int]) -> dict[str, str]:
    """``target-port.cdk8s-pod-patterns/8080: "10000"`` where Services lead to 10000 instead of 8080."""
    return {f"{_PREFIX}{behind}": str(before) for behind, before in ports.items()}


def front_of(port: int, ports: Mapping[int, int]) -> int:
    """What stands in front of a port, and of that, and so on; the port itself where nothing does."""
    passed = {port}
    while (before := ports.get(port)) is not None and before not in passed:
        passed.add(before)
        port = before
    return port


def ports_in(annotations: Mapping[str, object]) -> dict[int, int]:
    """The ports of `annotations_of`; what is no port is left out."""
    return {
        int(behind): int(before)
        for key, before in annotations.items()
        if (behind := key.removeprefix(_PREFIX)) != key
        and isinstance(before, str)
        and behind.isdecimal()
        and before.isdecimal()
    }
