"""Several sources in one directory. https://kubernetes.io/docs/concepts/storage/projected-volumes/"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue, plain
from patterns.model.env_source import FieldPath, ResourceField
from patterns.model.frozen import NOTHING, FrozenMap
from patterns.model.json import Json, JsonObject
from patterns.model.names import annotation_key, dns_subdomain, whole_number
from patterns.model.paths import check_files, file_mode, relative_path
from patterns.model.value import dataclass, settle, within
from patterns.model.volume_source import KeyToPath, VolumeSource, key_paths


@dataclass(frozen=True, kw_only=True)
class DownwardApiFile(ApiValue):
    """A file with a field of the pod, or a resource of one of its containers.

    Args:
        path: of the file, relative to the volume.
        source: `FieldPath`, or `ResourceField` with its ``container_name``.
        mode: ``0o440`` or ``"0440"``; default the volume's.
    """

    kubernetes: ClassVar[str] = "DownwardAPIVolumeFile"
    json_names: ClassVar[Mapping[str, str]] = {"source": ""}
    also: ClassVar[Mapping[str, str]] = {"fieldRef": "source", "resourceFieldRef": "source"}
    path: str = field(kw_only=False)
    source: FieldPath | ResourceField = field(kw_only=False)
    mode: int | str | None = None

    def __post_init__(self) -> None:
        relative_path(self.path, "path", reserved=True)
        settle(self, mode=file_mode(self.mode, "mode"))
        if isinstance(self.source, FieldPath):
            with within("source"):
                self.source.check_in_volume()
        elif self.source.container_name is None:
            raise InvalidValue("source: container_name must be given in a volume, which belongs to no container")

    def render(self) -> JsonObject:
        """The file as it stands in ``items``."""
        result: JsonObject = {"path": self.path, self.source.source_key: plain(self.source)}
        if self.mode is not None:
            result["mode"] = int(self.mode)
        self.add_extra(result)
        return result


@dataclass(frozen=True, kw_only=True)
class DownwardApi(VolumeSource):
    """Fields of the pod as files; labels and annotations follow their changes.

    Args:
        items: the files, ``{"path": FieldPath(...)}`` or `DownwardApiFile` values.
        default_mode: ``0o440`` or ``"0440"``; default 0o644.
    """

    kubernetes: ClassVar[str] = "DownwardAPIVolumeSource"
    source_key: ClassVar[str] = "downwardAPI"
    items: Mapping[str, FieldPath | ResourceField] | Sequence[DownwardApiFile] = field(kw_only=False)
    default_mode: int | str | None = None

    def __post_init__(self) -> None:
        settle(self, items=_files(self.items), default_mode=file_mode(self.default_mode, "default_mode"))


@dataclass(frozen=True, kw_only=True)
class ProjectedSource(ApiValue):
    """One source of a `Projected` volume: the parent of those that there are."""

    #: how one is written, for the errors
    example: ClassVar[str] = 'ServiceAccountToken("token")'
    #: the key in the source
    source_key: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True)
class DownwardApiProjection(ProjectedSource):
    """Fields of the pod as files of a projected volume.

    Args:
        items: the files, ``{"path": FieldPath(...)}`` or `DownwardApiFile` values.
    """

    kubernetes: ClassVar[str] = "DownwardAPIProjection"
    source_key: ClassVar[str] = "downwardAPI"
    items: Mapping[str, FieldPath | ResourceField] | Sequence[DownwardApiFile] = field(kw_only=False)

    def __post_init__(self) -> None:
        settle(self, items=_files(self.items))


def _files(items: Mapping[str, FieldPath | ResourceField] | Sequence[DownwardApiFile]) -> tuple[DownwardApiFile, ...]:
    if isinstance(items, Mapping):
        files: list[DownwardApiFile] = []
        for path, source in items.items():
            with within(f"items[{path!r}]"):
                files.append(DownwardApiFile(path, source))
    else:
        files = list(items)
    check_files(("items", file.path) for file in files)
    return tuple(files)


@dataclass(frozen=True, kw_only=True)
class ConfigMapProjection(ProjectedSource):
    """The keys of a ConfigMap; see `ConfigMapVolume`."""

    kubernetes: ClassVar[str] = "ConfigMapProjection"
    source_key: ClassVar[str] = "configMap"
    name: str = field(kw_only=False)
    items: Mapping[str, str] | Sequence[KeyToPath] = ()
    optional: bool | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.name, "name")
        settle(self, items=key_paths(self.items))


@dataclass(frozen=True, kw_only=True)
class SecretProjection(ProjectedSource):
    """The keys of a Secret; see `SecretVolume`."""

    kubernetes: ClassVar[str] = "SecretProjection"
    source_key: ClassVar[str] = "secret"
    name: str = field(kw_only=False)
    items: Mapping[str, str] | Sequence[KeyToPath] = ()
    optional: bool | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.name, "name")
        settle(self, items=key_paths(self.items))


@dataclass(frozen=True, kw_only=True)
class ServiceAccountToken(ProjectedSource):
    """A token of the pod's service account, which the kubelet renews. A bare Pod needs ``service_account_name`` for it.

    Args:
        path: of the file.
        audience: that takes the token; default the API server.
        expiration_seconds: whole seconds, at least 600; default 3600.
    """

    kubernetes: ClassVar[str] = "ServiceAccountTokenProjection"
    source_key: ClassVar[str] = "serviceAccountToken"
    path: str = field(kw_only=False)
    audience: str | None = None
    expiration_seconds: int | None = None

    def __post_init__(self) -> None:
        relative_path(self.path, "path", reserved=True)
        whole_number(self.expiration_seconds, "expiration_seconds", 600, 2**32)


@dataclass(frozen=True, kw_only=True)
class ClusterTrustBundle(ProjectedSource):
    """Certificates of authorities that the cluster trusts. Stable and on by default since Kubernetes 1.37.

    Older servers drop it in silence.

    Args:
        path: of the file.
        name: of one bundle; or a ``signer_name``.
        signer_name: all bundles of this signer that ``label_selector`` selects.
        label_selector: in Kubernetes' own JSON.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "ClusterTrustBundleProjection"
    source_key: ClassVar[str] = "clusterTrustBundle"
    name: str | None = None
    signer_name: str | None = None
    label_selector: Mapping[str, Json] = NOTHING
    optional: bool | None = None
    path: str

    def __post_init__(self) -> None:
        relative_path(self.path, "path", reserved=True)
        if (self.name is None) == (self.signer_name is None):
            raise InvalidValue("give either name= or signer_name=")
        for what, name in (("name", self.name), ("signer_name", self.signer_name)):
            if name == "":
                raise InvalidValue(f"{what} must not be empty")
        if self.label_selector and self.signer_name is None:
            raise InvalidValue("label_selector must not be given without signer_name")


@dataclass(frozen=True, kw_only=True)
class PodCertificate(ProjectedSource):
    """A key and a certificate for the pod, which the kubelet renews. Stable and on by default since Kubernetes 1.37.

    Older servers drop it in silence.

    Args:
        signer_name: who signs.
        key_type: of the key that the kubelet makes.
        max_expiration_seconds: whole seconds, 3600 to 7862400; default 86400.
        credential_bundle_path: of a file with key and certificates; or both of the next two.
        key_path: of a file with the key.
        certificate_chain_path: of a file with the certificates.
        user_annotations: for the signer; each key with a domain.
    """

    kubernetes: ClassVar[str] = "PodCertificateProjection"
    source_key: ClassVar[str] = "podCertificate"
    signer_name: str
    key_type: Literal["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"]
    max_expiration_seconds: int | None = None
    credential_bundle_path: str | None = None
    key_path: str | None = None
    certificate_chain_path: str | None = None
    user_annotations: Mapping[str, str] = FrozenMap[str]()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^/\s]+/\S+", self.signer_name):
            raise InvalidValue(f"signer_name must be a signer such as 'example.com/signer', got {self.signer_name!r}")
        whole_number(self.max_expiration_seconds, "max_expiration_seconds", 3600, 7862400)
        paths = [self.credential_bundle_path, self.key_path, self.certificate_chain_path]
        for what, path in zip(("credential_bundle_path", "key_path", "certificate_chain_path"), paths, strict=True):
            if path is not None:
                relative_path(path, what, reserved=True)
        given = [path for path in paths if path is not None]
        if not given:
            raise InvalidValue("give credential_bundle_path=, or key_path= and certificate_chain_path=")
        check_files(("key_path and certificate_chain_path", path) for path in given)
        for key in self.user_annotations:
            annotation_key(key, f"user_annotations: key {key!r}")


@dataclass(frozen=True, kw_only=True)
class Projected(VolumeSource):
    """Several sources in one directory.

    Args:
        sources: in order; no two write one file.
        default_mode: ``0o440`` or ``"0440"``; default 0o644.
    """

    kubernetes: ClassVar[str] = "ProjectedVolumeSource"
    source_key: ClassVar[str] = "projected"
    json_names: ClassVar[Mapping[str, str]] = {"sources": ""}
    also: ClassVar[Mapping[str, str]] = {"sources": "sources"}
    sources: Sequence[ProjectedSource] = field(kw_only=False)
    default_mode: int | str | None = None

    def __post_init__(self) -> None:
        settle(self, default_mode=file_mode(self.default_mode, "default_mode"))
        check_files(
            (f"sources[{index}]", path) for index, source in enumerate(self.sources) for path in _written(source)
        )

    def render(self) -> JsonObject:
        """The source as it stands in the volume."""
        return {"sources": [{s.source_key: plain(s)} for s in self.sources], **super().render()}


def _written(source: object) -> Iterator[str]:
    """The files that a source writes, as far as it tells."""
    if isinstance(source, ConfigMapProjection | SecretProjection | DownwardApiProjection):
        for item in source.items:
            if isinstance(item, KeyToPath | DownwardApiFile):
                yield item.path
    elif isinstance(source, ServiceAccountToken | ClusterTrustBundle):
        yield source.path
    elif isinstance(source, PodCertificate):
        yield from filter(None, (source.credential_bundle_path, source.key_path, source.certificate_chain_path))
