"""The one base of every pattern: it finds its workload, and contributes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from patterns.defaults import Default, T
from patterns.errors import InvalidValue
from patterns.model import Security, SecurityContext
from patterns.model.json import object_at
from patterns.place import path_of
from patterns.pod.contribution import Contribution
from patterns.pod.versions import needed_for, supports
from patterns.tree import Construct, ConstructMeta
from patterns.workloads.attached import workload_of
from patterns.workloads.pod_holder import PodHolder

if TYPE_CHECKING:
    from constructs import Construct as AnyConstruct

#: as whom a pattern's container runs where the application's user is not known; what distroless images call nonroot
NONROOT = 65532

#: ids by which cdk8s looks for the object below a construct; below a cdk8s-plus workload they would be found instead
_RESERVED_IDS = ("default", "resource")


class Pattern(Construct, metaclass=ConstructMeta):
    """Adds to the pod of the workload that it is placed on.

    A pattern of your own does three things in its ``__init__``: ``super().__init__``, build one ``Contribution``,
    ``self.contribute(it)``.

    Args:
        scope: a workload, a construct below one, or somebody else's object with a pod template (a ``cdk8s.ApiObject``,
            a cdk8s-plus workload, an object of an ``Include``).
        id: the construct's id; for a pattern with a container also the container's name (DNS-1123 label).

    Raises:
        NotFound: when there is no workload above.
    """

    def __init__(self, scope: AnyConstruct, id: str) -> None:
        if id.lower() in _RESERVED_IDS:
            raise InvalidValue(f"id must not be {id!r}, by which cdk8s finds the object of a construct; take another")
        super().__init__(scope, id)
        self.workload: PodHolder = workload_of(scope)

    def __str__(self) -> str:
        return f"{type(self).__name__} {path_of(self)!r}"

    def contribute(self, contribution: Contribution) -> None:
        """Add this pattern's whole effect to the pod.

        Raises:
            Conflict: when something else stands in that place; both contributors are named.
        """
        self.workload.contribute(contribution, self)

    def default(self, option: T | Default[T]) -> T:
        """The option as given, or the nearest replacement of its default: workload, then chart, then app."""
        return self.workload.default(option)

    def native(self, option: bool | Default[bool]) -> bool:
        """Whether the pattern's sidecars are native: as the option says, and where nobody says, if the target has them.

        Raises:
            InvalidValue: when they are asked for, or needed in a pod that has to end by itself, and the target is older
                than Kubernetes 1.29.
        """
        chosen = self.default(option)
        target = self.workload.target
        if not chosen or supports(target, "native-sidecar"):
            return chosen
        since = f"native sidecars need {needed_for('native-sidecar')}, and the target is 1.{target}"
        if not isinstance(option, Default):
            raise InvalidValue(f"native must be False: {since}")
        if self.workload.runs_to_completion:
            raise InvalidValue(f"the pod has to end by itself, which a classic sidecar would keep it from: {since}")
        return False

    def free_port(self, preferred: int) -> int:
        """The first port from ``preferred`` upwards that no container of the pod declares, in order of declaration."""
        return self.workload.free_port(preferred)

    def plain_security_context(self, option: Security | Default[Security] | None) -> SecurityContext | None:
        """The security context of a container that shares no files: as the image's own user, if that is not root.

        Where the whole pod runs as root, the container takes another user: as root it would not start.

        Args:
            option: the pattern's ``security=``.
        """
        security = self.default(option)
        if security is None:
            return None
        context = security.container()
        of_pod = object_at(self.workload.pod.spec, "securityContext").get("runAsUser")
        if context.run_as_non_root and context.run_as_user is None and of_pod == 0:
            return replace(context, run_as_user=NONROOT)
        return context

    def security_context(
        self, option: Security | Default[Security] | None, *, beside: tuple[str, ...] = ()
    ) -> SecurityContext | None:
        """The security context of a container that shares files with the application.

        It runs with the application's user and group where the pod tells them, so that both can read what either
        writes; else as ``NONROOT``, because an image's own user may be root.

        Args:
            option: the pattern's ``security=``.
            beside: the application containers whose files are shared; all where none is named.
        """
        security = self.default(option)
        if security is None:
            return None
        context = security.container()
        if not security.run_as_non_root:
            return context
        known = self.workload.identity(beside)
        user = context.run_as_user or known.run_as_user or NONROOT
        group = context.run_as_group or known.run_as_group
        if group is None and known.run_as_user is None:
            group = NONROOT
        return replace(context, run_as_user=user, run_as_group=group)
