"""Permissions of containers and pods. https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar, Literal

from patterns.errors import InvalidValue
from patterns.model.api_value import ApiValue
from patterns.model.names import numeric_id
from patterns.model.paths import relative_path
from patterns.model.value import dataclass


@dataclass(frozen=True, kw_only=True)
class Capabilities(ApiValue):
    """Linux capabilities, in capitals and without ``CAP_``.

    Args:
        add: given beside the runtime's default ones.
        drop: taken; ``"ALL"`` takes every one.
    """

    kubernetes: ClassVar[str] = "Capabilities"
    add: Sequence[str] = ()
    drop: Sequence[str] = ()

    def __post_init__(self) -> None:
        check_capabilities(self.add, "add")
        check_capabilities(self.drop, "drop")


@dataclass(frozen=True, kw_only=True)
class _Profile(ApiValue):
    type: Literal["RuntimeDefault", "Localhost", "Unconfined"] = field(kw_only=False)
    localhost_profile: str | None = None

    def __post_init__(self) -> None:
        if (self.type == "Localhost") != (self.localhost_profile is not None):
            raise InvalidValue(
                f"localhost_profile must be given with type 'Localhost' and with no other, "
                f"got {self.localhost_profile!r} with {self.type!r}"
            )
        if self.localhost_profile is not None and self.localhost_profile.strip() != (self.localhost_profile or " "):
            raise InvalidValue(
                f"localhost_profile must be a name without blanks around it, got {self.localhost_profile!r}"
            )


@dataclass(frozen=True, kw_only=True)
class SeccompProfile(_Profile):
    """Which system calls a container may make.

    Args:
        type: ``"RuntimeDefault"``, ``"Unconfined"``, or ``"Localhost"`` for a file of the node.
        localhost_profile: path of the file below the kubelet's directory of profiles.
    """

    kubernetes: ClassVar[str] = "SeccompProfile"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.localhost_profile is not None:
            relative_path(self.localhost_profile, "localhost_profile")


@dataclass(frozen=True, kw_only=True)
class AppArmorProfile(_Profile):
    """Which files and abilities AppArmor leaves a container. A field since Kubernetes 1.30.

    Args:
        type: ``"RuntimeDefault"``, ``"Unconfined"``, or ``"Localhost"`` for a profile loaded on the node.
        localhost_profile: name of that profile.
    """

    kubernetes: ClassVar[str] = "AppArmorProfile"


@dataclass(frozen=True, kw_only=True)
class SELinuxOptions(ApiValue):
    """SELinux label of a container: ``user``, ``role``, ``type`` and ``level``."""

    kubernetes: ClassVar[str] = "SELinuxOptions"
    user: str | None = None
    role: str | None = None
    type: str | None = None
    level: str | None = None


@dataclass(frozen=True, kw_only=True)
class WindowsOptions(ApiValue):
    """Permissions on a Windows node.

    Args:
        gmsa_credential_spec_name: of a credential spec in the cluster.
        gmsa_credential_spec: its text.
        run_as_user_name: of a user in the image.
        host_process: run as a process of the node; a whole pod does, or none of it.
    """

    kubernetes: ClassVar[str] = "WindowsSecurityContextOptions"
    gmsa_credential_spec_name: str | None = None
    gmsa_credential_spec: str | None = None
    run_as_user_name: str | None = None
    host_process: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Sysctl(ApiValue):
    """A kernel parameter of the pod's namespaces.

    Args:
        name: such as ``net.ipv4.ip_unprivileged_port_start``.
        value: as text.
    """

    kubernetes: ClassVar[str] = "Sysctl"
    name: str = field(kw_only=False)
    value: str = field(kw_only=False)

    def __post_init__(self) -> None:
        part = "[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
        if len(self.name) > 253 or not re.fullmatch(rf"{part}(?:[./]{part})*", self.name):
            raise InvalidValue(f"name must be a kernel parameter such as 'net.core.somaxconn', got {self.name!r}")


@dataclass(frozen=True, kw_only=True)
class SecurityContext(ApiValue):
    """Permissions of one container; what is set here goes before the pod's.

    Args:
        allow_privilege_escalation: a process may get more rights than its parent; ``False`` sets no_new_privs.
        app_armor_profile: default the runtime's.
        capabilities: default the runtime's.
        privileged: nearly all rights of root on the node.
        proc_mount: ``"Default"``, or ``"Unmasked"`` for nested containers in a user namespace.
        read_only_root_filesystem: what the container writes needs volumes.
        run_as_group: 0 to 2**31-1; default the image's.
        run_as_non_root: the kubelet does not start the container as uid 0.
        run_as_user: 0 to 2**31-1; default the image's.
        se_linux_options: default a random label.
        seccomp_profile: default the node's.
        windows_options: for Windows nodes alone.
    """

    kubernetes: ClassVar[str] = "SecurityContext"
    allow_privilege_escalation: bool | None = None
    privileged: bool | None = None
    capabilities: Capabilities | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    run_as_group: int | None = None
    read_only_root_filesystem: bool | None = None
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None
    proc_mount: Literal["Default", "Unmasked"] | None = None
    se_linux_options: SELinuxOptions | None = None
    windows_options: WindowsOptions | None = None

    def __post_init__(self) -> None:
        check_user(self.run_as_user, self.run_as_group, self.run_as_non_root)
        if self.allow_privilege_escalation is False:
            if self.privileged:
                raise InvalidValue("privileged must not be True with allow_privilege_escalation=False; leave one out")
            if self.capabilities is not None and "SYS_ADMIN" in self.capabilities.add:
                raise InvalidValue(
                    "capabilities must not add 'SYS_ADMIN' with allow_privilege_escalation=False; leave one out"
                )


@dataclass(frozen=True, kw_only=True)
class PodSecurityContext(ApiValue):
    """Permissions of all containers of a pod, and the groups of its volumes.

    Args:
        run_as_non_root, run_as_user, run_as_group, se_linux_options, seccomp_profile, app_armor_profile,
            windows_options: as in `SecurityContext`.
        fs_group: group of the files in volumes, which every container gets beside its own.
        fs_group_change_policy: ``"Always"`` (default) or ``"OnRootMismatch"``, which is faster on large volumes.
        supplemental_groups: further groups of every container.
        supplemental_groups_policy: ``"Merge"`` (default) with the groups of the image, or ``"Strict"``; on by default
            since Kubernetes 1.33.
        se_linux_change_policy: ``"Recursive"``, on by default since Kubernetes 1.33; or ``"MountOption"``, since 1.37.
        sysctls: kernel parameters of the pod.
    """

    kubernetes: ClassVar[str] = "PodSecurityContext"
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    run_as_group: int | None = None
    fs_group: int | None = None
    fs_group_change_policy: Literal["Always", "OnRootMismatch"] | None = None
    supplemental_groups: Sequence[int] = ()
    supplemental_groups_policy: Literal["Merge", "Strict"] | None = None
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None
    se_linux_options: SELinuxOptions | None = None
    se_linux_change_policy: Literal["MountOption", "Recursive"] | None = None
    sysctls: Sequence[Sysctl] = ()
    windows_options: WindowsOptions | None = None

    def __post_init__(self) -> None:
        check_user(self.run_as_user, self.run_as_group, self.run_as_non_root)
        check_groups(self.fs_group, self.supplemental_groups)
        names = [sysctl.name.replace("/", ".") for sysctl in self.sysctls]
        for name in names:
            if names.count(name) > 1:
                raise InvalidValue(f"sysctls must name each parameter once, got {name!r} twice")


def check_user(user: int | None, group: int | None, non_root: bool | None) -> None:
    numeric_id(user, "run_as_user")
    numeric_id(group, "run_as_group")
    if user == 0 and non_root:
        raise InvalidValue(
            "run_as_user must not be 0 with run_as_non_root=True; give another user, or run_as_non_root=False"
        )


def check_groups(fs_group: int | None, supplemental: Sequence[int]) -> None:
    numeric_id(fs_group, "fs_group")
    for index, group in enumerate(supplemental):
        numeric_id(group, f"supplemental_groups[{index}]")


def check_capabilities(names: Sequence[str], what: str) -> None:
    for index, name in enumerate(names):
        if not re.fullmatch("(?!CAP_)[A-Z][A-Z0-9_]*", name):
            near = name.upper().removeprefix("CAP_")
            raise InvalidValue(
                f"{what}[{index}] must be a capability such as 'NET_BIND_SERVICE', got {name!r}; write {near!r}"
            )
