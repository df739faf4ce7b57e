"""Volumes of a pod. https://kubernetes.io/docs/concepts/storage/volumes/"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue, plain
from patterns.model.calls import named_constructor
from patterns.model.env_source import FieldPath, ResourceField
from patterns.model.fields import fields_of
from patterns.model.json import JsonObject
from patterns.model.names import dns_label, dns_subdomain
from patterns.model.value import dataclass
from patterns.model.volume_source import (
    ConfigMapVolume,
    EmptyDir,
    HostPath,
    HostPathType,
    ImageVolume,
    KeyToPath,
    PersistentVolumeClaim,
    SecretVolume,
    VolumeSource,
)

if TYPE_CHECKING:
    from patterns.model.projected import DownwardApiFile, ProjectedSource


@dataclass(frozen=True, kw_only=True)
class Volume(ApiValue):
    """A volume of a pod: a name and one source. ``Volume.empty_dir("tmp", size_limit="16Mi")`` is a short form.

    Args:
        name: DNS-1123 label.
        source: such as `EmptyDir` or `ConfigMapVolume`.
    """

    kubernetes: ClassVar[str] = "Volume"
    json_names: ClassVar[Mapping[str, str]] = {"source": ""}
    name: str = field(kw_only=False)
    source: VolumeSource = field(kw_only=False)

    def __post_init__(self) -> None:
        dns_label(self.name, "name")

    def check_extra(self) -> None:
        """Raises: InvalidValue for a second source, or a name that Kubernetes does not know."""
        for key in self.extra:
            if key in fields_of("Volume"):
                raise InvalidValue(f"extra: a volume has one source; write {key} as source= instead")
        super().check_extra()

    def render(self) -> JsonObject:
        """The volume as it stands in the pod spec."""
        result: JsonObject = {"name": self.name, self.source.key(): plain(self.source)}
        self.add_extra(result)
        return result

    @classmethod
    @named_constructor
    def empty_dir(cls, name: str, *, size_limit: str | int | None = None, medium: str | None = None) -> Volume:
        """An empty directory that lives as long as the pod; see `EmptyDir`."""
        return cls(name, EmptyDir(size_limit=size_limit, medium=medium))

    @classmethod
    @named_constructor
    def config_map(
        cls,
        name: str,
        config_map: str | None = None,
        *,
        items: Mapping[str, str] | Sequence[KeyToPath] = (),
        default_mode: int | str | None = None,
        optional: bool | None = None,
    ) -> Volume:
        """The keys of a ConfigMap as files; ``config_map`` is its name, default the volume's."""
        if config_map is not None:
            dns_subdomain(config_map, "config_map")
        source = ConfigMapVolume(
            name if config_map is None else config_map, items=items, default_mode=default_mode, optional=optional
        )
        return cls(name, source)

    @classmethod
    @named_constructor
    def secret(
        cls,
        name: str,
        secret_name: str | None = None,
        *,
        items: Mapping[str, str] | Sequence[KeyToPath] = (),
        default_mode: int | str | None = None,
        optional: bool | None = None,
    ) -> Volume:
        """The keys of a Secret as files; ``secret_name`` is its name, default the volume's. See `SecretVolume`."""
        source = SecretVolume(
            name if secret_name is None else secret_name, items=items, default_mode=default_mode, optional=optional
        )
        return cls(name, source)

    @classmethod
    @named_constructor
    def pvc(cls, name: str, claim_name: str, *, read_only: bool | None = None) -> Volume:
        """A claim that is there already; see `PersistentVolumeClaim`."""
        return cls(name, PersistentVolumeClaim(claim_name, read_only=read_only))

    @classmethod
    @named_constructor
    def image(
        cls, name: str, reference: str, *, pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    ) -> Volume:
        """The files of an image, read-only; see `ImageVolume`."""
        return cls(name, ImageVolume(reference, pull_policy=pull_policy))

    @classmethod
    @named_constructor
    def host_path(
        cls,
        name: str,
        path: str,
        *,
        type: HostPathType | None = None,
        because: str | None = None,
    ) -> Volume:
        """A file or directory of the node; see `HostPath`."""
        return cls(name, HostPath(path, type=type, because=because))

    @classmethod
    @named_constructor
    def downward_api(
        cls,
        name: str,
        *,
        items: Mapping[str, FieldPath | ResourceField] | Sequence[DownwardApiFile],
        default_mode: int | str | None = None,
    ) -> Volume:
        """Fields of the pod as files; see `DownwardApi`."""
        from patterns.model.projected import DownwardApi

        return cls(name, DownwardApi(items, default_mode=default_mode))

    @classmethod
    @named_constructor
    def projected(
        cls,
        name: str,
        *,
        sources: Sequence[ProjectedSource],
        default_mode: int | str | None = None,
    ) -> Volume:
        """Several sources in one directory; see `Projected`."""
        from patterns.model.projected import Projected

        return cls(name, Projected(sources, default_mode=default_mode))
