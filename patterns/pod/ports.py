"""Which ports of a pod are free: its containers share one network namespace."""

from __future__ import annotations

from collections.abc import Iterable

from patterns.errors import Conflict
from patterns.model import JsonObject
from patterns.model.json import objects_at


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
