"""A sidecar that tells the application when the kubelet has changed its configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.defaults import (
    BUSYBOX_IMAGE,
    CONFIG_RELOADER_IMAGE,
    CONTAINER_SECURITY,
    NATIVE_SIDECARS,
    RELOADER_RESOURCES,
    Default,
)
from patterns.errors import InvalidValue
from patterns.model import Container, Probe, ResourceRequirements, Security, VolumeMount, literal
from patterns.model.env import variables_of
from patterns.model.names import whole_number
from patterns.model.value import replace
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.script import script_beside
from patterns.sidecars.process_signal import check_same_user
from patterns.sidecars.reloading import SIGNAL_SCRIPT, Reload, ReloadByHttp, ReloadBySignal, signal_env

if TYPE_CHECKING:
    from constructs import Construct

_WATCH = script_beside(__file__, "watch.sh")


class ConfigReloader(Pattern):
    """Tells the application when files of its volumes have changed, such as a ConfigMap's.

    The kubelet brings a changed ConfigMap or Secret into its volume by itself, within a minute or two, and whole. An
    application that does not look has to be told; that is all this does. It is of no use for a ConfigMap with its hash
    in its name (``hash_in_name=True``), of which a change rolls the pods, nor for files that change once a year.
    https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/

    By ``ReloadByHttp`` it is prometheus-config-reloader, which tries again until the application answers with success:
    https://github.com/prometheus-operator/prometheus-operator. By ``ReloadBySignal`` it is a script of busybox.
    A native sidecar (Kubernetes 1.29 or newer), which ends at once at its stop signal.

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        watch: the volumes, as the application mounts them; files in directories of theirs are seen by
            ``ReloadBySignal`` alone.
        reload: how the application is told: ``ReloadByHttp(url="http://127.0.0.1:9090/-/reload")``, or
            ``ReloadBySignal(process="nginx")``.
        period_seconds: whole seconds between two looks.
        port: of the health endpoint and metrics of prometheus-config-reloader; default the first free one of the pod
            from 8080 on. Not for a ``ReloadBySignal``.
        image: default the one for ``reload``.
        resources: default ``RELOADER_RESOURCES``; ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: without a volume, for a mount by ``sub_path``, which never changes, or for a signal to an
            application whose user is not known.
        Conflict: when the name or the port is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        watch: Sequence[VolumeMount],
        reload: Reload,
        period_seconds: int = 10,
        port: int | None = None,
        image: str | Default[str] | None = None,
        resources: ResourceRequirements | Default[ResourceRequirements] | None = RELOADER_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        native: bool | Default[bool] = NATIVE_SIDECARS,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        native = self.native(native)
        whole_number(period_seconds, "period_seconds", 1)
        _check(watch)
        beside = self.sharing(watch[0])
        context = self.security_context(security, beside=beside)
        signals = isinstance(reload, ReloadBySignal)
        program = Container(
            name=id,
            image=self.default(image if image is not None else BUSYBOX_IMAGE if signals else CONFIG_RELOADER_IMAGE),
            resources=self.default(resources),
            volume_mounts=[replace(mount, read_only=True) for mount in watch],
            security_context=context,
            termination_message_policy="FallbackToLogsOnError",
        )
        if isinstance(reload, ReloadByHttp):
            listening = self.free_port(8080) if port is None else port
            program = _requesting(program, watch, reload, period_seconds, listening)
        else:
            check_same_user(self, context, beside, "signal")
            if port is not None:
                raise InvalidValue(f"port must not be given with a ReloadBySignal, which listens on none, got {port}")
            program = _signalling(program, watch, reload, period_seconds)
        self.contribute(
            Contribution(
                sidecars=[program],
                native=native,
                pod={"shareProcessNamespace": True} if signals else {},
                before=before,
                after=after,
            )
        )


def _check(watch: Sequence[VolumeMount]) -> None:
    if not watch:
        raise InvalidValue("watch must hold a mount at least")
    for mount in watch:
        if mount.sub_path is not None or mount.sub_path_expr is not None:
            raise InvalidValue(
                f"watch must hold mounts without sub_path, and {mount.mount_path!r} has one: the kubelet never changes "
                "such a file; mount the whole volume"
            )


def _signalling(
    program: Container, watch: Sequence[VolumeMount], reload: ReloadBySignal, period_seconds: int
) -> Container:
    """A constant script that looks, and one that tells."""
    return replace(
        program,
        command=[
            *("sh", "-c", _WATCH, program.name, str(period_seconds), str(len(watch))),
            *(literal(mount.mount_path) for mount in watch),
            *("sh", "-c", SIGNAL_SCRIPT, program.name),
        ],
        env=variables_of(signal_env(reload)),
    )


def _requesting(
    program: Container, watch: Sequence[VolumeMount], reload: ReloadByHttp, period_seconds: int, port: int
) -> Container:
    """Prometheus-config-reloader, which knows POST alone."""
    if reload.method != "POST":
        raise InvalidValue(
            f"reload must be a POST, which is all that prometheus-config-reloader sends, got {reload.method!r}"
        )
    health = Probe.http(port, path="/healthz", period_seconds=2, failure_threshold=30)
    return replace(
        program,
        args=[
            *(f"--watched-dir={literal(mount.mount_path)}" for mount in watch),
            f"--watch-interval={period_seconds}s",
            f"--reload-url={literal(reload.url)}",
            f"--listen-address=:{port}",
        ],
        ports=[port],
        startup_probe=health,
        liveness_probe=replace(health, period_seconds=30, timeout_seconds=5, failure_threshold=5),
    )
