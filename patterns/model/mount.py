"""Where a container sees the volumes of its pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.json import JsonObject
from patterns.model.names import dns_label
from patterns.model.paths import absolute_path, normalised_path, relative_path
from patterns.model.volume import Volume
from patterns.model.volume_source import ConfigMapVolume, EmptyDir, SecretVolume

#: under these a container finds what it needs to start: a volume of files over them keeps it from starting
_NEEDED = frozenset({"/", "/bin", "/dev", "/proc"})
_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"


@dataclass(frozen=True, kw_only=True)
class VolumeMount(ApiValue):
    """A volume at a path of a container; it carries its volume, so an unknown one cannot be written.

    Args:
        volume: the volume; or the name of a claim template of a StatefulSet.
        mount_path: absolute path.
        read_only: the container cannot write to it.
        recursive_read_only: also what is mounted below, since Kubernetes 1.33; with ``read_only=True``.
        sub_path: directory or file of the volume, relative to it; a ConfigMap or Secret then never follows its changes.
        sub_path_expr: the same, with ``$(VAR)`` of the container's environment.
        mount_propagation: ``"Bidirectional"`` needs a privileged container.

    Raises:
        InvalidValue: for a path that Kubernetes would read otherwise, or that keeps the container from starting.
    """

    kubernetes: ClassVar[str] = "VolumeMount"
    json_names: ClassVar[Mapping[str, str]] = {"volume": ""}
    also: ClassVar[Mapping[str, str]] = {"name": "volume"}
    volume: Volume | str
    mount_path: str
    sub_path: str | None = None
    sub_path_expr: str | None = None
    read_only: bool | None = None
    recursive_read_only: Literal["Disabled", "IfPossible", "Enabled"] | None = None
    mount_propagation: Literal["None", "HostToContainer", "Bidirectional"] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.volume, str):
            dns_label(self.volume, "volume")
        absolute_path(self.mount_path, "mount_path")
        self._check_place()
        if self.sub_path is not None and self.sub_path_expr is not None:
            raise InvalidValue("sub_path and sub_path_expr must not both be given")
        if self.sub_path:
            relative_path(self.sub_path, "sub_path")
        if self.sub_path_expr:
            relative_path(self.sub_path_expr, "sub_path_expr")
        if self.recursive_read_only is not None and not self.read_only:
            raise InvalidValue("recursive_read_only must not be given without read_only=True")
        if self.recursive_read_only in ("IfPossible", "Enabled") and self.mount_propagation not in (None, "None"):
            raise InvalidValue(
                f"mount_propagation must be 'None' with recursive_read_only, got {self.mount_propagation!r}"
            )

    def _check_place(self) -> None:
        if not isinstance(self.volume, Volume) or self.sub_path or self.sub_path_expr:
            return
        place = normalised_path(self.mount_path)
        if place in _NEEDED and isinstance(self.volume.source, EmptyDir | ConfigMapVolume | SecretVolume):
            raise InvalidValue(
                f"mount_path must not be {place!r}: the container would not find what it needs to start; "
                "mount it elsewhere"
            )
        if place == _TOKEN and isinstance(self.volume.source, EmptyDir | ConfigMapVolume):
            raise InvalidValue(
                f"mount_path must not be {place!r}: the volume would hide the token of the service account"
            )

    @property
    def volume_name(self) -> str:
        """The name of the volume or claim template."""
        return self.volume.name if isinstance(self.volume, Volume) else self.volume

    def render(self) -> JsonObject:
        """The mount as it stands in ``volumeMounts``."""
        return {"name": self.volume_name, **super().render()}


@dataclass(frozen=True, kw_only=True)
class VolumeDevice(ApiValue):
    """A raw block device at a path of a container.

    Args:
        volume: the volume; or the name of a claim template of a StatefulSet.
        device_path: absolute path.
    """

    kubernetes: ClassVar[str] = "VolumeDevice"
    json_names: ClassVar[Mapping[str, str]] = {"volume": ""}
    also: ClassVar[Mapping[str, str]] = {"name": "volume"}
    volume: Volume | str
    device_path: str

    def __post_init__(self) -> None:
        if isinstance(self.volume, str):
            dns_label(self.volume, "volume")
        absolute_path(self.device_path, "device_path")

    @property
    def volume_name(self) -> str:
        """The name of the volume or claim template."""
        return self.volume.name if isinstance(self.volume, Volume) else self.volume

    def render(self) -> JsonObject:
        """The device as it stands in ``volumeDevices``."""
        return {"name": self.volume_name, **super().render()}
