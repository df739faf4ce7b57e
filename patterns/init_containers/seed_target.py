"""The volume that an ``InitFileSeeder`` writes to, as its own container sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from patterns.errors import InvalidValue
from patterns.model import (
    ConfigMapVolume,
    DownwardApi,
    EmptyDir,
    ImageVolume,
    Projected,
    ResourceRequirements,
    SecretVolume,
    Volume,
    VolumeMount,
)
from patterns.model.quantity import quantity

_READ_ONLY = (ConfigMapVolume, DownwardApi, ImageVolume, Projected, SecretVolume)


def writable(into: VolumeMount, mount_path: str) -> VolumeMount:
    """The mount at ``mount_path``, for writing; of ``into`` it keeps the volume and the directory in it.

    Raises:
        InvalidValue: for a volume that nobody can write to.
    """
    source = into.volume.source if isinstance(into.volume, Volume) else None
    if isinstance(source, _READ_ONLY) or getattr(source, "read_only", None):
        raise InvalidValue(
            f"into must be a volume that can be written, and {into.volume_name!r} is read-only for "
            "everybody; use a SharedScratch"
        )
    return replace(into, mount_path=mount_path, read_only=None, recursive_read_only=None)


def check_room(into: VolumeMount, contents: Mapping[str, bytes]) -> None:
    """Raises: InvalidValue when the files are larger than the volume: the kubelet would evict the pod."""
    limit = _size_limit(into)
    total = sum(len(content) for content in contents.values())
    if limit is not None and quantity(total, "files") > quantity(limit, "size_limit"):
        raise InvalidValue(
            f"files must fit into the volume {into.volume_name!r}, which holds {limit}, got {total} "
            "bytes; raise its size_limit"
        )


def with_room(resources: ResourceRequirements, into: VolumeMount) -> ResourceRequirements:
    """With a request for what the volume may hold, where it is on the node's disk.

    No limit: a pod's limit is the sum over the containers that have one, so with a limit here alone the kubelet would
    evict the pod for the application's own files. https://kubernetes.io/docs/concepts/storage/ephemeral-storage/
    """
    key = "ephemeral-storage"
    limit = _size_limit(into)
    if limit is None or _in_memory(into) or key in {**resources.requests, **resources.limits}:
        return resources
    return replace(resources, requests={**resources.requests, key: limit})


def _size_limit(into: VolumeMount) -> str | int | None:
    source = into.volume.source if isinstance(into.volume, Volume) else None
    return source.size_limit if isinstance(source, EmptyDir) else None


def _in_memory(into: VolumeMount) -> bool:
    source = into.volume.source if isinstance(into.volume, Volume) else None
    return isinstance(source, EmptyDir) and bool(source.medium)
