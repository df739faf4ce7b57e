"""Typed values of a pod that render to plain Kubernetes JSON. Standard library only.

A module is imported when a name of it is first asked for: most programs use a few of the values. Type checkers read
`__init__.pyi`.
"""

from importlib import import_module

_PLACES = {
    "ApiValue": "patterns.model.api_value",
    "AppArmorProfile": "patterns.model.security_context",
    "Capabilities": "patterns.model.security_context",
    "ClusterTrustBundle": "patterns.model.projected",
    "ConfigMapKey": "patterns.model.env_source",
    "ConfigMapProjection": "patterns.model.projected",
    "ConfigMapVolume": "patterns.model.volume_source",
    "Container": "patterns.model.container",
    "ContainerPort": "patterns.model.port",
    "Csi": "patterns.model.storage",
    "DownwardApi": "patterns.model.projected",
    "DownwardApiFile": "patterns.model.projected",
    "DownwardApiProjection": "patterns.model.projected",
    "EmptyDir": "patterns.model.volume_source",
    "EnvFrom": "patterns.model.env",
    "EnvSource": "patterns.model.env",
    "EnvVar": "patterns.model.env",
    "Ephemeral": "patterns.model.storage",
    "Exec": "patterns.model.handler",
    "Fc": "patterns.model.storage",
    "FieldPath": "patterns.model.env_source",
    "FileKey": "patterns.model.env_source",
    "FileMode": "patterns.model.paths",
    "Grpc": "patterns.model.handler",
    "Handler": "patterns.model.handler",
    "HookHandler": "patterns.model.handler",
    "HostPath": "patterns.model.volume_source",
    "HttpGet": "patterns.model.handler",
    "HttpHeader": "patterns.model.handler",
    "ImageReference": "patterns.model.image",
    "ImageVolume": "patterns.model.volume_source",
    "Iscsi": "patterns.model.storage",
    "Json": "patterns.model.json",
    "JsonObject": "patterns.model.json",
    "KeyToPath": "patterns.model.volume_source",
    "Lifecycle": "patterns.model.lifecycle",
    "Nfs": "patterns.model.storage",
    "OtherVolume": "patterns.model.storage",
    "PersistentVolumeClaim": "patterns.model.volume_source",
    "PodCertificate": "patterns.model.projected",
    "PodSecurityContext": "patterns.model.security_context",
    "Probe": "patterns.model.probe",
    "Projected": "patterns.model.projected",
    "ProjectedSource": "patterns.model.projected",
    "Quantity": "patterns.model.quantity",
    "ResizePolicy": "patterns.model.policies",
    "ResourceClaim": "patterns.model.resources",
    "ResourceField": "patterns.model.env_source",
    "ResourceRequirements": "patterns.model.resources",
    "RestartRule": "patterns.model.policies",
    "SELinuxOptions": "patterns.model.security_context",
    "SeccompProfile": "patterns.model.security_context",
    "SecretKey": "patterns.model.env_source",
    "SecretProjection": "patterns.model.projected",
    "SecretVolume": "patterns.model.volume_source",
    "Security": "patterns.model.security",
    "SecurityContext": "patterns.model.security_context",
    "ServiceAccountToken": "patterns.model.projected",
    "Sleep": "patterns.model.handler",
    "Sysctl": "patterns.model.security_context",
    "TcpSocket": "patterns.model.handler",
    "Value": "patterns.model.value",
    "Volume": "patterns.model.volume",
    "VolumeDevice": "patterns.model.mount",
    "VolumeMount": "patterns.model.mount",
    "VolumeSource": "patterns.model.volume_source",
    "WindowsOptions": "patterns.model.security_context",
    "image_reference": "patterns.model.image",
    "literal": "patterns.model.env",
}

__all__ = list(_PLACES)  # pyright: ignore[reportUnsupportedDunderAll]


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})


def __getattr__(name: str) -> object:
    module = _PLACES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(module), name)
    return value
