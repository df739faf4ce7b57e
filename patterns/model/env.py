"""Environment variables: a literal, or one typed source.

https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.json import JsonObject
from patterns.model.names import config_map_key, dns_label, dns_subdomain, env_name, process_text
from patterns.model.paths import relative_path
from patterns.model.quantity import quantity
from patterns.model.secrets import check_variable
from patterns.model.value import within

#: what a container can learn of its own pod: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
_POD_FIELDS = ("metadata.name", "metadata.namespace", "metadata.uid")
_RUNNING_FIELDS = (
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
# as the kubelet reads it: a dollar takes the next character with it, so that `$$(A)` is the text `$(A)`
# https://pkg.go.dev/k8s.io/kubernetes/third_party/forked/golang/expansion
_REFERENCE = re.compile(r"\$(?:\((?P<name>[^)]*)\)|.)", re.DOTALL)
_RESOURCES = tuple(
    f"{kind}.{name}" for kind in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)


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
        keyed = re.fullmatch(r"metadata\.(?:labels|annotations)\['([^']+)'\]", self.path)
        volume_only = ("metadata.labels", "metadata.annotations")
        if not keyed and self.path not in (*_POD_FIELDS, *_RUNNING_FIELDS, *volume_only):
            from patterns.model.fields import nearest

            near = nearest(self.path, (*_POD_FIELDS, *_RUNNING_FIELDS))
            hint = f"; did you mean {near!r}" if near else ""
            raise InvalidValue(
                f"path must be one of {', '.join((*_POD_FIELDS, *_RUNNING_FIELDS))}, metadata.labels['<key>'] or "
                f"metadata.annotations['<key>'], got {self.path!r}{hint}"
            )

    def check_in_env(self) -> None:
        """Raises: InvalidValue for what only a volume can hold: all labels, or all annotations."""
        if self.path in ("metadata.labels", "metadata.annotations"):
            raise InvalidValue(
                f"path must name one key in a variable, got {self.path!r}; write \"{self.path}['<key>']\""
            )

    def check_in_volume(self) -> None:
        """Raises: InvalidValue for what only a variable can hold, because it is known when the pod runs."""
        if self.path in _RUNNING_FIELDS:
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
        divisor: unit of the number, such as ``"1Mi"`` or ``"1m"``; default 1.
    """

    kubernetes: ClassVar[str] = "ResourceFieldSelector"
    source_key: ClassVar[str] = "resourceFieldRef"
    resource: str = field(kw_only=False)
    container_name: str | None = None
    divisor: str | int | None = None

    def __post_init__(self) -> None:
        if self.resource not in _RESOURCES and not re.fullmatch(r"(limits|requests)\.hugepages-\w+", self.resource):
            raise InvalidValue(
                f"resource must be one of {', '.join(_RESOURCES)} or limits.hugepages-<size>, got {self.resource!r}"
            )
        if self.container_name is not None:
            dns_label(self.container_name, "container_name")
        if self.divisor is not None and quantity(self.divisor, "divisor").numerator == 0:
            raise InvalidValue("divisor must be more than 0, got 0")


@dataclass(frozen=True, kw_only=True)
class FileKey(ApiValue):
    """One key of an env file that an init container has written. Alpha in Kubernetes 1.34, behind ``EnvFiles``.

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


#: where a variable's value comes from
EnvSource: TypeAlias = "SecretKey | ConfigMapKey | FieldPath | ResourceField | FileKey"


@dataclass(frozen=True, kw_only=True)
class EnvVar(ApiValue):
    """An environment variable.

    Kubernetes expands ``$(NAME)`` in a literal; `literal` keeps it from that.

    Args:
        name: a C identifier, as shells read it.
        value: the text itself, or its one source.
        classic_name: allow dashes and dots in the name too.
        not_secret: the reason why a literal that looks like a secret is none; not rendered.

    Raises:
        InvalidValue: for a bad name, a NUL character, or a literal that looks like a secret.
    """

    kubernetes: ClassVar[str] = "EnvVar"
    json_names: ClassVar[dict[str, str]] = {"classic_name": "", "not_secret": ""}
    also: ClassVar[dict[str, str]] = {"valueFrom": "value"}
    name: str = field(kw_only=False)
    value: str | SecretKey | ConfigMapKey | FieldPath | ResourceField | FileKey = field(kw_only=False)
    classic_name: bool = False
    not_secret: str | None = None

    def __post_init__(self) -> None:
        env_name(self.name, "name", classic=self.classic_name)
        if isinstance(self.value, FieldPath):
            self.value.check_in_env()
        elif isinstance(self.value, str):
            process_text(self.value, "value")
            if self.not_secret is None:
                check_variable(self.name, self.value)
            elif not self.not_secret.strip():
                raise InvalidValue(
                    "not_secret must give the reason why the value is no secret, got " + repr(self.not_secret)
                )

    def render(self) -> JsonObject:
        """The variable as it stands in ``env``."""
        value = self.value
        if isinstance(value, str):
            result: JsonObject = {"name": self.name, "value": value}
        else:
            result = {"name": self.name, "valueFrom": {value.source_key: value.render()}}
        self.add_extra(result)
        return result


@dataclass(frozen=True, kw_only=True)
class EnvFrom(ApiValue):
    """All keys of a ConfigMap or a Secret as environment variables.

    Args:
        config_map: name of a ConfigMap.
        secret: name of a Secret; exactly one of both.
        prefix: put before every key.
        optional: start without it when it is not there.
    """

    kubernetes: ClassVar[str] = "EnvFromSource"
    json_names: ClassVar[dict[str, str]] = {"config_map": "configMapRef", "secret": "secretRef", "optional": ""}
    config_map: str | None = None
    secret: str | None = None
    prefix: str | None = None
    optional: bool | None = None

    def __post_init__(self) -> None:
        if (self.config_map is None) == (self.secret is None):
            raise InvalidValue("give either config_map= or secret=")
        if self.config_map is not None:
            dns_subdomain(self.config_map, "config_map")
        if self.secret is not None:
            dns_subdomain(self.secret, "secret")
        if self.prefix:
            env_name(self.prefix, "prefix", classic=True)

    def render(self) -> JsonObject:
        """The source as it stands in ``envFrom``."""
        key, name = ("configMapRef", self.config_map) if self.config_map is not None else ("secretRef", self.secret)
        result: JsonObject = {} if self.prefix is None else {"prefix": self.prefix}
        result[key] = {"name": name} if self.optional is None else {"name": name, "optional": self.optional}
        self.add_extra(result)
        return result


def variables_of(env: Mapping[str, str | EnvSource] | Sequence[EnvVar]) -> tuple[EnvVar, ...]:
    """``env=`` in its full form."""
    if not isinstance(env, Mapping):
        return tuple(env)
    full: list[EnvVar] = []
    for name, value in env.items():
        with within(f"env[{name!r}]"):
            full.append(EnvVar(name, value))
    return tuple(full)


def variables_in(text: str) -> tuple[str, ...]:
    """The names in ``$(NAME)`` of a text that Kubernetes expands, each once, in order."""
    names = (reference["name"] for reference in _REFERENCE.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def literal(text: str) -> str:
    """Text that Kubernetes leaves as it is: ``$(VAR)`` in arguments and variables is written ``$$(VAR)``.

    https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    # a dollar before a dollar is an escape by itself, so each one that leads to a bracket is doubled
    return re.sub(r"\$+(?=\(|\$)", lambda dollars: dollars[0] * 2, text)
