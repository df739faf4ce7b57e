"""A sidecar that reads the log files of the application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patterns.defaults import (
    BUSYBOX_IMAGE,
    COLLECTOR_RESOURCES,
    COLLECTOR_STATE_SIZE_LIMIT,
    CONTAINER_SECURITY,
    FLUENT_BIT_IMAGE,
    NATIVE_SIDECARS,
    SMALL_RESOURCES,
    Default,
)
from patterns.errors import InvalidValue, WrongType
from patterns.model import (
    Container,
    EnvVar,
    ResourceRequirements,
    Security,
    SecurityContext,
    VolumeMount,
)
from patterns.model.env import EnvSource
from patterns.model.value import replace
from patterns.objects.config_map import ConfigMap
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.expansion import with_expansion
from patterns.pod.room import missing_on_disk, with_disk
from patterns.sidecars.fluent_bit_container import (
    CONFIG_FILE,
    GRACE_SECONDS,
    STOP_MARGIN_SECONDS,
    FluentBitContainer,
    drain_container,
)
from patterns.sidecars.log_files import followed_paths
from patterns.sidecars.log_options import refuse_without_fluent_bit, seconds_to_drain, variables_of
from patterns.sidecars.log_output import FluentBitOutput, LogOutput, Stdout
from patterns.sidecars.log_place import (
    check_listening,
    check_place,
    check_system,
    on_the_node_s_network,
)
from patterns.sidecars.scripts import TAIL_GRACE_SECONDS, tail

if TYPE_CHECKING:
    from constructs import Construct


class LoggingSidecar(Pattern):
    """Gives the pod a container that reads the application's log files and passes their lines on.

    An application that can log to its standard output needs none. To ``Stdout()`` it is a ``tail``; to every other
    destination a Fluent Bit, with its configuration in a ConfigMap, a directory of its own for positions and what was
    not delivered yet, and probes. It runs as a native sidecar (Kubernetes 1.29 or newer), which starts before the
    application and stops after it.

    At its stop signal Fluent Bit delivers what it has read and reads no more, whatever its ``grace`` is. So a second
    container, ``<id>-drain``, holds the signal back: native sidecars stop one at a time in reverse order, and that one
    takes ``drain_seconds`` to stop, which begin when the application has ended, however long that took. What is not
    read by then is lost: more than some 50,000 lines of 100 characters a second, or what a slow destination keeps
    waiting in the files. A hook of Fluent Bit's own (``preStop.sleep``) would run from the pod's deletion on, and end
    before an application that stops slowly.
    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-pod-lifecycle

    ``tail`` runs below a shell, because as process 1 of its container it would take no SIGTERM. It looks at its files
    once a second, so that the shell lets it run on for two seconds after the signal.

    It runs as the application's user where the pod tells it. Where it does not, and the workload is this library's,
    the pod gets a common ``fsGroup``, so that a log of mode 0640 can be read; not where a volume of the pod keeps data,
    whose files would all change owner and mode: name the user or the group there (``security=Security(...)``).

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        logs: where the application writes, such as ``scratch.mount``.
        files: names below ``logs``, such as ``"access.log"``; Fluent Bit takes patterns too (``"*.log"``).
        to: the destination: ``Stdout()``, ``Elasticsearch(...)``, ``OpenSearch(...)``, ``Splunk(...)``, ``Loki(...)``,
            ``OpenTelemetry(...)``, ``Http(...)``, ``FluentBitOutput(...)``, or one of your own. Several files
            to ``Stdout()`` come out as one stream, without a word of which is which.
        multiline: for Fluent Bit: built-in parsers that make one record of a stack trace: ``java``, ``python``, ``go``,
            ``ruby``.
        json: for Fluent Bit: every line is a JSON object, whose fields become the record's.
        port: for Fluent Bit: of its HTTP server; default the first free one of the pod from 2020 on. It must be given
            where the pod is on its node's network, and is not declared there, because that would take it on the node.
        state_size_limit: for Fluent Bit: of its own directory, quantity such as 64Mi; three quarters of it are for what
            was not delivered yet. ``None`` renders no limit.
        grace_seconds: for Fluent Bit: whole seconds that it may go on delivering what it has read; default 5, and the
            pod's grace period grows by 5 more than that.
        drain_seconds: for Fluent Bit: whole seconds that it goes on reading after the application has ended; default 5;
            0 for none. The pod's grace period grows by as much. A classic sidecar (``native=False``) has none by
            default; with it, it sleeps so long from the pod's deletion on (``preStop.sleep``, Kubernetes 1.30 or
            newer): give more than the application needs to stop.
        image: of the container; default ``BUSYBOX_IMAGE``, or ``FLUENT_BIT_IMAGE``.
        command: what runs instead of the generated command. In place of ``tail`` it has no part in the pod's grace.
        env: further environment variables.
        resources: default ``SMALL_RESOURCES``, or ``COLLECTOR_RESOURCES`` and the size of the state volume as a request
            for ephemeral storage; in both the size of ``logs`` too, where they are an ``emptyDir`` on disk, and no
            container that mounts it requests ephemeral storage already. ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar, by default where the target version has them; ``False`` for the classic form, which
            may lose the last lines.
        read_only: mount ``logs`` read-only.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a bad file name, logs that would be mounted over the sidecar's own program, an option of
            Fluent Bit with ``Stdout()``, a memory limit under what Fluent Bit needs, a classic sidecar in a pod that
            has to end by itself, a pod for Windows, one on its node's network without ``port``, or a ``sub_path_expr``
            whose variables cannot be copied from the application's containers. At synthesis, a volume of the pod that
            no other container can write to is a finding.
        WrongType: for files in one string, or a destination that is none.
        Conflict: when the name, the port or a mount is taken.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        logs: VolumeMount,
        files: Sequence[str],
        to: LogOutput = Stdout(),  # noqa: B008 - frozen
        multiline: str | Sequence[str] = (),
        json: bool = False,
        port: int | None = None,
        state_size_limit: str | Default[str] | None = COLLECTOR_STATE_SIZE_LIMIT,
        grace_seconds: int | None = None,
        drain_seconds: int | None = None,
        image: str | Default[str] = BUSYBOX_IMAGE,
        command: Sequence[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        native: bool | Default[bool] = NATIVE_SIDECARS,
        read_only: bool = True,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        native = self.native(native)
        output = to.fluent_bit_output()
        if output is not None and not isinstance(output, FluentBitOutput):
            raise WrongType(f"to: fluent_bit_output() must give a FluentBitOutput or None, got {output!r}")
        spec = self.workload.pod.spec
        check_system(spec)
        reader = replace(logs, read_only=True) if read_only else logs
        paths = followed_paths(logs.mount_path, files, patterns=output is not None)
        check_place(logs.mount_path, fluent_bit=output is not None)
        writers = self.sharing(logs)
        context = self.security_context(security, beside=writers)
        variables = with_expansion(logs, variables_of(env), spec, writers)
        room = missing_on_disk(spec, logs)
        grace: dict[str, int] = {}
        containers: list[Container] = []
        if output is None:
            refuse_without_fluent_bit(multiline, json, port, state_size_limit, grace_seconds, drain_seconds)
            containers.append(
                Container(
                    name=id,
                    image=self.default(image),
                    command=tail(id, paths) if command is None else command,
                    env=variables,
                    resources=with_disk(self.default(resources), room if isinstance(resources, Default) else None),
                    volume_mounts=[reader],
                    security_context=context,
                    # no termination_message_policy: the end of its log is the application's, which is for fewer eyes
                    # than the pod's status
                )
            )
            if native and command is None:
                grace[id] = TAIL_GRACE_SECONDS
        else:
            draining = seconds_to_drain(drain_seconds, native=native, target=self.workload.target)
            fluent_bit = FluentBitContainer(
                name=id,
                output=output,
                logs=reader,
                paths=paths,
                multiline=[multiline] if isinstance(multiline, str) else multiline,
                json=json,
                port=self._port(port),
                declare_port=not on_the_node_s_network(spec),
                grace_seconds=GRACE_SECONDS if grace_seconds is None else grace_seconds,
                pre_stop_seconds=0 if native else draining,
                state_size_limit=self.default(state_size_limit),
                room=room,
                image=self.default(FLUENT_BIT_IMAGE if image is BUSYBOX_IMAGE else image),
                command=command,
                env=variables,
                resources=self.default(COLLECTOR_RESOURCES if resources is SMALL_RESOURCES else resources),
                security_context=context,
            )
            config = ConfigMap(
                self,
                "config",
                data={CONFIG_FILE: fluent_bit.configuration()},
                hash_in_name=True,
                namespace=self.workload.namespace,
            )
            containers.append(fluent_bit.container(config.name))
            grace[id] = fluent_bit.grace_seconds + STOP_MARGIN_SECONDS
            if draining and native:
                drain = self._drain(id, draining, context, None if resources is None else SMALL_RESOURCES)
                containers.append(drain)
                grace[drain.name] = draining
            else:
                grace[id] += draining
        self.contribute(
            Contribution(
                sidecars=containers,
                native=native,
                fs_group=self.shared_group(context, beside=writers),
                grace_seconds=grace,
                reads=[logs.volume_name],
                before=before,
                after=after,
            )
        )

    def _drain(
        self,
        name: str,
        seconds: int,
        context: SecurityContext | None,
        resources: ResourceRequirements | Default[ResourceRequirements] | None,
        image: str | Default[str] = BUSYBOX_IMAGE,
    ) -> Container:
        """What holds the stop signal of the Fluent Bit back; it runs as that one does, and needs no files."""
        return drain_container(name, seconds, self.default(image), self.default(resources), context)

    def _port(self, port: int | None) -> int:
        shared = on_the_node_s_network(self.workload.pod.spec)
        if port is None and shared:
            raise InvalidValue(
                "port must be given in a pod with hostNetwork, where Fluent Bit listens on the node itself, beside the "
                "node's programs and other pods; choose one that is free on every node: port=24220"
            )
        if port is None:
            return self.free_port(2020)
        if shared:
            check_listening(port, self.workload.pod.running())
        return port
