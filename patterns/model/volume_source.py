"""What a volume can be made of. https://kubernetes.io/docs/concepts/storage/volumes/"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar, Literal, TypeAlias

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.image import reference_of
from patterns.model.names import config_map_key, control_characters, dns_subdomain
from patterns.model.paths import check_files, file_mode, normalised_path, relative_path
from patterns.model.quantity import page_size, whole_bytes
from patterns.model.value import dataclass, settle, within

#: what has to be at a path of the node
HostPathType: TypeAlias = Literal[
    "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"
]
#: media that the kubelet knows, beside ``HugePages-<size>``; the API server takes any, and the pod waits for ever
_MEDIA = ("", "Memory", "HugePages")


@dataclass(frozen=True, kw_only=True)
class VolumeSource(ApiValue):
    """What a volume is made of: the parent of `EmptyDir`, `ConfigMapVolume`, `Projected` and the others."""

    #: how one is written, for the errors
    example: ClassVar[str] = 'EmptyDir(size_limit="64Mi")'
    #: the key in the volume
    source_key: ClassVar[str] = ""

    def key(self) -> str:
        """The key in the volume, such as ``emptyDir``."""
        return self.source_key


@dataclass(frozen=True, kw_only=True)
class EmptyDir(VolumeSource):
    """An empty directory that lives as long as the pod.

    Args:
        medium: ``"Memory"`` for a tmpfs, which counts against the memory limit of the container that writes;
            ``"HugePages"`` or ``"HugePages-2Mi"``; default the node's disk.
        size_limit: quantity such as 256Mi; over it the kubelet evicts the pod.

    Raises:
        InvalidValue: for another medium, or ``"Memory"`` without a size limit.
    """

    kubernetes: ClassVar[str] = "EmptyDirVolumeSource"
    source_key: ClassVar[str] = "emptyDir"
    medium: str | None = None
    size_limit: str | int | None = None

    def __post_init__(self) -> None:
        if self.medium is not None and self.medium.lower().startswith("hugepages-"):
            page_size(self.medium, "medium", "HugePages-")
        elif self.medium is not None and self.medium not in _MEDIA:
            near = next((m for m in ("Memory", "HugePages") if self.medium.lower() == m.lower()), "")
            hint = f"; write {near!r}" if near else ""
            raise InvalidValue(f"medium must be 'Memory', 'HugePages' or 'HugePages-<size>', got {self.medium!r}{hint}")
        if self.size_limit is not None:
            if whole_bytes(self.size_limit, "size_limit").numerator == 0:
                raise InvalidValue(
                    f"size_limit must be more than 0, which the kubelet takes for no limit, got {self.size_limit!r}; "
                    "write a size such as 64Mi"
                )
        elif self.medium == "Memory":
            raise InvalidValue(
                "size_limit must be given with medium 'Memory', which fills the memory limit of the container; "
                'write size_limit="64Mi"'
            )


@dataclass(frozen=True, kw_only=True)
class KeyToPath(ApiValue):
    """One key of a ConfigMap or Secret as a file.

    Args:
        key: in the ConfigMap or Secret.
        path: of the file, relative to the volume.
        mode: ``0o440`` or ``"0440"``; default the volume's.
    """

    kubernetes: ClassVar[str] = "KeyToPath"
    key: str = field(kw_only=False)
    path: str = field(kw_only=False)
    mode: int | str | None = None

    def __post_init__(self) -> None:
        config_map_key(self.key, "key")
        relative_path(self.path, "path", reserved=True)
        settle(self, mode=file_mode(self.mode, "mode"))


def key_paths(items: Mapping[str, str] | Sequence[KeyToPath]) -> tuple[KeyToPath, ...]:
    """The items in their full form, each path once."""
    if isinstance(items, Mapping):
        full: list[KeyToPath] = []
        for key, path in items.items():
            with within(f"items[{key!r}]"):
                full.append(KeyToPath(key, path))
    else:
        full = list(items)
    check_files(("items", item.path) for item in full)
    return tuple(full)


@dataclass(frozen=True, kw_only=True)
class ConfigMapVolume(VolumeSource):
    """The keys of a ConfigMap as files.

    Args:
        name: of the ConfigMap.
        items: keys and the paths of their files, ``{"key": "path"}`` or `KeyToPath` values; default all keys.
        default_mode: ``0o440`` or ``"0440"``; default 0o644.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "ConfigMapVolumeSource"
    source_key: ClassVar[str] = "configMap"
    name: str = field(kw_only=False)
    items: Mapping[str, str] | Sequence[KeyToPath] = ()
    default_mode: int | str | None = None
    optional: bool | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.name, "name")
        settle(self, items=key_paths(self.items), default_mode=file_mode(self.default_mode, "default_mode"))


@dataclass(frozen=True, kw_only=True)
class SecretVolume(VolumeSource):
    """The keys of a Secret as files, in memory.

    Args:
        secret_name: of the Secret.
        items: keys and the paths of their files, ``{"key": "path"}`` or `KeyToPath` values; default all keys.
        default_mode: ``0o440`` or ``"0440"``; default 0o644.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "SecretVolumeSource"
    source_key: ClassVar[str] = "secret"
    secret_name: str = field(kw_only=False)
    items: Mapping[str, str] | Sequence[KeyToPath] = ()
    default_mode: int | str | None = None
    optional: bool | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.secret_name, "secret_name")
        settle(self, items=key_paths(self.items), default_mode=file_mode(self.default_mode, "default_mode"))


@dataclass(frozen=True, kw_only=True)
class PersistentVolumeClaim(VolumeSource):
    """A claim that is there already.

    Args:
        claim_name: of the PersistentVolumeClaim.
        read_only: for every container.
    """

    kubernetes: ClassVar[str] = "PersistentVolumeClaimVolumeSource"
    source_key: ClassVar[str] = "persistentVolumeClaim"
    claim_name: str = field(kw_only=False)
    read_only: bool | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.claim_name, "claim_name")


@dataclass(frozen=True, kw_only=True)
class HostPath(VolumeSource):
    """A file or directory of the node: Pod Security ``baseline`` forbids it.

    Args:
        path: on the node.
        type: what has to be there, such as ``"Directory"``; default no check.
        because: the reason why a container may have the socket of the node's container runtime, by which it is root on
            the node; not rendered. https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
    """

    kubernetes: ClassVar[str] = "HostPathVolumeSource"
    source_key: ClassVar[str] = "hostPath"
    path: str = field(kw_only=False)
    type: HostPathType | None = None
    because: str | None = field(default=None, repr=False)
    json_names: ClassVar[Mapping[str, str]] = {"because": ""}

    def __post_init__(self) -> None:
        _check_path(self.path)
        if self.because is not None and not self.because.strip():
            raise InvalidValue(
                f"because must be the reason why a container may have {self.path!r}, got {self.because!r}"
            )
        if self.because is None and is_runtime_socket(self.path):
            raise InvalidValue(
                f"path must not be the socket of the node's container runtime, got {self.path!r}: a container that has "
                'it is root on the node; ask the Kubernetes API instead, or give because="<reason>"'
            )


@dataclass(frozen=True, kw_only=True)
class ImageVolume(VolumeSource):
    """The files of an image, read-only. On by default since Kubernetes 1.35; a server without it drops it in silence.

    Args:
        reference: of the image.
        pull_policy: default as for a container.
    """

    kubernetes: ClassVar[str] = "ImageVolumeSource"
    source_key: ClassVar[str] = "image"
    reference: str = field(kw_only=False)
    pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None

    def __post_init__(self) -> None:
        reference_of(self.reference, "reference")


#: the sockets by which programs ask Docker, containerd, CRI-O and Podman
_RUNTIME_SOCKET = re.compile(
    r"(/var)?/run/(docker|cri-dockerd|podman/podman|crio/crio|containerd/containerd|k3s/containerd/containerd)\.sock"
    r"|\\\\\.\\pipe\\(docker_engine|containerd-containerd)"
)


def is_runtime_socket(path: str) -> bool:
    """Whether a path of a node is the socket of its container runtime."""
    # of Windows it is a pipe, whose name has its own form
    return any(_RUNTIME_SOCKET.fullmatch(one) for one in (path, normalised_path(path)))


def _check_path(path: str) -> None:
    if not path or ".." in path.split("/") or control_characters(path):
        raise InvalidValue(f"path must be a path without '..' and control characters, got {path!r}")
    # of Windows: `C:\\data`, and a pipe such as `\\\\.\\pipe\\docker_engine`
    if not re.match(r"/|\\|[A-Za-z]:[\\/]", path):
        raise InvalidValue(f"path must be an absolute path of the node, got {path!r}; write {'/' + path!r}")
