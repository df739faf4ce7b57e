"""Containers of a pod. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import ClassVar, Literal

from patterns.model.api_value import ApiValue
from patterns.model.container_checks import check_container
from patterns.model.env import EnvFrom, EnvVar, variables_of
from patterns.model.env_source import ConfigMapKey, FieldPath, FileKey, ResourceField, SecretKey
from patterns.model.lifecycle import Lifecycle
from patterns.model.mount import VolumeDevice, VolumeMount
from patterns.model.policies import ResizePolicy, RestartRule
from patterns.model.port import ContainerPort
from patterns.model.probe import Probe
from patterns.model.resources import ResourceRequirements
from patterns.model.security_context import SecurityContext
from patterns.model.value import dataclass, settle, within
from patterns.model.volume import Volume


@dataclass(frozen=True, kw_only=True)
class Container(ApiValue):
    """A container of a pod.

    Args:
        name: DNS-1123 label.
        image: reference of the image.
        command: program and first arguments instead of the image's entry point; no shell. ``$(VAR)`` is expanded.
        args: arguments instead of the image's.
        working_dir: absolute path; default the image's.
        ports: numbers, or `ContainerPort` values.
        env_from: ConfigMaps and Secrets of which all keys become variables.
        env: ``{"NAME": "text", "PASSWORD": SecretKey("es", "password")}``, or `EnvVar` values.
        resources: requests and limits.
        resize_policy: what happens when resources are changed in place; on by default since Kubernetes 1.33.
        restart_policy: ``"Always"`` makes an init container a native sidecar; others since Kubernetes 1.35.
        restart_policy_rules: exit codes that restart it, beside a ``restart_policy``; since Kubernetes 1.35.
        volume_mounts: volumes and where the container sees them.
        volume_devices: raw block devices.
        liveness_probe: after its failures the container is restarted.
        readiness_probe: while it fails, Services pass the pod over.
        startup_probe: the others wait until it has succeeded once.
        lifecycle: hooks after the start and before the stop.
        termination_message_path: absolute path of a file whose text shows in the pod's status.
        termination_message_policy: ``"File"`` (default) or ``"FallbackToLogsOnError"``.
        image_pull_policy: default ``IfNotPresent``, and ``Always`` without a tag or with ``:latest``.
        security_context: permissions.
        stdin, stdin_once, tty: for a container that somebody attaches to.
        not_secret: the reason why an argument that looks like a secret is none; not rendered.

    Raises:
        InvalidValue: for a bad value, or two that cannot both be in one container.
        WrongType: for a dict or another type where a value belongs.
    """

    kubernetes: ClassVar[str] = "Container"
    json_names: ClassVar[Mapping[str, str]] = {"not_secret": ""}
    name: str
    image: str
    restart_policy: Literal["Always", "OnFailure", "Never"] | None = None
    restart_policy_rules: Sequence[RestartRule] = ()
    command: Sequence[str] = ()
    args: Sequence[str] = ()
    working_dir: str | None = None
    ports: Sequence[int | ContainerPort] = ()
    env_from: Sequence[EnvFrom] = ()
    env: Mapping[str, str | SecretKey | ConfigMapKey | FieldPath | ResourceField | FileKey] | Sequence[EnvVar] = ()
    resources: ResourceRequirements | None = None
    resize_policy: Sequence[ResizePolicy] = ()
    volume_mounts: Sequence[VolumeMount] = ()
    volume_devices: Sequence[VolumeDevice] = ()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    termination_message_path: str | None = None
    termination_message_policy: Literal["File", "FallbackToLogsOnError"] | None = None
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    security_context: SecurityContext | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    tty: bool | None = None
    not_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.ports:
            settle(self, ports=_ports(self.ports))
        if self.env:
            settle(self, env=variables_of(self.env))
        check_container(self)

    def container_ports(self) -> tuple[ContainerPort, ...]:
        """The ports in their full form."""
        return tuple(port for port in self.ports if isinstance(port, ContainerPort))

    def env_vars(self) -> tuple[EnvVar, ...]:
        """The variables in their full form."""
        return tuple(variable for variable in self.env if isinstance(variable, EnvVar))

    def volumes(self) -> tuple[Volume, ...]:
        """The volumes that the container mounts or uses as devices, each once; claim templates are not among them."""
        places = [*(m.volume for m in self.volume_mounts), *(d.volume for d in self.volume_devices)]
        return tuple({v.name: v for v in places if isinstance(v, Volume)}.values())


def _ports(ports: Sequence[int | ContainerPort]) -> tuple[ContainerPort, ...]:
    full: list[ContainerPort] = []
    for index, port in enumerate(ports):
        if isinstance(port, ContainerPort):
            full.append(port)
        else:
            with within(f"ports[{index}]"):
                full.append(ContainerPort(port))
    return tuple(full)
