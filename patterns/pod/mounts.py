"""Who mounts a volume of a pod, and whether the pod's volumes may all be given to one group."""

from __future__ import annotations

from collections.abc import Iterable

from patterns.model import JsonObject
from patterns.model.json import object_at, objects_at, text_at


def containers_sharing(spec: JsonObject, volume: str, among: Iterable[str]) -> tuple[str, ...]:
    """Those of the named containers that write to the volume; where none does, those that read it.

    Who only reads leaves no files there, so as whom it runs says nothing of them.

    Args:
        spec: the pod spec.
        volume: the volume's name.
        among: names of entries of ``containers``.
    """
    wanted = set(among)
    mounting: dict[str, bool] = {}
    for container in objects_at(spec, "containers"):
        name = text_at(container, "name")
        mounts = [mount for mount in objects_at(container, "volumeMounts") if mount.get("name") == volume]
        if mounts and name in wanted:
            mounting[name] = any(mount.get("readOnly") is not True for mount in mounts)
    return tuple(name for name, writes in mounting.items() if writes) or tuple(mounting)


#: volumes that are made anew for each pod; of a CSI volume this is the inline form, a claim has another key
_OF_THE_POD = frozenset(
    {"emptyDir", "configMap", "secret", "downwardAPI", "projected", "image", "ephemeral", "csi"},
)


def keeps_data(spec: JsonObject) -> bool:
    """Whether a volume of the pod may outlive it: a claim, a directory of the node, a claim template's mount."""
    volumes = objects_at(spec, "volumes")
    names = {text_at(volume, "name") for volume in volumes}
    mounted = {
        text_at(mount, "name")
        for key in ("initContainers", "containers")
        for container in objects_at(spec, key)
        for mount in objects_at(container, "volumeMounts")
    }
    return bool(mounted - names) or any(not _OF_THE_POD & volume.keys() for volume in volumes)


def with_fs_group(spec: JsonObject, group: int | None) -> JsonObject:
    """The pod spec with the group that patterns ask for, where it has none and no volume keeps data.

    The kubelet changes owner and mode of every file in a volume that keeps data, and databases refuse a directory that
    a group may write. https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    """
    context = object_at(spec, "securityContext")
    if group is None or context.get("fsGroup") is not None or keeps_data(spec):
        return spec
    return {**spec, "securityContext": {**context, "fsGroup": group}}
