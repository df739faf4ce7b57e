"""The container in which Fluent Bit runs, as values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from patterns.errors import InvalidValue
from patterns.model import (
    ConfigMapKey,
    Container,
    EnvVar,
    FieldPath,
    JsonObject,
    Lifecycle,
    Probe,
    ResourceRequirements,
    SecretKey,
    SecurityContext,
    Sleep,
    Volume,
    VolumeMount,
)
from patterns.model.derived import derived
from patterns.model.names import name_beside
from patterns.model.quantity import quantity
from patterns.model.value import Value, dataclass, replace
from patterns.pod.key_files import key_file_mounts
from patterns.pod.room import EPHEMERAL_STORAGE, total, with_disk
from patterns.sidecars.fluent_bit import MULTILINE_PARSERS, Configuration
from patterns.sidecars.log_output import FILES, FluentBitOutput
from patterns.sidecars.scripts import drain
from patterns.yaml import write_yaml

# directories of their own: below /fluent-bit/etc are the image's files
_CONFIG = "/fluent-bit/config"
_STATE = "/fluent-bit/state"
#: key of the ConfigMap
CONFIG_FILE = "fluent-bit.yaml"

#: Fluent Bit's own default of `grace`
GRACE_SECONDS = 5
#: how long it may go on reading after the application's end; 100,000 lines of 100 characters take 2 seconds
DRAIN_SECONDS = 5
#: from the end of `grace` to the end of the process, when the destination does not answer
STOP_MARGIN_SECONDS = 5

#: fields of every record, by what they are called in Kubernetes' downward API
_METADATA = {
    "pod_name": ("POD_NAME", "metadata.name"),
    "namespace_name": ("POD_NAMESPACE", "metadata.namespace"),
    "node_name": ("NODE_NAME", "spec.nodeName"),
}
_ADDRESS = ("POD_IP", "status.podIP")


@dataclass(frozen=True, kw_only=True)
class FluentBitContainer(Value):
    """A Fluent Bit that follows files; its options are those of ``LoggingSidecar``.

    Workloads of one team have many that are equal. They are one value, which keeps what follows from it.

    Raises:
        InvalidValue: from ``configuration`` and ``container``, when options do not fit together.
    """

    name: str
    output: FluentBitOutput
    logs: VolumeMount
    paths: Sequence[str]
    multiline: Sequence[str]
    json: bool
    port: int
    declare_port: bool
    grace_seconds: int
    pre_stop_seconds: int
    state_size_limit: str | None
    #: what the logs may hold on the node's disk, where nobody asks for it already
    room: str | int | None
    image: str
    command: Sequence[str] | None
    env: Sequence[EnvVar]
    resources: ResourceRequirements | None
    security_context: SecurityContext | None

    def configuration(self) -> str:
        """The content of ``CONFIG_FILE``."""
        return derived(self, FluentBitContainer.configuration, lambda: write_yaml([self._configuration()]))

    def _configuration(self) -> JsonObject:
        for parser in self.multiline:
            if parser not in MULTILINE_PARSERS:
                raise InvalidValue(f"multiline must be of {', '.join(MULTILINE_PARSERS)}, got {parser!r}")
        if self.multiline and self.json:
            raise InvalidValue("multiline and json do not go together: a line of JSON is a whole record")
        if self.grace_seconds < 1:
            raise InvalidValue(f"grace_seconds must be at least 1, got {self.grace_seconds}")
        limits = self.resources.limits if self.resources else {}
        return Configuration(
            tag=self.name,
            paths=self.paths,
            state=_STATE,
            state_bytes=_bytes(self.state_size_limit, "state_size_limit"),
            memory_bytes=_bytes(limits.get("memory"), "resources: memory"),
            port=self.port,
            address=self._variable(_ADDRESS[0]),
            grace_seconds=self.grace_seconds,
            multiline=self.multiline,
            json=self.json,
            metadata={field: self._variable(name) for field, (name, _) in _METADATA.items()},
            plugin=self.output.plugin,
            properties=self.output.rendered_properties(self._secrets()),
        ).render()

    def container(self, config_map: str) -> Container:
        """The container, which reads its configuration from this ConfigMap."""
        config = VolumeMount(
            volume=Volume.config_map(self._volume("config"), config_map=config_map), mount_path=_CONFIG, read_only=True
        )
        container = derived(self, FluentBitContainer.container, self._without_config)
        logs, *own = container.volume_mounts
        return replace(container, volume_mounts=[logs, config, *own])

    def _without_config(self) -> Container:
        """The container, but for the mount of its configuration, whose name differs from pod to pod."""
        state = Volume.empty_dir(self._volume("state"), size_limit=self.state_size_limit)
        files = key_file_mounts(self._volume("files"), self.output.files, FILES)
        return Container(
            name=self.name,
            image=self.image,
            command=self.command or ["/fluent-bit/bin/fluent-bit", "-c", f"{_CONFIG}/{CONFIG_FILE}"],
            ports=[self.port] if self.declare_port else [],
            env=self._environment(),
            resources=self._resources(),
            volume_mounts=[self.logs, VolumeMount(volume=state, mount_path=_STATE), *files],
            # it gates the application only until Fluent Bit runs: a destination that does not answer makes /health bad
            # not before 5 failed deliveries, https://docs.fluentbit.io/manual/administration/monitoring
            startup_probe=_startup_probe(self.port),
            # /uptime answers as long as the process does; /health would have it killed in an outage of the destination
            liveness_probe=_liveness_probe(self.port),
            lifecycle=Lifecycle(pre_stop=Sleep(self.pre_stop_seconds)) if self.pre_stop_seconds else None,
            security_context=self.security_context,
            # why it ended, in the pod's status; not where its log is the application's, which is for fewer eyes
            termination_message_policy=None if self.output.plugin == "stdout" else "FallbackToLogsOnError",
        )

    def _environment(self) -> list[EnvVar]:
        result = [_of_the_pod(self._variable(name), path) for name, path in (*_METADATA.values(), _ADDRESS)]
        for key, variable in self._secrets().items():
            reference = self.output.properties[key]
            if isinstance(reference, (SecretKey, ConfigMapKey)):
                result.append(EnvVar(variable, reference))
        return [*result, *self.env]

    def _secrets(self) -> dict[str, str]:
        return {key: self._variable(name) for key, name in self.output.variables().items()}

    def _variable(self, name: str) -> str:
        """``name``, or the next one that the user's own variables leave free."""
        taken = {variable.name for variable in self.env}
        while name in taken:
            name = f"LOGGING_{name}"
        return name

    def _resources(self) -> ResourceRequirements | None:
        """With a request for the state volume and ``room``."""
        limit = self.state_size_limit
        if self.resources is not None and limit is not None:
            key = EPHEMERAL_STORAGE
            for kind, given in (("request", self.resources.requests), ("limit", self.resources.limits)):
                if key in given and quantity(given[key], key) < quantity(limit, "state_size_limit"):
                    raise InvalidValue(
                        f"resources: the {kind} of {key} must be at least state_size_limit {limit}, got {given[key]}"
                    )
        return with_disk(self.resources, total([self.room, limit]))

    def _volume(self, what: str) -> str:
        return name_beside(self.name, what)


def drain_container(
    name: str,
    seconds: int,
    image: str,
    resources: ResourceRequirements | None,
    security_context: SecurityContext | None,
) -> Container:
    """A native sidecar listed after the Fluent Bit ``name``, which is stopped when this one has ended.

    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-pod-lifecycle
    """
    own = name_beside(name, "drain")
    return Container(
        name=own,
        image=image,
        command=drain(own, seconds),
        resources=resources,
        security_context=security_context,
        termination_message_policy="FallbackToLogsOnError",
    )


def _bytes(value: str | int | None, what: str) -> int | None:
    if value is None:
        return None
    return int(quantity(value, what))


# values that every collector has: one frozen value serves them all


@cache
def _of_the_pod(name: str, path: str) -> EnvVar:
    return EnvVar(name, FieldPath(path))


@cache
def _startup_probe(port: int) -> Probe:
    return Probe.http(port, path="/api/v1/health", period_seconds=1, failure_threshold=60)


@cache
def _liveness_probe(port: int) -> Probe:
    return Probe.http(port, path="/api/v1/uptime", period_seconds=30, timeout_seconds=5, failure_threshold=5)
