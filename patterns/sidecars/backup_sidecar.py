"""A sidecar that copies the application's data elsewhere, and brings it back where it is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from patterns.defaults import BACKUP_RESOURCES, CONTAINER_SECURITY, NATIVE_SIDECARS, Default
from patterns.errors import InvalidValue, WrongType
from patterns.model import (
    Container,
    EnvSource,
    EnvVar,
    Probe,
    ResourceRequirements,
    Security,
    Volume,
    VolumeMount,
)
from patterns.model.env import variables_of
from patterns.model.names import name_beside, whole_number
from patterns.objects.config_map import ConfigMap
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.sidecars.backup_method import BackupMethod, BackupPlace, BackupProgram
from patterns.sidecars.single_writer import check_single

if TYPE_CHECKING:
    from constructs import Construct

#: where the program's files are mounted
CONFIG = "/backup/config"


class BackupSidecar(Pattern):
    """Gives the pod a container that copies the application's data elsewhere, and one that brings it back.

    A native sidecar (Kubernetes 1.29 or newer) backs up while the application runs. It is stopped after the
    application, when the data no longer changes, and has ``grace_seconds`` for what is left. Before the application
    starts, an init container, ``<id>-restore``, brings the data back where there is none: an empty volume after a lost
    disk. Where there is data it changes nothing, whatever is elsewhere.

    A backup that was never brought back is none: place a ``RestoreRehearsal`` beside it.

    A backup that does not work does not take the application out of its Service: there is no readiness probe. It has to
    be seen by its metrics.

    Args:
        scope: the workload. Where two backups at one time destroy each other, as with ``Litestream``, it has to be one
            that never runs two pods: a StatefulSet of one replica, or a Deployment with ``strategy="Recreate"``.
        id: the container's name (DNS-1123 label).
        data: where the application keeps its data, such as ``claim.mount("/data")``.
        method: how: ``Litestream(...)``, or one of your own.
        restore: bring the data back where there is none.
        grace_seconds: whole seconds for what is left at the stop; the pod's grace period grows by them.
        port: on which the program answers the kubelet, and has its metrics; default the first free one of the pod from
            9090 on.
        image: default the one of the method.
        env: further environment variables.
        resources: default ``BACKUP_RESOURCES``; ``None`` renders nothing.
        security: Pod Security of the containers; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them; ``False`` for the classic form, which
            is stopped beside the application and may miss what it writes last.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for data that is read-only, or a workload that may run two pods at one time.
        WrongType: for a method that is none.
        Conflict: when a name, the port or a mount is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        data: VolumeMount,
        method: BackupMethod,
        restore: bool = True,
        grace_seconds: int = 30,
        port: int | None = None,
        image: str | Default[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = BACKUP_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        native: bool | Default[bool] = NATIVE_SIDECARS,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        native = self.native(native)
        whole_number(grace_seconds, "grace_seconds", 1)
        listening = self.free_port(9090) if port is None else port
        program = program_of(
            method, BackupPlace(data=data.mount_path, config=CONFIG, port=listening, seconds=grace_seconds)
        )
        if program.single_writer:
            check_single(*self.workload.kind_and_spec)
        if data.read_only:
            raise InvalidValue("data must not be read-only: it is brought back there")
        mounts = [*config_mounts(self, id, program, self.workload.namespace), data]
        context = self.security_context(security, beside=self.sharing(data))
        common = Container(
            name=id,
            image=self.default(program.image if image is None else image),
            env=[*variables_of(program.env), *variables_of(env)],
            resources=self.default(resources),
            volume_mounts=mounts,
            security_context=context,
            termination_message_policy="FallbackToLogsOnError",
        )
        self.contribute(
            Contribution(
                init_containers=[
                    replace(common, name=name, command=command)
                    for name, command in (named(id, "restore", program.restores) if restore else {}).items()
                ],
                sidecars=[
                    replace(
                        common,
                        command=program.command,
                        ports=[listening],
                        startup_probe=Probe.http(
                            listening, path=program.health_path, period_seconds=1, failure_threshold=60
                        ),
                        liveness_probe=Probe.http(
                            listening,
                            path=program.health_path,
                            period_seconds=30,
                            timeout_seconds=5,
                            failure_threshold=5,
                        ),
                    )
                ],
                native=native,
                grace_seconds={id: grace_seconds},
                before=before,
                after=after,
            )
        )


def program_of(method: BackupMethod, place: BackupPlace) -> BackupProgram:
    """Raises: WrongType for a method of somebody's own that gives something else."""
    program = method.backup_program(place)
    if not isinstance(program, BackupProgram):
        raise WrongType(f"method: backup_program() must give a BackupProgram, got {program!r}")
    return program


def config_mounts(scope: Construct, id: str, program: BackupProgram, namespace: str | None) -> list[VolumeMount]:
    """The volume of the program's files, where there are any, from a ConfigMap below ``scope``."""
    if not program.files:
        return []
    config = ConfigMap(scope, "config", data=program.files, hash_in_name=True, namespace=namespace)
    return [
        VolumeMount(volume=Volume.config_map(name_beside(id, "config"), config.name), mount_path=CONFIG, read_only=True)
    ]


def named(id: str, what: str, commands: Sequence[Sequence[str]]) -> dict[str, Sequence[str]]:
    """The commands by the names of their containers: one has the plain name, several have numbers."""
    if len(commands) == 1:
        return {name_beside(id, what) if what else id: commands[0]}
    return {
        name_beside(id, f"{what}-{number}" if what else str(number)): command
        for number, command in enumerate(commands, 1)
    }
