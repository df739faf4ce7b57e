"""Where a container sees the volumes of its pod."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.json import JsonObject
from patterns.model.names import dns_label
from patterns.model.paths import absolute_path, normalised_path, relative_path
from patterns.model.value import dataclass
from patterns.model.volume import Volume
from patterns.model.volume_source import VolumeSource

#: under these a container finds what it needs to start: a volume of files over them keeps it from starting
_NEEDED = frozenset({"/", "/bin", "/dev", "/proc"})
#: what may stand there all the same: directories of the node and of its devices; over /bin also what holds programs
_SYSTEM = frozenset({"hostPath"})
_DEVICES_OF_THE_NODE = frozenset({"hostPath", "csi"})
_FILES = frozenset({"emptyDir", "configMap", "secret", "downwardAPI", "projected"})
_TOKEN = "secrets/kubernetes.io/serviceaccount"
#: what can bring a token
_WITH_TOKEN = frozenset({"serviceAccountToken", "secret"})
#: what a container can have as a raw device
_DEVICES = frozenset({"persistentVolumeClaim", "ephemeral"})


@dataclass(frozen=True, kw_only=True)
class VolumeMount(ApiValue):
    """A volume at a path of a container; it carries its volume, so an unknown one cannot be written.

    Args:
        volume: the volume; or the name of a claim template of a StatefulSet.
        mount_path: absolute path.
        read_only: the container cannot write to it.
        recursive_read_only: also what is mounted below, with ``read_only=True``. On by default since Kubernetes 1.31,
            and stable since 1.33; older servers drop it in silence.
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
            raise InvalidValue("sub_path and sub_path_expr must not both be given; keep one of them")
        for what, path in (("sub_path", self.sub_path), ("sub_path_expr", self.sub_path_expr)):
            if path == "":
                raise InvalidValue(f"{what} must be a relative path, got ''; leave it out for the whole volume")
            if path is not None:
                relative_path(path, what)
        if self.recursive_read_only is not None and not self.read_only:
            raise InvalidValue(
                f"recursive_read_only must not be given without read_only=True, got {self.recursive_read_only!r}"
            )
        if self.recursive_read_only in ("IfPossible", "Enabled") and self.mount_propagation not in (None, "None"):
            raise InvalidValue(
                f"mount_propagation must be 'None' with recursive_read_only, got {self.mount_propagation!r}"
            )

    def _check_place(self) -> None:
        place = normalised_path(self.mount_path)
        # a name alone is that of a claim template
        kind = self.volume.source.key() if isinstance(self.volume, Volume) else "persistentVolumeClaim"
        part = self.sub_path is not None or self.sub_path_expr is not None
        if place in _NEEDED and _hides(place, kind, part=part):
            raise InvalidValue(
                f"mount_path must not be {place!r}: the container would not find what it needs to start; "
                "mount it elsewhere"
            )
        # /var/run is a link to /run in most images
        token = place.removeprefix("/var").removeprefix("/run/") == _TOKEN
        if token and isinstance(self.volume, Volume) and not _may_be_a_token(self.volume.source):
            raise InvalidValue(
                f"mount_path must not be {place!r}: the volume would hide the token of the service account; "
                "mount it elsewhere"
            )

    @property
    def volume_name(self) -> str:
        """The name of the volume or claim template."""
        return self.volume.name if isinstance(self.volume, Volume) else self.volume

    def render(self) -> JsonObject:
        """The mount as it stands in ``volumeMounts``."""
        return {"name": self.volume_name, **super().render()}


def _hides(place: str, kind: str, *, part: bool) -> bool:
    if place == "/bin":
        return kind in _FILES and not part
    if place == "/dev":
        return kind not in _DEVICES_OF_THE_NODE and not part
    return kind not in _SYSTEM


def _may_be_a_token(source: VolumeSource) -> bool:
    if source.key() == "projected":
        # a slow import that hardly anybody needs
        from patterns.model.projected import Projected

        return isinstance(source, Projected) and any(one.source_key in _WITH_TOKEN for one in source.sources)
    return source.key() not in ("emptyDir", "configMap", "downwardAPI", "image")


@dataclass(frozen=True, kw_only=True)
class VolumeDevice(ApiValue):
    """A raw block device at a path of a container.

    Args:
        volume: of a claim; or the name of a claim template of a StatefulSet.
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
        elif self.volume.source.key() not in _DEVICES:
            raise InvalidValue(
                f"volume must be of a claim, got {self.volume.source.key()}; mount it with VolumeMount instead"
            )
        absolute_path(self.device_path, "device_path")

    @property
    def volume_name(self) -> str:
        """The name of the volume or claim template."""
        return self.volume.name if isinstance(self.volume, Volume) else self.volume

    def render(self) -> JsonObject:
        """The device as it stands in ``volumeDevices``."""
        return {"name": self.volume_name, **super().render()}
