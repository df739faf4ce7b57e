"""What a pattern adds to a pod, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from patterns.errors import InvalidValue
from patterns.model import Container, EnvVar, Json, VolumeMount
from patterns.model.frozen import NOTHING
from patterns.model.names import check_annotations, check_labels, numeric_id, port_number, whole_number
from patterns.model.value import Value, dataclass

_NO_PORTS = cast("Mapping[int, int]", NOTHING)

#: what a pod spec has lists of, and the option that says who brought it
_OPTIONS = {
    "containers": "sidecars=[Container(...)], native=False",
    "initContainers": "init_containers=[Container(...)], or sidecars=",
    "volumes": "a VolumeMount, which carries its volume, in mounts= or in a container",
}


@dataclass(frozen=True, kw_only=True)
class Contribution(Value):
    """A pattern's whole effect on its pod; whatever is left out stays as it was.

    Args:
        init_containers: containers that run to completion before the application, in start order.
        sidecars: containers that run beside the application; they start after ``init_containers``.
        native: run the ``sidecars`` as init containers with ``restartPolicy: Always`` (on by default since Kubernetes
            1.29); ``False`` makes them further ``containers``, which start and stop with the application.
        mounts: volume mounts for containers that the pod has already, by container name.
        env: environment variables for containers that the pod has already, by container name.
        annotations: of the pod template, so that a changed value rolls the pods.
        labels: of the pod template.
        pod: single values of the pod spec in Kubernetes' own JSON (``{"shareProcessNamespace": True}``).
            Nested objects are merged key by key; a value that is there already must be equal.
        fs_group: group that is to own the pod's volumes, where the pod has none and no volume keeps data. That is
            decided when the pod is rendered, so that the order of patterns does not matter; only in workloads of this
            library.
        grace_seconds: whole seconds that a container needs to stop, by container name. Native sidecars stop one
            at a time after the application, so their slices add up; those of classic sidecars run beside it.
            https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-pod-lifecycle
        pre_stop_sleep: whole seconds that every application container without a ``preStop`` of its own sleeps before
            its stop signal, while endpoints of the pod go away and what is in front of it drains (``preStop.sleep``,
            Kubernetes 1.30 or newer). Of several contributors the longest counts; the grace period grows by it.
            https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
        target_ports: ports of the application that something contributed here stands in front of, with the port that
            Services lead to instead: ``{8080: 10000}``.
        reads: names of volumes that the containers contributed here read, and another one of the pod has to write.
        files: files that init containers contributed here write: by the volume's name and the path in it, a text that
            tells the content, such as a hash of it.
        shares: names of volumes that some container of the pod has to mount, be it by a later contribution.
        before: names of init containers or sidecars that must start after the ones contributed here.
        after: names of init containers or sidecars that must start before the ones contributed here.

    Raises:
        WrongType: for a value of another type.
        InvalidValue: for a label, an annotation, a port, a number or a value of the pod that cannot be.
    """

    init_containers: Sequence[Container] = ()
    sidecars: Sequence[Container] = ()
    native: bool = True
    mounts: Mapping[str, Sequence[VolumeMount]] = NOTHING
    env: Mapping[str, Sequence[EnvVar]] = NOTHING
    annotations: Mapping[str, str] = NOTHING
    labels: Mapping[str, str] = NOTHING
    pod: Mapping[str, Json] = NOTHING
    fs_group: int | None = None
    grace_seconds: Mapping[str, int] = NOTHING
    pre_stop_sleep: int = 0
    target_ports: Mapping[int, int] = _NO_PORTS
    files: Mapping[str, Mapping[str, str]] = NOTHING
    reads: Sequence[str] = ()
    shares: Sequence[str] = ()
    before: Sequence[str] = ()
    after: Sequence[str] = ()

    def __post_init__(self) -> None:
        # most contributions hold none of these
        if self.grace_seconds is not NOTHING:
            for name, seconds in self.grace_seconds.items():
                whole_number(seconds, f"grace_seconds[{name!r}]")
        if self.pre_stop_sleep:
            whole_number(self.pre_stop_sleep, "pre_stop_sleep")
        if self.fs_group is not None:
            numeric_id(self.fs_group, "fs_group")
        if self.labels is not NOTHING:
            check_labels(self.labels)
        if self.annotations is not NOTHING:
            check_annotations(self.annotations)
        if self.target_ports:
            _check_target_ports(self.target_ports)
        if self.pod is not NOTHING:
            for key in self.pod.keys() & _OPTIONS.keys():
                raise InvalidValue(f"pod must not hold {key!r}, whose owners would not be known; write {_OPTIONS[key]}")


def _check_target_ports(ports: Mapping[int, int]) -> None:
    for behind, before in ports.items():
        port_number(behind, "target_ports: key")
        port_number(before, f"target_ports[{behind}]")
        if behind == before:
            raise InvalidValue(f"target_ports[{behind}] must be another port, got {before}")
