"""A CronJob that brings a backup back, and looks whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import BACKUP_RESOURCES, CONTAINER_SECURITY, Default
from patterns.errors import InvalidValue
from patterns.model import EnvSource, EnvVar, ResourceRequirements, Security, Volume, VolumeMount
from patterns.model.value import replace
from patterns.sidecars.backup_job import backup_job, program_in_job
from patterns.sidecars.backup_method import BackupMethod
from patterns.tree import Construct, ConstructMeta

if TYPE_CHECKING:
    from constructs import Construct as AnyConstruct

#: where the backup is brought back to
SCRATCH = "/rehearsal"


class RestoreRehearsal(Construct, metaclass=ConstructMeta):
    """Brings a backup back into an empty directory at the times of a schedule, and fails where it is not whole.

    It is a CronJob with the image, the configuration and the credentials of a restore, and with what the method has for
    looking at the result: SQLite's integrity check (``Litestream``), each file against its hash (``Restic``), a server
    of its own that the dump is restored into (``LogicalDump``). It reads the backup, touches no data, and fails where
    there is none at all, or where the last one is too old: alarm on failed Jobs of this name.

    Args:
        scope: the chart, or any construct below one.
        id: the construct's id, and the container's name.
        method: of the backup.
        schedule: five fields of cron, or ``"@weekly"`` and the like.
        size_limit: quantity such as 10Gi, of the directory that the data is brought back to.
        time_zone: an IANA name such as ``"Europe/Berlin"``.
        active_deadline_seconds: whole seconds after which it has failed.
        image: default the one of the method.
        env: further environment variables.
        resources: default ``BACKUP_RESOURCES``, and ``size_limit`` with what else it writes as a request for ephemeral
            storage; ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root, as user 65532 or the one that the
            method needs, by default.
        name, namespace: of the CronJob.

    Raises:
        InvalidValue: for a bad schedule or size, or a method without a rehearsal, such as dumps in an ``emptyDir``.
        WrongType: for a method that is none.
    """

    def __init__(
        self,
        scope: AnyConstruct,
        id: str,
        *,
        method: BackupMethod,
        schedule: str,
        size_limit: str,
        time_zone: str | None = None,
        active_deadline_seconds: int = 3600,
        image: str | Default[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = BACKUP_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        name: str | None = None,
        namespace: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        program = program_in_job(method, id, SCRATCH)
        if not program.rehearsals:
            raise InvalidValue(
                "method must have something that can be brought back in another pod: what lies in an emptyDir is gone "
                "with its pod; rehearse the method that carries it away"
            )
        scratch = VolumeMount(volume=Volume.empty_dir("rehearsal", size_limit=size_limit), mount_path=SCRATCH)
        mounts = [scratch] if program.to is None else [scratch, replace(program.to, read_only=True)]
        #: the CronJob
        self.cron_job = backup_job(
            self,
            id,
            program,
            program.rehearsals,
            variables=program.env if program.rehearsal_env is None else program.rehearsal_env,
            mounts=mounts,
            user=program.rehearsal_user,
            schedule=schedule,
            time_zone=time_zone,
            active_deadline_seconds=active_deadline_seconds,
            image=image,
            env=env,
            resources=resources,
            security=security,
            name=name,
            namespace=namespace,
        )
