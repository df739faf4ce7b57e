"""The volumes in the container of a ``ProxySidecar``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from patterns.model import ConfigMapKey, SecretKey, Volume, VolumeMount
from patterns.model.names import name_beside
from patterns.model.projected import ConfigMapProjection, SecretProjection


def config_mount(name: str, config_map: str, path: str) -> VolumeMount:
    """The program's configuration."""
    return VolumeMount(
        volume=Volume.config_map(name_beside(name, "config"), config_map), mount_path=path, read_only=True
    )


def file_mount(name: str, files: Mapping[str, SecretKey | ConfigMapKey], path: str) -> VolumeMount:
    """Keys of Secrets and ConfigMaps in one directory, which the kubelet updates: a mount by ``subPath`` would not be.

    https://kubernetes.io/docs/concepts/storage/projected-volumes/
    """
    sources: list[ConfigMapProjection | SecretProjection] = []
    for file, key in files.items():
        projection = SecretProjection if isinstance(key, SecretKey) else ConfigMapProjection
        sources.append(projection(key.name, items={key.key: file}))
    volume = Volume.projected(name_beside(name, "files"), sources=sources)
    return VolumeMount(volume=volume, mount_path=path, read_only=True)


def writable_mounts(name: str, sizes: Mapping[str, str]) -> list[VolumeMount]:
    """An empty directory for each path."""
    mounts = []
    for path, size in sizes.items():
        # the end of the path tells directories apart
        part = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
        volume = Volume.empty_dir(name_beside(name, part[-20:].strip("-")), size_limit=size)
        mounts.append(VolumeMount(volume=volume, mount_path=path))
    return mounts
