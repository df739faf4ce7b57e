"""The plain sidecar: a container of one's own beside the application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.defaults import NATIVE_SIDECARS, WORKLOAD_SECURITY, Default
from patterns.errors import InvalidValue
from patterns.model import Container, Security
from patterns.model.value import replace
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution

if TYPE_CHECKING:
    from constructs import Construct


class Sidecar(Pattern):
    """Gives the pod a container that runs beside the application.

    A native sidecar (an init container with ``restartPolicy: Always``, on by default since Kubernetes 1.29) starts
    before the application, is restarted by itself, is stopped after the application, and never keeps a Job from
    ending. A classic one is a further entry of ``containers``.
    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        container: what runs; its ``name`` is the ``id``.
        native: a native sidecar, by default where the target version has them; ``False`` for the classic form.
        security: Pod Security of the container, except for the fields that its own ``security_context`` says;
            ``restricted`` by default; ``None`` renders nothing.
        grace_seconds: whole seconds that the container needs to stop, added to the pod's grace period for a native
            sidecar.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: when ``container.name`` is not ``id``, or for a classic sidecar in a pod that has to end by
            itself.
        Conflict: when the name, a port or a mount is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        container: Container,
        native: bool | Default[bool] = NATIVE_SIDECARS,
        security: Security | Default[Security] | None = WORKLOAD_SECURITY,
        grace_seconds: int | None = None,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        if container.name != id:
            raise InvalidValue(f"container.name must be the id {id!r}, got {container.name!r}")
        if grace_seconds is not None and grace_seconds < 0:
            raise InvalidValue(f"grace_seconds must not be negative, got {grace_seconds}")
        if container.restart_policy not in (None, "Always"):
            raise InvalidValue(
                f"container.restart_policy must be left out, got {container.restart_policy!r}; sidecars always restart"
            )
        context = self.plain_security_context(security, container.security_context)
        if context != container.security_context:
            container = replace(container, security_context=context)
        self.contribute(
            Contribution(
                sidecars=[container],
                native=self.native(native),
                grace_seconds={id: grace_seconds} if grace_seconds else {},
                before=before,
                after=after,
            )
        )
