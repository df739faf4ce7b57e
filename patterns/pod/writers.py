"""Volumes that are read in a pod and written by nobody in it, or that nobody mounts at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from patterns.model import JsonObject
from patterns.model.json import objects_at, text_at
from patterns.pod.contribution import Contribution


class Reader(NamedTuple):
    """``containers`` of ``by`` read a volume that another container of the pod has to write.

    With ``shares``, ``by`` gives a volume away that some container has to mount.
    """

    volume: str
    containers: tuple[str, ...]
    by: object
    shares: bool = False


def readers_of(contribution: Contribution, by: object) -> list[Reader]:
    """What a contribution reads, and what it gives away."""
    mine = tuple(c.name for c in (*contribution.init_containers, *contribution.sidecars))
    shared = [Reader(volume, (), by, shares=True) for volume in contribution.shares]
    return [*(Reader(volume, mine, by) for volume in contribution.reads), *shared]


def unwritten(spec: JsonObject, readers: Iterable[Reader]) -> list[str]:
    """What to say of each reader whose volume stays empty, and of each shared volume that nobody mounts.

    A volume stays empty for certain only where it begins with the pod: an ``emptyDir``.

    Args:
        spec: the pod spec with everything that was contributed.
        readers: of all contributions; one does not write for another.
    """
    every = list(readers)
    if not every:
        return []
    asked = [reader for reader in every if not reader.shares]
    reading = {(reader.volume, container) for reader in asked for container in reader.containers}
    own = {text_at(volume, "name") for volume in objects_at(spec, "volumes") if "emptyDir" in volume}
    mounts = [
        (text_at(mount, "name"), text_at(container, "name"), mount.get("readOnly") is not True)
        for key in ("initContainers", "containers")
        for container in objects_at(spec, key)
        for mount in objects_at(container, "volumeMounts")
    ]
    mounted = {volume for volume, _, _ in mounts}
    writing = {volume for volume, container, writes in mounts if writes and (volume, container) not in reading}
    unmounted = [
        f"{reader.by} must be mounted by a container, and none does, so that it would not be rendered; name one in "
        "writers= or readers=, give its mount to a pattern, or take it out"
        for reader in every
        if reader.shares and reader.volume not in mounted
    ]
    return unmounted + [
        f"{reader.by} reads the volume {reader.volume!r}, which is empty when the pod starts, and no other container "
        "mounts it to write to it; mount it where the application writes, in a container or with writers= of a "
        "SharedScratch"
        for reader in asked
        if reader.volume in own and reader.volume not in writing
    ]
