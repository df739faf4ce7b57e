"""Pod Security by name: the `security=` option of workloads and patterns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from patterns.model.json import JsonObject
from patterns.model.security_context import (
    Capabilities,
    PodSecurityContext,
    SeccompProfile,
    SecurityContext,
    check_capabilities,
    check_groups,
    check_user,
)
from patterns.model.value import Value, dataclass, within


@dataclass(frozen=True, kw_only=True)
class Security(Value):
    """Pod Security ``restricted``, opened field by field: ``Security(run_as_non_root=False)``.

    ``None`` in a field renders nothing of it. https://kubernetes.io/docs/concepts/security/pod-security-standards/

    Args:
        run_as_non_root: the kubelet does not start a container as uid 0.
        run_as_user: 0 to 2**31-1; default the image's.
        run_as_group: 0 to 2**31-1; default the image's.
        fs_group: group of the files in the pod's volumes.
        fs_group_change_policy: ``"Always"`` or ``"OnRootMismatch"``.
        supplemental_groups: further groups of every container.
        allow_privilege_escalation: a process may get more rights than its parent.
        drop_capabilities: capabilities to take; ``"ALL"`` is every one.
        add_capabilities: capabilities to give; ``restricted`` allows ``"NET_BIND_SERVICE"`` alone.
        seccomp_profile: ``"RuntimeDefault"``, ``"Unconfined"`` or a `SeccompProfile`.
        read_only_root_filesystem: what a container writes needs volumes.
    """

    run_as_non_root: bool | None = True
    run_as_user: int | None = None
    run_as_group: int | None = None
    fs_group: int | None = None
    fs_group_change_policy: Literal["Always", "OnRootMismatch"] | None = None
    supplemental_groups: Sequence[int] | None = ()
    allow_privilege_escalation: bool | None = False
    drop_capabilities: Sequence[str] | None = ("ALL",)
    add_capabilities: Sequence[str] | None = ()
    seccomp_profile: Literal["RuntimeDefault", "Unconfined"] | SeccompProfile | None = "RuntimeDefault"
    read_only_root_filesystem: bool | None = None

    def __post_init__(self) -> None:
        check_user(self.run_as_user, self.run_as_group, self.run_as_non_root)
        check_groups(self.fs_group, self.supplemental_groups or ())
        check_capabilities(self.drop_capabilities or (), "drop_capabilities")
        check_capabilities(self.add_capabilities or (), "add_capabilities")
        with within(""):
            self.container()

    def render(self) -> JsonObject:
        """The container's part; `container` and `pod` give the values."""
        return self.container().render()

    @cached_property
    def _container(self) -> SecurityContext:
        drop, add = self.drop_capabilities or (), self.add_capabilities or ()
        return SecurityContext(
            allow_privilege_escalation=self.allow_privilege_escalation,
            capabilities=Capabilities(add=add, drop=drop) if drop or add else None,
            run_as_non_root=self.run_as_non_root,
            run_as_user=self.run_as_user,
            run_as_group=self.run_as_group,
            read_only_root_filesystem=self.read_only_root_filesystem,
            seccomp_profile=self._profile(),
        )

    def container(self) -> SecurityContext:
        """What each container gets."""
        return self._container

    def pod(self) -> PodSecurityContext:
        """What the pod gets."""
        return self._pod

    @cached_property
    def _pod(self) -> PodSecurityContext:
        return PodSecurityContext(
            run_as_non_root=self.run_as_non_root,
            run_as_user=self.run_as_user,
            run_as_group=self.run_as_group,
            fs_group=self.fs_group,
            fs_group_change_policy=self.fs_group_change_policy,
            supplemental_groups=self.supplemental_groups or (),
            seccomp_profile=self._profile(),
        )

    def _profile(self) -> SeccompProfile | None:
        given = self.seccomp_profile
        return SeccompProfile(given) if isinstance(given, str) else given
