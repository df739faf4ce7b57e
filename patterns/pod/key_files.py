"""Single keys of Secrets and ConfigMaps as files of one directory."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.model import ConfigMapKey, SecretKey, Volume, VolumeMount
from patterns.model.projected import ConfigMapProjection, SecretProjection


def key_files(name: str, files: Mapping[str, SecretKey | ConfigMapKey]) -> Volume:
    """A volume with each key under a file name of its own.

    The kubelet updates it; a mount of one key by ``subPath`` would stay as it is.
    https://kubernetes.io/docs/concepts/storage/projected-volumes/

    Args:
        name: of the volume.
        files: the keys by file name.
    """
    sources: list[ConfigMapProjection | SecretProjection] = []
    for file, key in files.items():
        projection = SecretProjection if isinstance(key, SecretKey) else ConfigMapProjection
        sources.append(projection(key.name, items={key.key: file}))
    return Volume.projected(name, sources=sources)


def key_file_mounts(name: str, files: Mapping[str, SecretKey | ConfigMapKey], mount_path: str) -> list[VolumeMount]:
    """The volume of `key_files` at ``mount_path``, read-only; nothing where there are no keys."""
    if not files:
        return []
    return [VolumeMount(volume=key_files(name, files), mount_path=mount_path, read_only=True)]
