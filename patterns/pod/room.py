"""The room that a pod asks for on its node's disk, and in memory, for a volume that lies there."""

from __future__ import annotations

from collections.abc import Iterable

from patterns.model import EmptyDir, JsonObject, ResourceRequirements, Volume, VolumeMount
from patterns.model.derived import derived
from patterns.model.json import object_at, objects_at, text_at
from patterns.model.quantity import Quantity, quantity
from patterns.model.value import replace

#: https://kubernetes.io/docs/concepts/storage/ephemeral-storage/
EPHEMERAL_STORAGE = "ephemeral-storage"


def size_limit_of(mount: VolumeMount) -> str | int | None:
    """How much an ``emptyDir`` may hold, wherever it lies; None for no limit, and for every other volume."""
    source = _empty_dir(mount)
    return source.size_limit if source else None


def size_on_disk(mount: VolumeMount) -> str | int | None:
    """How much an ``emptyDir`` may hold on the node's disk; None for no limit, and for every other volume."""
    source = _empty_dir(mount)
    return source.size_limit if source and not source.medium else None


def size_in_memory(mount: VolumeMount) -> str | int | None:
    """How much an ``emptyDir`` may hold in memory, where it counts against the limits of those that write to it."""
    source = _empty_dir(mount)
    return source.size_limit if source and source.medium == "Memory" else None


def _empty_dir(mount: VolumeMount) -> EmptyDir | None:
    source = mount.volume.source if isinstance(mount.volume, Volume) else None
    return source if isinstance(source, EmptyDir) else None


def missing_on_disk(spec: JsonObject, mount: VolumeMount) -> str | int | None:
    """The volume's size on the node's disk, where nobody asks for it yet; None where somebody does, and for no limit.

    A container that runs on, mounts the volume and asks for ephemeral storage has it in there. A pod asks for the sum
    over those containers, so a second one would ask for the same room once more.
    """
    return None if is_asked_for(spec, mount.volume_name) else size_on_disk(mount)


def is_asked_for(spec: JsonObject, volume: str) -> bool:
    running = [c for c in objects_at(spec, "initContainers") if c.get("restartPolicy") == "Always"]
    return any(
        EPHEMERAL_STORAGE
        in {**object_at(container, "resources", "requests"), **object_at(container, "resources", "limits")}
        for container in (*running, *objects_at(spec, "containers"))
        if any(text_at(mount, "name") == volume for mount in objects_at(container, "volumeMounts"))
    )


def with_disk(resources: ResourceRequirements | None, room: str | int | None) -> ResourceRequirements | None:
    """With a request for that room on the node's disk, where ``resources`` says nothing of it.

    No limit: a pod's is the sum over the containers that have one, so with a limit here alone the kubelet would evict
    the pod for the application's own files. https://kubernetes.io/docs/concepts/storage/ephemeral-storage/
    """
    if resources is None or room is None or EPHEMERAL_STORAGE in {**resources.requests, **resources.limits}:
        return resources
    requests = {**resources.requests, EPHEMERAL_STORAGE: room}
    return derived(resources, (with_disk, room), lambda: replace(resources, requests=requests))


def with_memory(resources: ResourceRequirements, more: str | int) -> ResourceRequirements:
    """With that much more memory, against whose limit a volume in memory counts; nothing where it has no limit.

    https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
    """
    if "memory" not in resources.limits:
        return resources
    memory = {"memory": total([resources.limits["memory"], more]) or more}
    return replace(resources, requests={**resources.requests, **memory}, limits={**resources.limits, **memory})


def total(sizes: Iterable[str | int | None]) -> str | int | None:
    """The sum of the sizes that are given, as people write it; one alone as it is written, None for none."""
    given = [size for size in sizes if size is not None]
    if len(given) < 2:
        return given[0] if given else None
    parsed = [quantity(size, "size") for size in given]
    amount = sum(-(-one.numerator // one.denominator) for one in parsed)
    for suffix, factor in (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if amount % factor == 0:
            return f"{amount // factor}{suffix}"
    return str(amount)


def memory_limit(container: JsonObject) -> Quantity | None:
    """A container's memory limit; None where it has none, or none that can be read."""
    value = object_at(container, "resources", "limits").get("memory")
    return quantity(value, "memory") if isinstance(value, str | int) and not isinstance(value, bool) else None
