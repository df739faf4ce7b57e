"""The disk of each pod of a StatefulSet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from patterns.errors import InvalidValue
from patterns.model import Json, JsonObject, VolumeMount
from patterns.model.names import dns_label
from patterns.model.quantity import Quantity
from patterns.model.value import Value


@dataclass(frozen=True, kw_only=True)
class VolumeClaim(Value):
    """A template of a PersistentVolumeClaim: every pod gets its own, and keeps it.

    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates

    Args:
        name: DNS-1123 label; containers mount it by ``claim.mount("/data")``.
        size: quantity such as 10Gi.
        access_modes: default ``ReadWriteOnce``.
        storage_class_name: default the cluster's.
        volume_mode: ``"Filesystem"`` (Kubernetes' default) or ``"Block"``.
    """

    name: str
    size: str
    access_modes: Sequence[Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]] = (
        "ReadWriteOnce",
    )
    storage_class_name: str | None = None
    volume_mode: Literal["Filesystem", "Block"] | None = None

    def __post_init__(self) -> None:
        dns_label(self.name, "name")
        Quantity(self.size)
        if not self.access_modes:
            raise InvalidValue("access_modes must name at least one mode, such as 'ReadWriteOnce'")

    def mount(self, mount_path: str, *, sub_path: str | None = None, read_only: bool | None = None) -> VolumeMount:
        """A volume mount of each pod's own claim."""
        return VolumeMount(volume=self.name, mount_path=mount_path, sub_path=sub_path, read_only=read_only)

    def render(self) -> JsonObject:
        """The claim template as it stands in the StatefulSet."""
        modes: list[Json] = list(self.access_modes)
        spec: JsonObject = {"accessModes": modes}
        if self.storage_class_name is not None:
            spec["storageClassName"] = self.storage_class_name
        if self.volume_mode is not None:
            spec["volumeMode"] = self.volume_mode
        spec["resources"] = {"requests": {"storage": self.size}}
        return {"metadata": {"name": self.name}, "spec": spec}
