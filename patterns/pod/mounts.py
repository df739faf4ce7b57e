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


#: volumes that the kubelet makes anew for each pod
_OF_THE_POD = frozenset({"emptyDir", "configMap", "secret", "downwardAPI", "projected", "image"})


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
