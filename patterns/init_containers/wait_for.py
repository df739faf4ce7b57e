"""An init container that waits for what the application needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import CONTAINER_SECURITY, SMALL_RESOURCES, Default
from patterns.errors import WrongType
from patterns.init_containers.dependency import Attempt, Dependency
from patterns.model import Container, EnvSource, EnvVar, ResourceRequirements, Security, literal
from patterns.model.env import variables_of
from patterns.model.names import name_beside, whole_number
from patterns.objects.api_access import ApiAccess, token_mount
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.script import script_beside

if TYPE_CHECKING:
    from constructs import Construct

#: what it has to know it gets as arguments, so that no text of a user is in it
SCRIPT = script_beside(__file__, "wait.sh")


class WaitFor(Pattern):
    """Lets the application start only when something else is ready: a database, a server, a Job.

    An application that tries again by itself needs no such container, and is the better for it: what it needs may go
    away later as well. This is for those that cannot.

    An init container asks in the other's own protocol, again and again, with growing pauses between one and ten seconds
    that are not the same in all replicas, and prints a line for each attempt. When ``timeout_seconds`` are over it ends
    with an error, and its last line, which is in the pod's status too, is what the last attempt said; the kubelet then
    runs it again, with pauses of its own.

    It runs where it is declared: before a native proxy it goes past it, after it (``after=["proxy"]``) through it.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        until: what has to be ready: ``PostgresReady(...)``, ``MySqlReady(...)``, ``RedisReady(...)``,
            ``HttpReady(...)``, ``TcpOpen(...)``, ``JobComplete(...)``, or one of your own.
        timeout_seconds: whole seconds in all. They are counted in the container: ``activeDeadlineSeconds`` would go on
            counting, and end the healthy pod later.
        attempt_seconds: whole seconds for one attempt.
        image: that has the command, and a shell; default the one of ``until``.
        env: further environment variables.
        resources: default ``SMALL_RESOURCES``; ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a time of 0, or an attempt that may take longer than all of them; for a port on loopback that
            a container has which starts only when all init containers have ended.
        WrongType: for something that is no dependency.
        Conflict: when the name is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        until: Dependency,
        timeout_seconds: int = 300,
        attempt_seconds: int = 10,
        image: str | Default[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        attempt = until.attempt()
        if not isinstance(attempt, Attempt):
            raise WrongType(f"until: attempt() must give an Attempt, got {attempt!r}")
        whole_number(timeout_seconds, "timeout_seconds", 1)
        whole_number(attempt_seconds, "attempt_seconds", 1, timeout_seconds)
        attempt.check_starts_before(self.workload.pod.spec, "until")
        mounts = attempt.mounts(name_beside(id, "files"))
        pod = {}
        if attempt.api:
            pod = ApiAccess(self, "api", workload=self.workload, rules=attempt.api).pod
            mounts.append(token_mount(name_beside(id, "token")))
        times = (str(timeout_seconds), str(attempt_seconds))
        self.contribute(
            Contribution(
                init_containers=[
                    Container(
                        name=id,
                        image=self.default(attempt.image if image is None else image),
                        command=["sh", "-c", SCRIPT, id, *times, literal(attempt.what), *attempt.command],
                        env=[*variables_of(attempt.env), *variables_of(env)],
                        resources=self.default(resources),
                        volume_mounts=mounts,
                        # the image's own user may be root
                        security_context=self.security_context(security),
                        termination_message_policy="FallbackToLogsOnError",
                    )
                ],
                pod=pod,
                before=before,
                after=after,
            )
        )
