"""The one base of every pattern: it finds its workload, and contributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patterns.construct_meta import speaking
from patterns.default import Default, T
from patterns.errors import InvalidValue
from patterns.model import Security, SecurityContext, VolumeMount
from patterns.model.json import object_at, objects_at, text_at
from patterns.model.value import replace
from patterns.place import check_place, path_of
from patterns.pod.contribution import Contribution
from patterns.pod.identity import NONROOT, identity_of, sharing_files
from patterns.pod.mounts import containers_sharing
from patterns.pod.versions import needed_for, supports
from patterns.tree import Construct, ConstructMeta
from patterns.workloads.attached import workload_of
from patterns.workloads.container_security import filled
from patterns.workloads.pod_holder import PodHolder

if TYPE_CHECKING:
    from constructs import Construct as AnyConstruct

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
        check_place(scope, id)
        if id.lower() in _RESERVED_IDS:
            raise InvalidValue(f"id must not be {id!r}, by which cdk8s finds the object of a construct; take another")
        super().__init__(scope, id)
        self.workload: PodHolder = workload_of(scope)

    def __str__(self) -> str:
        return f"{type(self).__name__} {path_of(self)!r}"

    @speaking
    def contribute(self, contribution: Contribution) -> None:
        """Add this pattern's whole effect to the pod.

        Raises:
            Conflict: when something else stands in that place; both contributors are named.
        """
        self.workload.contribute(contribution, self)

    def default(self, option: T | Default[T]) -> T:
        """The option as given, or the nearest replacement of its default: workload, then chart, then app."""
        return self.workload.default(option)

    @speaking
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
        if self.workload.runs_to_completion:
            raise InvalidValue(f"the pod has to end by itself, which a classic sidecar would keep it from: {since}")
        if not isinstance(option, Default):
            raise InvalidValue(f"native must be False: {since}")
        return False

    @speaking
    def free_port(self, preferred: int) -> int:
        """The first port from ``preferred`` upwards that no container of the pod declares, in order of declaration."""
        return self.workload.free_port(preferred)

    @speaking
    def plain_security_context(
        self, option: Security | Default[Security] | None, own: SecurityContext | None = None
    ) -> SecurityContext | None:
        """The security context of a container that shares no files: as the image's own user, if that is not root.

        Where the whole pod runs as root, the container takes another user: as root it would not start.

        Args:
            option: the pattern's ``security=``.
            own: the context that the container has already; what it says stays.
        """
        security = self.default(option)
        if security is None:
            return own
        context = filled(own, security.container())
        of_pod = object_at(self.workload.pod.spec, "securityContext").get("runAsUser")
        if context.run_as_non_root and context.run_as_user is None and of_pod == 0:
            return replace(context, run_as_user=NONROOT)
        return context

    @speaking
    def security_context(
        self, option: Security | Default[Security] | None, *, beside: tuple[str, ...] = ()
    ) -> SecurityContext | None:
        """The security context of a container that shares files with the application.

        It runs with the application's user and group where the pod tells them, so that both can read what either
        writes; else as ``NONROOT``, because an image's own user may be root. ``None`` gives none, except for the user
        and group without which a pod with ``runAsNonRoot`` would not start the container.

        Args:
            option: the pattern's ``security=``.
            beside: the application containers whose files are shared, such as `sharing` gives; all where none is named.
        """
        security = self.default(option)
        context = None if security is None else security.container()
        return sharing_files(context, self.workload.pod.spec, self.workload.identity(beside))

    @speaking
    def sharing(self, mount: VolumeMount) -> tuple[str, ...]:
        """The application containers that write to the volume; where none does, those that read it."""
        application = [text_at(container, "name") for container in objects_at(self.workload.pod.base, "containers")]
        return containers_sharing(self.workload.pod.spec, mount.volume_name, application)

    @speaking
    def shared_group(self, context: SecurityContext | None, *, beside: tuple[str, ...] = ()) -> int | None:
        """The ``fs_group`` of a contribution whose container has to read what the application writes.

        The kubelet gives an emptyDir to that group, with the setgid bit, so that new files belong to it, and every
        container is a member: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
        None where the container has no context, runs as the application's user, or is in somebody else's pod.

        Args:
            context: of the container, as `security_context` gave it.
            beside: the application containers whose files are shared; all where none is named.
        """
        if context is None or not self.workload.ours:
            return None
        user = identity_of(context, self.workload.pod.spec).run_as_user
        return NONROOT if user is None or user != self.workload.identity(beside).run_as_user else None
