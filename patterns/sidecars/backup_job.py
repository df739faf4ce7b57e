"""A CronJob that runs commands of a backup's program beside no application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.default import Default, resolved
from patterns.model import Container, EnvSource, EnvVar, ResourceRequirements, Security, VolumeMount
from patterns.model.env import variables_of
from patterns.model.value import replace
from patterns.place import defaults_of
from patterns.pod.identity import NONROOT
from patterns.pod.room import size_on_disk, total, with_disk
from patterns.sidecars.backup_method import BackupMethod, BackupPlace, BackupProgram
from patterns.sidecars.backup_sidecar import CONFIG, SECRETS, STATE, named, program_mounts, program_of
from patterns.workloads.cron_job import CronJob

if TYPE_CHECKING:
    from constructs import Construct


def program_in_job(method: BackupMethod, name: str, data: str) -> BackupProgram:
    """What the method runs in a CronJob, where nobody asks it for its health."""
    return program_of(
        method, BackupPlace(name=name, data=data, config=CONFIG, secrets=SECRETS, state=STATE, port=9090, seconds=30)
    )


def backup_job(
    scope: Construct,
    id: str,
    program: BackupProgram,
    commands: Sequence[Sequence[str]],
    *,
    variables: Mapping[str, str | EnvSource],
    mounts: Sequence[VolumeMount] = (),
    user: int | None = None,
    schedule: str,
    time_zone: str | None,
    active_deadline_seconds: int,
    image: str | Default[str] | None,
    env: Mapping[str, str | EnvSource] | Sequence[EnvVar],
    resources: ResourceRequirements | Default[ResourceRequirements] | None,
    security: Security | Default[Security] | None,
    name: str | None,
    namespace: str | None,
) -> CronJob:
    """The commands one after the other, each in a container; never two Jobs at one time, since both write.

    Args:
        variables: the program's, before those of ``env``.
        mounts: beside those of the program.
        user: as whom they have to run, where ``security`` names nobody; ``None`` for one that is not root.
        The others are those of `RestoreRehearsal`.
    """
    scopes = defaults_of(scope)
    chosen = resolved(security, scopes)
    mounts = [*program_mounts(scope, id, program, namespace), *mounts]
    context = None if chosen is None else _as_user(chosen, NONROOT if user is None else user).container()
    requirements = resolved(resources, scopes)
    if isinstance(resources, Default):
        requirements = with_disk(requirements, total(size_on_disk(mount) for mount in mounts))
    *first, last = [
        Container(
            name=each,
            image=resolved(program.image if image is None else image, scopes),
            command=command,
            env=[*variables_of(variables), *variables_of(env)],
            resources=requirements,
            volume_mounts=mounts,
            security_context=context,
            termination_message_policy="FallbackToLogsOnError",
        )
        for each, command in named(id, "", commands).items()
    ]
    return CronJob(
        scope,
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


def _as_user(security: Security, user: int) -> Security:
    """As that user, where none is named: the image's own may be root."""
    if security.run_as_user is not None:
        return security
    return replace(security, run_as_user=user, run_as_group=user)
