"""A sidecar that keeps configuration files as they are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from patterns.defaults import CONFIG_SYNC_RESOURCES, CONTAINER_SECURITY, NATIVE_SIDECARS, Default
from patterns.errors import WrongType
from patterns.model import (
    Container,
    EnvSource,
    EnvVar,
    JsonObject,
    Probe,
    ResourceRequirements,
    Security,
    Volume,
    VolumeMount,
)
from patterns.model.env import variables_of
from patterns.model.names import name_beside
from patterns.objects.api_access import ApiAccess, token_mount
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.key_files import key_files
from patterns.pod.room import missing_on_disk, total, with_disk
from patterns.pod.writable import writable
from patterns.sidecars.config_source import ConfigSource, ReloadByHttp, SyncPlace, SyncProgram

if TYPE_CHECKING:
    from constructs import Construct

#: where the program's secret files are mounted
SECRETS = "/config-sync/secrets"
#: of the program's temporary files
_TMP_SIZE_LIMIT = "16Mi"


class ConfigSyncSidecar(Pattern):
    """Gives a volume the configuration files that stand elsewhere, and changes them when those change.

    A native sidecar (Kubernetes 1.29 or newer): the application starts when the first sync is done, because the startup
    probe fails until then. What changes later is on the disk at once; an application that does not look by itself is
    told by ``reload``. Nothing here rolls the pods.

    First ask whether the kubelet does it already: a ConfigMap volume without ``sub_path`` is kept up to date.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        into: the volume, such as ``scratch.mount``; the application reads it.
        source: ``FromConfigMaps(...)``, ``FromGit(...)``, or one of your own.
        reload: what is told when files have changed, on loopback: ``ReloadByHttp("http://127.0.0.1:9090/-/reload")``.
        port: of the health endpoint; default the first free one of the pod from 8800 on.
        image: default the one of the source.
        env: further environment variables.
        resources: default ``CONFIG_SYNC_RESOURCES``, and the size of an ``emptyDir`` as a request for ephemeral
            storage; ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them; a classic one starts beside the
            application, which has to wait for its files by itself then.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a volume that is read-only for everybody.
        WrongType: for a source that is none.
        Conflict: when the name or the port is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        into: VolumeMount,
        source: ConfigSource,
        reload: ReloadByHttp | None = None,
        port: int | None = None,
        image: str | Default[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = CONFIG_SYNC_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        native: bool | Default[bool] = NATIVE_SIDECARS,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        native = self.native(native)
        target = writable(into, into.mount_path)
        listening = self.free_port(8800) if port is None else port
        place = SyncPlace(folder=into.mount_path, secrets=SECRETS, port=listening, reload=reload)
        program = source.sync_program(place)
        if not isinstance(program, SyncProgram):
            raise WrongType(f"source: sync_program() must give a SyncProgram, got {program!r}")
        mounts = [target]
        if program.secrets:
            volume = key_files(name_beside(id, "secrets"), program.secrets)
            mounts.append(VolumeMount(volume=volume, mount_path=SECRETS, read_only=True))
        if program.tmp:
            volume = Volume.empty_dir(name_beside(id, "tmp"), size_limit=_TMP_SIZE_LIMIT)
            mounts.append(VolumeMount(volume=volume, mount_path="/tmp"))
        pod: JsonObject = {}
        if program.api:
            pod = ApiAccess(self, "api", workload=self.workload, rules=program.api).pod
            mounts.append(token_mount(name_beside(id, "token")))
        beside = self.sharing(into)
        chosen = self.default(security)
        if chosen is not None and program.user is not None and chosen.run_as_user is None:
            chosen = replace(chosen, run_as_user=program.user, run_as_group=program.user)
        context = self.security_context(chosen, beside=beside)
        requirements = self.default(resources)
        if isinstance(resources, Default):
            room = [missing_on_disk(self.workload.pod.spec, into), _TMP_SIZE_LIMIT if program.tmp else None]
            requirements = with_disk(requirements, total(room))
        health = Probe.http(listening, path=program.health_path, period_seconds=2, failure_threshold=150)
        self.contribute(
            Contribution(
                sidecars=[
                    Container(
                        name=id,
                        image=self.default(program.image if image is None else image),
                        command=program.command,
                        args=program.args,
                        ports=[listening],
                        env=[*variables_of(program.env), *variables_of(env)],
                        resources=requirements,
                        volume_mounts=mounts,
                        startup_probe=health,
                        liveness_probe=replace(health, period_seconds=30, timeout_seconds=5, failure_threshold=5)
                        if program.live
                        else None,
                        security_context=context,
                        termination_message_policy="FallbackToLogsOnError",
                    )
                ],
                native=native,
                fs_group=self.shared_group(context, beside=beside),
                pod=pod,
                before=before,
                after=after,
            )
        )
