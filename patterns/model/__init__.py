"""Typed values of a pod that render to plain Kubernetes JSON. Standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patterns.model.api_value import ApiValue
from patterns.model.container import Container
from patterns.model.env import EnvFrom, EnvSource, EnvVar, literal
from patterns.model.env_source import ConfigMapKey, FieldPath, FileKey, ResourceField, SecretKey
from patterns.model.handler import Exec, Grpc, Handler, HookHandler, HttpGet, HttpHeader, Sleep, TcpSocket
from patterns.model.image import ImageReference, image_reference
from patterns.model.json import Json, JsonObject
from patterns.model.lifecycle import Lifecycle
from patterns.model.mount import VolumeDevice, VolumeMount
from patterns.model.paths import FileMode
from patterns.model.policies import ResizePolicy, RestartRule
from patterns.model.port import ContainerPort
from patterns.model.probe import Probe
from patterns.model.quantity import Quantity
from patterns.model.resources import ResourceClaim, ResourceRequirements
from patterns.model.security import Security
from patterns.model.security_context import (
    AppArmorProfile,
    Capabilities,
    PodSecurityContext,
    SeccompProfile,
    SecurityContext,
    SELinuxOptions,
    Sysctl,
    WindowsOptions,
)
from patterns.model.value import Value
from patterns.model.volume import Volume
from patterns.model.volume_source import (
    ConfigMapVolume,
    EmptyDir,
    HostPath,
    ImageVolume,
    KeyToPath,
    PersistentVolumeClaim,
    SecretVolume,
    VolumeSource,
)

if TYPE_CHECKING:
    from patterns.model.projected import (
        ClusterTrustBundle,
        ConfigMapProjection,
        DownwardApi,
        DownwardApiFile,
        DownwardApiProjection,
        PodCertificate,
        Projected,
        ProjectedSource,
        SecretProjection,
        ServiceAccountToken,
    )
    from patterns.model.storage import Csi, Ephemeral, Fc, Iscsi, Nfs, OtherVolume
else:
    # the rare volume sources cost a third of the import, and most programs use none of them
    _LATER = {
        **dict.fromkeys(
            (
                "ClusterTrustBundle",
                "ConfigMapProjection",
                "DownwardApi",
                "DownwardApiFile",
                "DownwardApiProjection",
                "PodCertificate",
                "Projected",
                "ProjectedSource",
                "SecretProjection",
                "ServiceAccountToken",
            ),
            "projected",
        ),
        **dict.fromkeys(
            ("Csi", "Ephemeral", "Fc", "Iscsi", "Nfs", "OtherVolume"),
            "storage",
        ),
    }

    def __getattr__(name: str) -> type:
        from importlib import import_module

        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found: type = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = found
        return found


__all__ = [
    "ApiValue",
    "AppArmorProfile",
    "Capabilities",
    "ClusterTrustBundle",
    "ConfigMapKey",
    "ConfigMapProjection",
    "ConfigMapVolume",
    "Container",
    "ContainerPort",
    "Csi",
    "DownwardApi",
    "DownwardApiFile",
    "DownwardApiProjection",
    "EmptyDir",
    "EnvFrom",
    "EnvSource",
    "EnvVar",
    "Ephemeral",
    "Exec",
    "Fc",
    "FieldPath",
    "FileKey",
    "FileMode",
    "Grpc",
    "Handler",
    "HookHandler",
    "HostPath",
    "HttpGet",
    "HttpHeader",
    "ImageReference",
    "ImageVolume",
    "Iscsi",
    "Json",
    "JsonObject",
    "KeyToPath",
    "Lifecycle",
    "Nfs",
    "OtherVolume",
    "PersistentVolumeClaim",
    "PodCertificate",
    "PodSecurityContext",
    "Probe",
    "Projected",
    "ProjectedSource",
    "Quantity",
    "ResizePolicy",
    "ResourceClaim",
    "ResourceField",
    "ResourceRequirements",
    "RestartRule",
    "SELinuxOptions",
    "SeccompProfile",
    "SecretKey",
    "SecretProjection",
    "SecretVolume",
    "Security",
    "SecurityContext",
    "ServiceAccountToken",
    "Sleep",
    "Sysctl",
    "TcpSocket",
    "Value",
    "Volume",
    "VolumeDevice",
    "VolumeMount",
    "VolumeSource",
    "WindowsOptions",
    "image_reference",
    "literal",
]
