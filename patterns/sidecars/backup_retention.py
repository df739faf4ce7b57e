"""A CronJob that takes old backups away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import BACKUP_RESOURCES, CONTAINER_SECURITY, Default
from patterns.errors import InvalidValue
from patterns.model import EnvSource, EnvVar, ResourceRequirements, Security
from patterns.sidecars.backup_job import backup_job, program_in_job
from patterns.sidecars.backup_method import BackupMethod
from patterns.tree import Construct, ConstructMeta

if TYPE_CHECKING:
    from constructs import Construct as AnyConstruct


class BackupRetention(Construct, metaclass=ConstructMeta):
    """Takes away the backups that are too old, at the times of a schedule, apart from the backing up.

    It is a CronJob with the method's own way: ``restic forget --prune`` with the ``keep_`` options of ``Restic``. To
    delete takes a right that the application's pod need not have: give the method of this construct credentials of its
    own, and the pod's those that can only add.

    Args:
        scope: the chart, or any construct below one.
        id: the construct's id, and the container's name.
        method: of the backup.
        schedule: five fields of cron, or ``"@daily"`` and the like.
        time_zone: an IANA name such as ``"Europe/Berlin"``.
        active_deadline_seconds: whole seconds after which it has failed.
        image: default the one of the method.
        env: further environment variables.
        resources: default ``BACKUP_RESOURCES``, and what it writes as a request for ephemeral storage; ``None`` renders
            nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root, as user 65532, by default.
        name, namespace: of the CronJob.

    Raises:
        InvalidValue: for a bad schedule, or a method that takes old backups away by itself, such as ``LogicalDump``.
        WrongType: for a method that is none.
    """

    def __init__(
        self,
        scope: AnyConstruct,
        id: str,
        *,
        method: BackupMethod,
        schedule: str,
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
        program = program_in_job(method, id, "")
        if not program.retentions:
            raise InvalidValue("method must be one that leaves old backups to a BackupRetention; leave this one out")
        #: the CronJob
        self.cron_job = backup_job(
            self,
            id,
            program,
            program.retentions,
            variables=program.env,
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
