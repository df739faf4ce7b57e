"""A CronJob that brings a backup back, and looks whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from patterns.defaults import BACKUP_RESOURCES, CONTAINER_SECURITY, Default, resolved
from patterns.model import Container, EnvSource, EnvVar, ResourceRequirements, Security, Volume, VolumeMount
from patterns.model.env import variables_of
from patterns.place import defaults_of
from patterns.pod.identity import NONROOT
from patterns.pod.room import with_disk
from patterns.sidecars.backup_method import BackupMethod, BackupPlace
from patterns.sidecars.backup_sidecar import CONFIG, config_mounts, named, program_of
from patterns.tree import Construct, ConstructMeta
from patterns.workloads.cron_job import CronJob

if TYPE_CHECKING:
    from constructs import Construct as AnyConstruct

#: where the backup is brought back to
SCRATCH = "/rehearsal"


class RestoreRehearsal(Construct, metaclass=ConstructMeta):
    """Brings a backup back into an empty directory at the times of a schedule, and fails where it is not whole.

    It is a CronJob that runs what a restore would run, with the same image, configuration and credentials, and then
    what the method has for looking at the result. It reads the backup, touches no data, and fails where there is none
    at all: alarm on failed Jobs of this name.

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
        resources: default ``BACKUP_RESOURCES`` and ``size_limit`` as a request for ephemeral storage; ``None`` renders
            nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root, as user 65532, by default.
        name, namespace: of the CronJob.

    Raises:
        InvalidValue: for a bad schedule or size.
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
        program = program_of(method, BackupPlace(data=SCRATCH, config=CONFIG, port=9090, seconds=30))
        scopes = defaults_of(self)
        chosen = resolved(security, scopes)
        requirements = resolved(resources, scopes)
        if requirements is not None and isinstance(resources, Default):
            requirements = with_disk(requirements, size_limit)
        scratch = VolumeMount(volume=Volume.empty_dir("rehearsal", size_limit=size_limit), mount_path=SCRATCH)
        mounts = [*config_mounts(self, id, program, namespace), scratch]
        *first, last = [
            Container(
                name=each,
                image=resolved(program.image if image is None else image, scopes),
                command=command,
                env=[*variables_of(program.env), *variables_of(env)],
                resources=requirements,
                volume_mounts=mounts,
                security_context=None if chosen is None else _nonroot(chosen).container(),
                termination_message_policy="FallbackToLogsOnError",
            )
            for each, command in named(id, "", program.rehearsals).items()
        ]
        #: the CronJob
        self.cron_job = CronJob(
            self,
            id,
            schedule=schedule,
            time_zone=time_zone,
            concurrency_policy="Forbid",
            backoff_limit=1,
            active_deadline_seconds=active_deadline_seconds,
            init_containers=first,
            containers=[last],
            name=name,
            namespace=namespace,
        )


def _nonroot(security: Security) -> Security:
    """As a user that is not root, where none is named: the image's own may be."""
    if security.run_as_user is not None:
        return security
    return replace(security, run_as_user=NONROOT, run_as_group=NONROOT)
