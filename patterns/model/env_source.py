"""Where the value of an environment variable comes from.

https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import ClassVar

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.names import annotation_key, config_map_key, dns_label, dns_subdomain, env_name, label_key
from patterns.model.paths import relative_path
from patterns.model.quantity import Quantity, page_size, quantity
from patterns.model.value import dataclass

#: what a container can learn of its own pod: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
POD_FIELDS = ("metadata.name", "metadata.namespace", "metadata.uid")
RUNNING_FIELDS = (
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_RESOURCES = tuple(
    f"{kind}.{name}" for kind in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)
#: units in which the server gives the number: `validContainerResourceDivisorForCPU` and its like in `validation.go`
CPU_UNITS = ("1", "1m")
BYTE_UNITS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")


@dataclass(frozen=True, kw_only=True)
class SecretKey(ApiValue):
    """One key of a Secret of the pod's namespace.

    Args:
        name: of the Secret.
        key: in the Secret.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "SecretKeySelector"
    source_key: ClassVar[str] = "secretKeyRef"
    name: str = field(kw_only=False)
    key: str = field(kw_only=False)
    optional: bool | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.name, "name")
        config_map_key(self.key, "key")


@dataclass(frozen=True, kw_only=True)
class ConfigMapKey(ApiValue):
    """One key of a ConfigMap of the pod's namespace.

    Args:
        name: of the ConfigMap.
        key: in the ConfigMap.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "ConfigMapKeySelector"
    source_key: ClassVar[str] = "configMapKeyRef"
    name: str = field(kw_only=False)
    key: str = field(kw_only=False)
    optional: bool | None = None

    def __post_init__(self) -> None:
        dns_subdomain(self.name, "name")
        config_map_key(self.key, "key")


@dataclass(frozen=True, kw_only=True)
class FieldPath(ApiValue):
    """A field of the pod itself, such as ``status.podIP`` or ``metadata.labels['app']``.

    Args:
        path: from the closed list that Kubernetes knows.
        api_version: of the path; default ``v1``.
    """

    kubernetes: ClassVar[str] = "ObjectFieldSelector"
    source_key: ClassVar[str] = "fieldRef"
    json_names: ClassVar[dict[str, str]] = {"path": "fieldPath"}
    path: str = field(kw_only=False)
    api_version: str | None = None

    def __post_init__(self) -> None:
        keyed = re.fullmatch(r"metadata\.(labels|annotations)\['([^']*)'\]", self.path)
        volume_only = ("metadata.labels", "metadata.annotations")
        if not keyed and self.path not in (*POD_FIELDS, *RUNNING_FIELDS, *volume_only):
            from patterns.model.fields import nearest

            near = nearest(self.path, (*POD_FIELDS, *RUNNING_FIELDS))
            hint = f"; did you mean {near!r}" if near else ""
            raise InvalidValue(
                f"path must be one of {', '.join((*POD_FIELDS, *RUNNING_FIELDS))}, metadata.labels['<key>'] or "
                f"metadata.annotations['<key>'], got {self.path!r}{hint}"
            )
        if keyed:
            check = label_key if keyed[1] == "labels" else annotation_key
            check(keyed[2], f"the key in {self.path}")

    def check_in_env(self) -> None:
        """Raises: InvalidValue for what only a volume can hold: all labels, or all annotations."""
        if self.path in ("metadata.labels", "metadata.annotations"):
            raise InvalidValue(
                f"path must name one key in a variable, got {self.path!r}; write \"{self.path}['<key>']\""
            )

    def check_in_volume(self) -> None:
        """Raises: InvalidValue for what only a variable can hold, because it is known when the pod runs."""
        if self.path in RUNNING_FIELDS:
            raise InvalidValue(
                f"path must be a field of metadata in a volume, got {self.path!r}; use a variable for it"
            )


@dataclass(frozen=True, kw_only=True)
class ResourceField(ApiValue):
    """A request or limit of a container, as a number.

    Args:
        resource: ``"limits.memory"``, ``"requests.cpu"``, ``"limits.hugepages-2Mi"`` and so on.
        container_name: whose; default the container's own. Kubernetes takes a name that is not there, and the pod
            never starts.
        divisor: unit of the number: ``1`` or ``"1m"`` of cpu, ``"1k"`` to ``"1E"`` or ``"1Ki"`` to ``"1Ei"`` of the
            others; default 1. It is rounded up.
    """

    kubernetes: ClassVar[str] = "ResourceFieldSelector"
    source_key: ClassVar[str] = "resourceFieldRef"
    resource: str = field(kw_only=False)
    container_name: str | None = None
    divisor: str | int | None = None

    def __post_init__(self) -> None:
        kind, _, name = self.resource.partition(".")
        if name.startswith("hugepages-") and kind in ("limits", "requests"):
            page_size(name, "resource")
        elif self.resource not in _RESOURCES:
            raise InvalidValue(
                f"resource must be one of {', '.join(_RESOURCES)} or limits.hugepages-<size>, got {self.resource!r}"
            )
        if self.container_name is not None:
            dns_label(self.container_name, "container_name")
        if self.divisor is not None:
            units = CPU_UNITS if name == "cpu" else BYTE_UNITS
            given = quantity(self.divisor, "divisor")
            if str(given) not in units:
                near = next((unit for unit in units if Quantity(unit) == given), "")
                hint = f"; write {near!r}" if near else ""
                raise InvalidValue(
                    f"divisor of {self.resource} must be one of {', '.join(units)}, got {self.divisor!r}{hint}"
                )


@dataclass(frozen=True, kw_only=True)
class FileKey(ApiValue):
    """One key of an env file that an init container has written. Beta and on by default since Kubernetes 1.35.

    https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-via-file/

    Args:
        volume_name: of an emptyDir of the pod; the container need not mount it.
        path: of the file in the volume.
        key: in the file.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "FileKeySelector"
    source_key: ClassVar[str] = "fileKeyRef"
    volume_name: str
    path: str
    key: str
    optional: bool | None = None

    def __post_init__(self) -> None:
        dns_label(self.volume_name, "volume_name")
        relative_path(self.path, "path")
        env_name(self.key, "key", classic=True)
