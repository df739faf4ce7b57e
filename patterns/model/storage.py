"""Volume sources of storage systems, and the old ones that only have their names checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.fields import checked, fields_of, nearest
from patterns.model.frozen import FrozenMap, thaw, written
from patterns.model.json import Json, JsonObject
from patterns.model.names import annotation_key, dns_subdomain, label_key, label_value, whole_number
from patterns.model.paths import absolute_path
from patterns.model.quantity import whole_bytes
from patterns.model.value import dataclass
from patterns.model.volume_source import VolumeSource


@dataclass(frozen=True, kw_only=True)
class Nfs(VolumeSource):
    """A directory of an NFS server.

    Args:
        server: host name or address.
        path: absolute, on the server.
        read_only: for every container.
    """

    kubernetes: ClassVar[str] = "NFSVolumeSource"
    source_key: ClassVar[str] = "nfs"
    server: str
    path: str
    read_only: bool | None = None

    def __post_init__(self) -> None:
        if not self.server:
            raise InvalidValue("server must not be empty")
        absolute_path(self.path, "path")


@dataclass(frozen=True, kw_only=True)
class Csi(VolumeSource):
    """A volume that a CSI driver makes for the pod alone.

    Args:
        driver: name of the driver.
        read_only: for every container.
        fs_type: such as ``"ext4"``; default the driver's.
        volume_attributes: for the driver.
        node_publish_secret: name of a Secret for the driver.
    """

    kubernetes: ClassVar[str] = "CSIVolumeSource"
    source_key: ClassVar[str] = "csi"
    json_names: ClassVar[Mapping[str, str]] = {"node_publish_secret": ""}
    also: ClassVar[Mapping[str, str]] = {"nodePublishSecretRef": "node_publish_secret"}
    driver: str
    read_only: bool | None = None
    fs_type: str | None = None
    volume_attributes: Mapping[str, str] = FrozenMap[str]()
    node_publish_secret: str | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.driver, "driver")
        if self.node_publish_secret is not None:
            dns_subdomain(self.node_publish_secret, "node_publish_secret")

    def render(self) -> JsonObject:
        """The source as it stands in the volume."""
        result = super().render()
        if self.node_publish_secret is not None:
            result["nodePublishSecretRef"] = {"name": self.node_publish_secret}
        return result


@dataclass(frozen=True, kw_only=True)
class Iscsi(VolumeSource):
    """A disk of an iSCSI target.

    Args:
        target_portal: address and port.
        iqn: of the target.
        lun: 0-255.
        portals: further addresses.
        fs_type: such as ``"ext4"``.
        read_only: for every container.
        iscsi_interface: default ``"default"``.
        initiator_name: default the node's.
        chap_auth_discovery, chap_auth_session: whether to authenticate.
        secret: name of a Secret with the user and password.
    """

    kubernetes: ClassVar[str] = "ISCSIVolumeSource"
    source_key: ClassVar[str] = "iscsi"
    json_names: ClassVar[Mapping[str, str]] = {"secret": ""}
    also: ClassVar[Mapping[str, str]] = {"secretRef": "secret"}
    target_portal: str
    portals: Sequence[str] = ()
    iqn: str
    lun: int
    fs_type: str | None = None
    read_only: bool | None = None
    iscsi_interface: str | None = None
    initiator_name: str | None = None
    chap_auth_discovery: bool | None = None
    chap_auth_session: bool | None = None
    secret: str | None = None

    def __post_init__(self) -> None:
        whole_number(self.lun, "lun", 0, 255)
        if not self.iqn.startswith(("iqn.", "eui.", "naa.")):
            raise InvalidValue(f"iqn must begin with 'iqn.', 'eui.' or 'naa.', got {self.iqn!r}")
        if (self.chap_auth_discovery or self.chap_auth_session) and self.secret is None:
            raise InvalidValue("secret must be given where chap_auth_discovery or chap_auth_session is True")

    def render(self) -> JsonObject:
        """The source as it stands in the volume."""
        result = super().render()
        if self.secret is not None:
            result["secretRef"] = {"name": self.secret}
        return result


@dataclass(frozen=True, kw_only=True)
class Fc(VolumeSource):
    """A Fibre Channel disk.

    Args:
        target_wwns: world wide names of the targets, with a ``lun``.
        lun: 0-255.
        wwids: world wide identifiers, instead of targets and lun.
        fs_type: such as ``"ext4"``.
        read_only: for every container.
    """

    kubernetes: ClassVar[str] = "FCVolumeSource"
    source_key: ClassVar[str] = "fc"
    target_wwns: Sequence[str] = ()
    lun: int | None = None
    wwids: Sequence[str] = ()
    fs_type: str | None = None
    read_only: bool | None = None

    def __post_init__(self) -> None:
        whole_number(self.lun, "lun", 0, 255)
        if bool(self.target_wwns) == bool(self.wwids):
            raise InvalidValue("give either target_wwns= with lun=, or wwids=")
        if self.target_wwns and self.lun is None:
            raise InvalidValue("lun must be given with target_wwns")


@dataclass(frozen=True, kw_only=True)
class Ephemeral(VolumeSource):
    """A claim that is made with the pod and goes with it.

    Args:
        size: quantity such as 10Gi.
        access_modes: default ``ReadWriteOnce``.
        storage_class_name: default the cluster's.
        volume_mode: ``"Filesystem"`` (Kubernetes' default) or ``"Block"``.
        volume_attributes_class_name: see https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/
        labels, annotations: of the claim.
        extra: further fields of the claim's spec.
    """

    kubernetes: ClassVar[str] = "PersistentVolumeClaimSpec"
    source_key: ClassVar[str] = "ephemeral"
    json_names: ClassVar[Mapping[str, str]] = {"size": "", "labels": "", "annotations": ""}
    also: ClassVar[Mapping[str, str]] = {"resources": "size"}
    access_modes: Sequence[Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]] = (
        "ReadWriteOnce",
    )
    storage_class_name: str | None = None
    volume_mode: Literal["Filesystem", "Block"] | None = None
    volume_attributes_class_name: str | None = None
    size: str | int
    labels: Mapping[str, str] = FrozenMap[str]()
    annotations: Mapping[str, str] = FrozenMap[str]()

    def __post_init__(self) -> None:
        if whole_bytes(self.size, "size").numerator == 0:
            raise InvalidValue(f"size must be more than 0, got {self.size!r}; write such as 10Gi")
        if not self.access_modes:
            raise InvalidValue("access_modes must name at least one mode, such as 'ReadWriteOnce'")
        if "ReadWriteOncePod" in self.access_modes and len(set(self.access_modes)) > 1:
            raise InvalidValue(
                f"access_modes must not have another mode beside 'ReadWriteOncePod', got {list(self.access_modes)}"
            )
        if self.storage_class_name:
            dns_subdomain(self.storage_class_name, "storage_class_name")
        for key, value in self.labels.items():
            label_key(key, f"labels: key {key!r}")
            label_value(value, f"labels[{key!r}]")
        for key in self.annotations:
            annotation_key(key, f"annotations: key {key!r}")

    def render(self) -> JsonObject:
        """The source as it stands in the volume: a whole claim template."""
        spec = super().render()
        spec["resources"] = {"requests": {"storage": self.size}}
        metadata: JsonObject = {}
        if self.labels:
            metadata["labels"] = {**self.labels}
        if self.annotations:
            metadata["annotations"] = {**self.annotations}
        return {"volumeClaimTemplate": {"metadata": metadata, "spec": spec} if metadata else {"spec": spec}}


#: sources of drivers that Kubernetes has taken out or is about to, and their types
OTHER_SOURCES: Mapping[str, str] = {
    "awsElasticBlockStore": "AWSElasticBlockStoreVolumeSource",
    "azureDisk": "AzureDiskVolumeSource",
    "azureFile": "AzureFileVolumeSource",
    "cephfs": "CephFSVolumeSource",
    "cinder": "CinderVolumeSource",
    "flexVolume": "FlexVolumeSource",
    "flocker": "FlockerVolumeSource",
    "gcePersistentDisk": "GCEPersistentDiskVolumeSource",
    "gitRepo": "GitRepoVolumeSource",
    "glusterfs": "GlusterfsVolumeSource",
    "photonPersistentDisk": "PhotonPersistentDiskVolumeSource",
    "portworxVolume": "PortworxVolumeSource",
    "quobyte": "QuobyteVolumeSource",
    "rbd": "RBDVolumeSource",
    "scaleIO": "ScaleIOVolumeSource",
    "storageos": "StorageOSVolumeSource",
    "vsphereVolume": "VsphereVirtualDiskVolumeSource",
}


@dataclass(frozen=True, kw_only=True)
class OtherVolume(VolumeSource):
    """A source of the old in-tree drivers, in Kubernetes' own JSON; its field names are checked.

    Args:
        kind: key in the volume, such as ``"rbd"``.
        source: what stands under it.
    """

    kind: str = field(kw_only=False)
    source: Mapping[str, Json] = field(kw_only=False)

    def __post_init__(self) -> None:
        if self.kind not in OTHER_SOURCES:
            near = nearest(self.kind, OTHER_SOURCES)
            own = self.kind in fields_of("Volume")
            hint = "; it has a class of its own" if own else f"; did you mean {near!r}" if near else ""
            raise InvalidValue(f"kind must be one of {', '.join(OTHER_SOURCES)}, got {self.kind!r}{hint}")
        problem = checked(OTHER_SOURCES[self.kind], {key: thaw(value) for key, value in self.source.items()})
        if problem:
            raise InvalidValue(f"source: {problem}")

    def key(self) -> str:
        """The key in the volume."""
        return self.kind

    def render(self) -> JsonObject:
        """The source as it was given."""
        return {key: written(value) for key, value in self.source.items() if value is not None}
