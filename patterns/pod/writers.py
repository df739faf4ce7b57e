"""Volumes that are read in a pod, and written by nobody in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from patterns.model import JsonObject
from patterns.model.json import objects_at, text_at
from patterns.pod.contribution import Contribution


class Reader(NamedTuple):
    """``containers`` of ``by`` read a volume that another container of the pod has to write."""

    volume: str
    containers: tuple[str, ...]
    by: object


def readers_of(contribution: Contribution, by: object) -> list[Reader]:
    """What a contribution reads."""
    mine = tuple(c.name for c in (*contribution.init_containers, *contribution.sidecars))
    return [Reader(volume, mine, by) for volume in contribution.reads]


def unwritten(spec: JsonObject, readers: Iterable[Reader]) -> list[str]:
    """What to say of each reader whose volume stays empty.

    It does so for certain only where the volume begins with the pod: an ``emptyDir``.

    Args:
        spec: the pod spec with everything that was contributed.
        readers: of all contributions; one does not write for another.
    """
    asked = list(readers)
    reading = {(reader.volume, container) for reader in asked for container in reader.containers}
    own = {text_at(volume, "name") for volume in objects_at(spec, "volumes") if "emptyDir" in volume}
    writing = {
        text_at(mount, "name")
        for key in ("initContainers", "containers")
        for container in objects_at(spec, key)
        for mount in objects_at(container, "volumeMounts")
        if mount.get("readOnly") is not True and (text_at(mount, "name"), text_at(container, "name")) not in reading
    }
    return [
        f"{reader.by} reads the volume {reader.volume!r}, which is empty when the pod starts, and no other container "
        "mounts it to write to it; mount it where the application writes, in a container or with writers= of a "
        "SharedScratch"
        for reader in asked
        if reader.volume in own and reader.volume not in writing
    ]
