"""Volumes that a container can write to."""

from __future__ import annotations

from patterns.errors import InvalidValue
from patterns.model import (
    ConfigMapVolume,
    DownwardApi,
    ImageVolume,
    Projected,
    SecretVolume,
    Volume,
    VolumeMount,
)
from patterns.model.value import replace

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
