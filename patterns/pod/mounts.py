"""Which containers of a pod mount a volume."""

from __future__ import annotations

from patterns.model import JsonObject
from patterns.model.json import objects_at, text_at


def containers_mounting(spec: JsonObject, volume: str) -> tuple[str, ...]:
    """The names of the entries of ``containers`` that mount the volume of this name, in order."""
    return tuple(
        text_at(container, "name")
        for container in objects_at(spec, "containers")
        if any(text_at(mount, "name") == volume for mount in objects_at(container, "volumeMounts"))
    )
