"""The disk of each pod of a StatefulSet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from patterns.errors import InvalidValue
from patterns.model import Json, JsonObject, VolumeMount
from patterns.model.calls import checked
from patterns.model.names import dns_label, dns_subdomain
from patterns.model.quantity import Quantity
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class VolumeClaim(Value):
    """A template of a PersistentVolumeClaim: every pod gets its own, and keeps it.

    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates

    Args:
        name: DNS-1123 label; containers mount it by ``claim.mount("/data")``.
        size: quantity such as 10Gi, in whole bytes.
        access_modes: default ``ReadWriteOnce``; ``ReadWriteOncePod`` (stable since Kubernetes 1.29) stands alone.
        storage_class_name: default the cluster's; ``""`` for a disk without a class.
        volume_mode: ``"Filesystem"`` (Kubernetes' default) or ``"Block"``.

    Raises:
        InvalidValue: for a name, size or mode that Kubernetes refuses.
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
        size = Quantity(self.size)
        if size <= Quantity(0) or not size.is_multiple_of(1):
            raise InvalidValue(
                f"size must be a whole number of bytes and more than 0, got {self.size!r}; write such as 10Gi"
            )
        if not self.access_modes:
            raise InvalidValue("access_modes must name at least one mode, such as 'ReadWriteOnce'")
        if "ReadWriteOncePod" in self.access_modes and len(set(self.access_modes)) > 1:
            raise InvalidValue(
                f"access_modes must not have another mode beside 'ReadWriteOncePod', got {list(self.access_modes)}"
            )
        if self.storage_class_name:
            dns_subdomain(self.storage_class_name, "storage_class_name")

    @checked
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
