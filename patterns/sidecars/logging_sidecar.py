"""A sidecar that reads the log files of the application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from patterns.defaults import (
    BUSYBOX_IMAGE,
    COLLECTOR_RESOURCES,
    COLLECTOR_STATE_SIZE_LIMIT,
    CONTAINER_SECURITY,
    FLUENT_BIT_IMAGE,
    SMALL_RESOURCES,
    Default,
)
from patterns.errors import InvalidValue, WrongType
from patterns.model import (
    Container,
    EnvVar,
    JsonObject,
    PodSecurityContext,
    ResourceRequirements,
    Security,
    SecurityContext,
    VolumeMount,
)
from patterns.model.env import EnvSource
from patterns.model.value import within
from patterns.objects.config_map import ConfigMap
from patterns.pattern import NONROOT, Pattern
from patterns.pod.contribution import Contribution
from patterns.pod.mounts import containers_mounting, keeps_data
from patterns.sidecars.fluent_bit_container import (
    CONFIG_FILE,
    GRACE_SECONDS,
    STOP_MARGIN_SECONDS,
    FluentBitContainer,
)
from patterns.sidecars.log_files import followed_paths, tail
from patterns.sidecars.log_output import FluentBitOutput, LogOutput, Stdout
from patterns.yaml import write_yaml

if TYPE_CHECKING:
    from constructs import Construct


class LoggingSidecar(Pattern):
    """Gives the pod a container that reads the application's log files and passes their lines on.

    An application that can log to its standard output needs none. To ``Stdout()`` it is a ``tail``; to every other
    destination a Fluent Bit, with its configuration in a ConfigMap, a directory of its own for positions and what was
    not delivered yet, and probes. It runs as a native sidecar (Kubernetes 1.29 or newer), which starts before the
    application and stops after it. At its signal Fluent Bit delivers what it has read, and no more.

    ``tail`` is process 1 of its container and has no handler for SIGTERM, so the kernel shields it from the signal:
    the pod's stop, and the end of a Job, take the whole grace period, and a native sidecar that stands before it in the
    list is stopped after it, with nothing left. ``share_process_namespace=True`` on the workload lets ``tail`` end at
    once; it looks once a second, so that it then misses what was written in its last second. https://man7.org/linux/man-pages/man7/pid_namespaces.7.html

    It runs as the application's user where the pod tells it. Where it does not, and the workload is this library's,
    the pod gets a common ``fsGroup``, so that a log of mode 0640 can be read; not where a volume of the pod keeps data,
    whose files would all change owner and mode: name the user or the group there (``security=Security(...)``).

    Args:
        scope: the workload.
        id: the container's name (DNS-1123 label).
        logs: where the application writes, such as ``scratch.mount``.
        files: names below ``logs``, such as ``"access.log"``; Fluent Bit takes patterns too (``"*.log"``).
        to: the destination: ``Stdout()``, ``Elasticsearch(...)``, ``Splunk(...)``, ``FluentBitOutput(...)``, or one
            of your own. Several files to ``Stdout()`` come out as one stream, without a word of which is which.
        multiline: for Fluent Bit: built-in parsers that make one record of a stack trace: ``java``, ``python``, ``go``,
            ``ruby``.
        json: for Fluent Bit: every line is a JSON object, whose fields become the record's.
        port: for Fluent Bit: of its HTTP server; default the first free one of the pod from 2020 on.
        state_size_limit: for Fluent Bit: of its own directory, quantity such as 64Mi; three quarters of it are for what
            was not delivered yet. ``None`` renders no limit.
        grace_seconds: for Fluent Bit: whole seconds that it may go on delivering what it has read; default 5, and the
            pod's grace period grows by 5 more than that.
        image: of the container; default ``BUSYBOX_IMAGE``, or ``FLUENT_BIT_IMAGE``.
        command: what runs instead of the generated command.
        env: further environment variables.
        resources: default ``SMALL_RESOURCES``, or ``COLLECTOR_RESOURCES`` and the size of the state volume as a request
            for ephemeral storage. ``None`` renders nothing.
        security: Pod Security of the container; ``restricted`` with a read-only root by default; ``None`` renders
            nothing.
        native: a native sidecar; ``False`` for the classic form, which may lose the last lines.
        read_only: mount ``logs`` read-only.
        before: names of init containers and sidecars that start after this one.
        after: names of init containers and sidecars that start before this one.

    Raises:
        InvalidValue: for a bad file name, an option of Fluent Bit with ``Stdout()``, a memory limit under what
            Fluent Bit needs, or a classic sidecar in a pod that has to end by itself.
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
        image: str | Default[str] = BUSYBOX_IMAGE,
        command: Sequence[str] | None = None,
        env: Mapping[str, str | EnvSource] | Sequence[EnvVar] = (),
        resources: ResourceRequirements | Default[ResourceRequirements] | None = SMALL_RESOURCES,
        security: Security | Default[Security] | None = CONTAINER_SECURITY,
        native: bool = True,
        read_only: bool = True,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        output = to.fluent_bit_output()
        if output is not None and not isinstance(output, FluentBitOutput):
            raise WrongType(f"to: fluent_bit_output() must give a FluentBitOutput or None, got {output!r}")
        reader = replace(logs, read_only=True) if read_only else logs
        paths = followed_paths(logs.mount_path, files, patterns=output is not None)
        writers = self._writers(logs)
        context = self.security_context(security, beside=writers)
        annotations: dict[str, str] = {}
        grace: dict[str, int] = {}
        if output is None:
            _refuse_without_fluent_bit(multiline, json, port, state_size_limit, grace_seconds)
            container = Container(
                name=id,
                image=self.default(image),
                command=tail(paths) if command is None else command,
                env=env,
                resources=self.default(resources),
                volume_mounts=[reader],
                security_context=context,
            )
        else:
            fluent_bit = FluentBitContainer(
                name=id,
                output=output,
                logs=reader,
                paths=paths,
                multiline=[multiline] if isinstance(multiline, str) else multiline,
                json=json,
                port=self.free_port(2020) if port is None else port,
                grace_seconds=GRACE_SECONDS if grace_seconds is None else grace_seconds,
                state_size_limit=self.default(state_size_limit),
                image=self.default(FLUENT_BIT_IMAGE if image is BUSYBOX_IMAGE else image),
                command=command,
                env=_variables(env),
                resources=self.default(COLLECTOR_RESOURCES if resources is SMALL_RESOURCES else resources),
                security_context=context,
            )
            config = ConfigMap(
                self,
                "config",
                data={CONFIG_FILE: write_yaml([fluent_bit.configuration()])},
                namespace=self.workload.namespace,
            )
            container = fluent_bit.container(config.name)
            annotations[f"checksum/{id}"] = config.content_hash
            grace[id] = fluent_bit.grace_seconds + STOP_MARGIN_SECONDS
        self.contribute(
            Contribution(
                sidecars=[container],
                native=native,
                annotations=annotations,
                pod=self._common_group(context, writers),
                grace_seconds=grace,
                before=before,
                after=after,
            )
        )

    def _writers(self, logs: VolumeMount) -> tuple[str, ...]:
        """The application containers that mount the logs."""
        mounting = containers_mounting(self.workload.pod.spec, logs.volume_name)
        return tuple(name for name in mounting if name in self.workload.application_containers)

    def _common_group(self, context: SecurityContext | None, writers: tuple[str, ...]) -> JsonObject:
        """A group that owns the pod's volumes, where nothing else lets the sidecar read what the application writes.

        The kubelet gives an emptyDir to that group, with the setgid bit, so that new files belong to it, and every
        container is a member: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
        It does so to volumes that keep data as well, where it changes owner and mode of every file, and databases
        refuse a directory that a group may write: such a pod gets no group unasked.
        """
        known = self.workload.identity(writers)
        if context is None or known.run_as_user or known.fs_group is not None or not self.workload.ours:
            return {}
        if keeps_data(self.workload.pod.spec):
            return {}
        return {"securityContext": PodSecurityContext(fs_group=NONROOT).render()}


def _variables(env: Mapping[str, str | EnvSource] | Sequence[EnvVar]) -> list[EnvVar]:
    if not isinstance(env, Mapping):
        return list(env)
    result: list[EnvVar] = []
    for name, value in env.items():
        with within(f"env[{name!r}]"):
            result.append(EnvVar(name, value))
    return result


def _refuse_without_fluent_bit(
    multiline: str | Sequence[str],
    json: bool,
    port: int | None,
    state_size_limit: str | Default[str] | None,
    grace_seconds: int | None,
) -> None:
    given = {
        "multiline": bool(multiline),
        "json": json,
        "port": port is not None,
        "state_size_limit": not isinstance(state_size_limit, Default),
        "grace_seconds": grace_seconds is not None,
    }
    for option, is_given in given.items():
        if is_given:
            raise InvalidValue(
                f"{option} is an option of Fluent Bit, and Stdout() is a plain `tail`; take it away, or write "
                'to=FluentBitOutput("stdout", {"format": "json_lines"})'
            )
