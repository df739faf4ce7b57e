"""A sidecar that keeps configuration files as they are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import CONFIG_SYNC_RESOURCES, CONTAINER_SECURITY, NATIVE_SIDECARS, Default
from patterns.errors import InvalidValue, WrongType
from patterns.model import (
    Container,
    EnvSource,
    EnvVar,
    Json,
    Probe,
    ResourceRequirements,
    Security,
    Volume,
    VolumeMount,
)
from patterns.model.env import variables_of
from patterns.model.names import name_beside
from patterns.model.projected import ServiceAccountToken
from patterns.model.value import replace
from patterns.objects.api_access import ApiAccess, token_mount
from patterns.objects.config_map import config_map_mounts
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.key_files import key_file_mounts
from patterns.pod.room import missing_on_disk, size_in_memory, total, with_disk, with_memory
from patterns.pod.writable import writable
from patterns.sidecars.config_source import ConfigSource, SyncPlace, SyncProgram
from patterns.sidecars.process_signal import check_same_user
from patterns.sidecars.reloading import SIGNAL_SCRIPT, Reload, ReloadByHttp, ReloadBySignal, signal_env

if TYPE_CHECKING:
    from constructs import Construct

#: where the program's files are mounted, those that are secret, and the token of its login
CONFIG = "/config-sync/config"
SECRETS = "/config-sync/secrets"
TOKEN = "/config-sync/token"
#: the program that tells the application by a signal, below ``CONFIG``
_RELOAD = "reload"
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
        source: ``FromConfigMaps(...)``, ``FromGit(...)``, ``FromVault(...)``, or one of your own.
        reload: how the application is told when files have changed:
            ``ReloadByHttp(url="http://127.0.0.1:9090/-/reload")``, or ``ReloadBySignal(process="nginx")``.
        port: of the health endpoint; default the first free one of the pod from 8800 on. ``FromVault`` has none: a
            command tells whether its files are there.
        image: default the one of the source.
        env: further environment variables.
        resources: default those of the source, ``CONFIG_SYNC_RESOURCES`` or ``VAULT_AGENT_RESOURCES``, and the size of
            an ``emptyDir`` as a request for ephemeral storage, or as memory where it lies there; ``None`` renders
            nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them; a classic one starts beside the
            application, which has to wait for its files by itself then.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a volume that is read-only for everybody, or on a disk where it has to be in memory; for a
            port that nobody would listen on; or for a signal to an application whose user is not known.
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
        reload: Reload | None = None,
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
        by_signal = reload if isinstance(reload, ReloadBySignal) else None
        place = SyncPlace(
            folder=into.mount_path,
            config=CONFIG,
            secrets=SECRETS,
            token=f"{TOKEN}/token",
            port=self.free_port(8800) if port is None else port,
            reload=reload if isinstance(reload, ReloadByHttp) else None,
            reload_command=f"{CONFIG}/{_RELOAD}" if by_signal else None,
        )
        program = source.sync_program(place)
        if not isinstance(program, SyncProgram):
            raise WrongType(f"source: sync_program() must give a SyncProgram, got {program!r}")
        if port is not None and program.health_path is None:
            raise InvalidValue(f"port must not be given: the source listens on none, got {port}")
        if program.in_memory and size_in_memory(into) is None:
            raise InvalidValue(
                f"into must be a volume in memory with a size_limit, and {into.volume_name!r} is none: a disk "
                'would keep the secrets; write SharedScratch(..., medium="Memory", size_limit="1Mi")'
            )
        mounts = [target, *self._mounts(program, signals=by_signal is not None)]
        pod: dict[str, Json] = {"shareProcessNamespace": True} if by_signal else {}
        if program.api or program.token_audience is not None:
            pod.update(ApiAccess(self, "api", workload=self.workload, rules=program.api).pod)
        beside = self.sharing(into)
        chosen = self.default(security)
        if chosen is not None and program.user is not None and chosen.run_as_user is None and by_signal is None:
            chosen = replace(chosen, run_as_user=program.user, run_as_group=program.user)
        context = self.security_context(chosen, beside=beside)
        if by_signal is not None:
            check_same_user(self, context, beside, "signal")
        health = _health(program, place.port)
        self.contribute(
            Contribution(
                sidecars=[
                    Container(
                        name=id,
                        image=self.default(program.image if image is None else image),
                        command=program.command,
                        args=program.args,
                        ports=[place.port] if program.health_path is not None else [],
                        env=[
                            *variables_of(program.env),
                            *variables_of(signal_env(by_signal) if by_signal else {}),
                            *variables_of(env),
                        ],
                        resources=self._requirements(resources, into, program),
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

    def _mounts(self, program: SyncProgram, *, signals: bool) -> list[VolumeMount]:
        """The volumes of the program's own."""
        name = self.node.id
        mounts = config_map_mounts(
            self,
            name,
            {**program.files, **({_RELOAD: SIGNAL_SCRIPT} if signals else {})},
            CONFIG,
            namespace=self.workload.namespace,
            # the application's signal is a program of its own
            default_mode="0555" if signals else None,
        )
        mounts += key_file_mounts(name_beside(name, "secrets"), program.secrets, SECRETS)
        if program.tmp:
            volume = Volume.empty_dir(name_beside(name, "tmp"), size_limit=_TMP_SIZE_LIMIT)
            mounts.append(VolumeMount(volume=volume, mount_path="/tmp"))
        if program.token_audience is not None:
            token = ServiceAccountToken("token", audience=program.token_audience)
            volume = Volume.projected(name_beside(name, "login"), sources=[token])
            mounts.append(VolumeMount(volume=volume, mount_path=TOKEN, read_only=True))
        if program.api:
            mounts.append(token_mount(name_beside(name, "token")))
        return mounts

    def _requirements(
        self,
        resources: ResourceRequirements | Default[ResourceRequirements] | None,
        into: VolumeMount,
        program: SyncProgram,
    ) -> ResourceRequirements | None:
        """The default with what the volumes hold: on the node's disk, or in memory, where they count as well."""
        requirements = self.default(program.resources if resources is CONFIG_SYNC_RESOURCES else resources)
        if not isinstance(resources, Default) or requirements is None:
            return requirements
        memory = size_in_memory(into)
        if memory is not None:
            requirements = with_memory(requirements, memory)
        room = [missing_on_disk(self.workload.pod.spec, into), _TMP_SIZE_LIMIT if program.tmp else None]
        return with_disk(requirements, total(room))


def _health(program: SyncProgram, port: int) -> Probe:
    if program.health_path is None:
        return Probe.exec(list(program.health_command), period_seconds=2, failure_threshold=150)
    return Probe.http(port, path=program.health_path, period_seconds=2, failure_threshold=150)
