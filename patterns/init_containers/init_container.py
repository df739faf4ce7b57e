"""The plain init container: a container of one's own that runs to completion before the application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.defaults import WORKLOAD_SECURITY, Default
from patterns.errors import InvalidValue
from patterns.model import Container, Security
from patterns.model.value import replace
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution

if TYPE_CHECKING:
    from constructs import Construct


class InitContainer(Pattern):
    """Gives the pod a container that has to end well before the application starts.

    Init containers run one after the other, in order of declaration; where one fails, the kubelet runs it again (or
    fails the pod, with ``restartPolicy: Never``). They may run again at any time, when the pod's sandbox is rebuilt.
    https://kubernetes.io/docs/concepts/workloads/pods/init-containers/

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        container: what runs; its ``name`` is the ``id``.
        security: Pod Security of the container, except for the fields that its own ``security_context`` says;
            ``restricted`` by default; ``None`` renders nothing.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: when ``container.name`` is not ``id``.
        Conflict: when the name or a mount is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        container: Container,
        security: Security | Default[Security] | None = WORKLOAD_SECURITY,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        if container.name != id:
            raise InvalidValue(f"container.name must be the id {id!r}, got {container.name!r}")
        if container.restart_policy == "Always":
            raise InvalidValue("container.restart_policy must not be 'Always', which makes it a sidecar: Sidecar(...)")
        context = self.plain_security_context(security, container.security_context)
        if context != container.security_context:
            container = replace(container, security_context=context)
        self.contribute(Contribution(init_containers=[container], before=before, after=after))
