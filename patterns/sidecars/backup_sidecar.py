"""A sidecar that copies the application's data elsewhere, and brings it back where it is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from patterns.model.value import replace
from patterns.objects.config_map import config_map_mounts
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.key_files import key_file_mounts
from patterns.pod.room import missing_on_disk, total, with_disk
from patterns.pod.writable import writable
from patterns.sidecars.backup_method import BackupMethod, BackupPlace, BackupProgram
from patterns.sidecars.process_signal import check_same_user
from patterns.sidecars.single_writer import check_single

if TYPE_CHECKING:
    from constructs import Construct

#: where the program's files are mounted, those that are secret, and what it writes to
CONFIG = "/backup/config"
SECRETS = "/backup/secrets"
STATE = "/backup/state"


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
        method: how: ``Litestream(...)``, ``Restic(...)``, ``LogicalDump(...)``, or one of your own.
        data: where the application keeps its data, such as ``claim.mount("/data")``; not for a ``LogicalDump``, which
            asks the database. Where the method does not write to it, it is mounted read-only.
        restore: bring the data back where there is none.
        grace_seconds: whole seconds for what is left at the stop; the pod's grace period grows by them.
        port: on which the program answers the kubelet, and has its metrics; default the first free one of the pod from
            9090 on. ``Restic`` and ``LogicalDump`` have none: a command tells how old the last backup is.
        image: default the one of the method.
        env: further environment variables.
        resources: default ``BACKUP_RESOURCES``, and the size of an ``emptyDir`` that is written to as a request for
            ephemeral storage; ``None`` renders nothing.
        security: Pod Security of the containers; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them; ``False`` for the classic form, which
            is stopped beside the application and may miss what it writes last.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for data that is read-only, missing or of no use to the method, a port that nobody would listen
            on, a workload that may run two pods at one time, or an application whose user is not known, so that its
            files could not be read, or would belong to another one when they are brought back.
        WrongType: for a method that is none.
        Conflict: when a name, the port or a mount is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        method: BackupMethod,
        data: VolumeMount | None = None,
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
        place = BackupPlace(
            name=id,
            data="" if data is None else data.mount_path,
            config=CONFIG,
            secrets=SECRETS,
            state=STATE,
            port=self.free_port(9090) if port is None else port,
            seconds=grace_seconds,
        )
        program = program_of(method, place)
        if program.single_writer:
            check_single(*self.workload.kind_and_spec)
        if port is not None and program.health_path is None:
            raise InvalidValue(f"port must not be given: the method listens on none, got {port}")
        if restore and program.no_restore:
            raise InvalidValue(f"restore must be False: {program.no_restore}")
        mounts = program_mounts(self, id, program, self.workload.namespace)
        if program.to is not None:
            mounts.append(writable(program.to, program.to.mount_path))
        kept = _data_mounts(data, program)
        shared = [mount for mount in (data, program.to) if mount is not None]
        beside = self.sharing(shared[0]) if shared else ()
        context = self.security_context(security, beside=beside)
        if data is not None:
            check_same_user(self, context, beside, "read and bring back")
        requirements = self.default(resources)
        if isinstance(resources, Default):
            room = [missing_on_disk(self.workload.pod.spec, mount) for mount in shared]
            requirements = with_disk(requirements, total([program.state_size_limit, *room]))
        common = Container(
            name=id,
            image=self.default(program.image if image is None else image),
            env=[*variables_of(program.env), *variables_of(env)],
            resources=requirements,
            volume_mounts=[*mounts, *kept],
            security_context=context,
            termination_message_policy="FallbackToLogsOnError",
        )
        restoring = replace(common, volume_mounts=[*mounts, *([] if data is None else [data])])
        self.contribute(
            Contribution(
                init_containers=[
                    replace(restoring, name=name, command=command)
                    for name, command in (named(id, "restore", program.restores) if restore else {}).items()
                ],
                sidecars=[_with_health(replace(common, command=program.command), program, place.port)],
                native=native,
                fs_group=self.shared_group(context, beside=beside) if program.to is not None else None,
                grace_seconds={id: grace_seconds},
                before=before,
                after=after,
            )
        )


def _with_health(container: Container, program: BackupProgram, port: int) -> Container:
    """Is restarted when it is dead, or has not succeeded for too long; the application is not taken out for it."""
    if program.health_path is None:
        return replace(
            container,
            liveness_probe=Probe.exec(
                list(program.health_command), period_seconds=60, timeout_seconds=5, failure_threshold=3
            ),
        )
    return replace(
        container,
        ports=[port],
        startup_probe=Probe.http(port, path=program.health_path, period_seconds=1, failure_threshold=60),
        liveness_probe=Probe.http(
            port, path=program.health_path, period_seconds=30, timeout_seconds=5, failure_threshold=5
        ),
    )


def _data_mounts(data: VolumeMount | None, program: BackupProgram) -> list[VolumeMount]:
    """The application's data as the program gets it while the application runs."""
    if data is None:
        if program.data != "none":
            raise InvalidValue("data must be given: where the application keeps its data, such as claim.mount('/data')")
        return []
    if program.data == "none":
        raise InvalidValue(f"data must not be given: the method never reads it, got the mount at {data.mount_path!r}")
    if data.read_only:
        raise InvalidValue("data must not be read-only: it is brought back there")
    return [data if program.data == "write" else replace(data, read_only=True)]


def program_of(method: BackupMethod, place: BackupPlace) -> BackupProgram:
    """Raises: WrongType for a method of somebody's own that gives something else."""
    program = method.backup_program(place)
    if not isinstance(program, BackupProgram):
        raise WrongType(f"method: backup_program() must give a BackupProgram, got {program!r}")
    return program


def program_mounts(scope: Construct, id: str, program: BackupProgram, namespace: str | None) -> list[VolumeMount]:
    """The volumes of the program's own, where there are any; its ConfigMap stands below ``scope``."""
    mounts = config_map_mounts(scope, id, program.files, CONFIG, namespace=namespace)
    mounts += key_file_mounts(name_beside(id, "secrets"), program.secrets, SECRETS)
    if program.state_size_limit is not None:
        volume = Volume.empty_dir(name_beside(id, "state"), size_limit=program.state_size_limit)
        mounts.append(VolumeMount(volume=volume, mount_path=STATE))
    return mounts


def named(id: str, what: str, commands: Sequence[Sequence[str]]) -> dict[str, Sequence[str]]:
    """The commands by the names of their containers: one has the plain name, several have numbers."""
    if len(commands) == 1:
        return {name_beside(id, what) if what else id: commands[0]}
    return {
        name_beside(id, f"{what}-{number}" if what else str(number)): command
        for number, command in enumerate(commands, 1)
    }
