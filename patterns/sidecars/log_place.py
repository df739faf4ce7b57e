"""Where a sidecar sees the logs, and whether it can run in this pod at all."""

from __future__ import annotations

from collections.abc import Iterable

from patterns.errors import Conflict, InvalidValue
from patterns.model import JsonObject
from patterns.model.json import object_at, objects_at, text_at
from patterns.model.paths import normalised_path

#: where images have their shell, their libraries, their certificates, and what the runtime gives them
_OF_THE_IMAGE = (
    "/bin", "/dev", "/etc/ssl", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr/bin", "/usr/lib", "/usr/sbin",
    "/etc/ssl/certs", "/lib/aarch64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
)  # fmt: skip
#: a volume below these cannot be mounted: the runtime makes no directory there, or in a volume that is read-only
_CLOSED = ("/proc", "/sys")
#: Fluent Bit's program, and the volumes that are mounted beside it
_FLUENT_BIT = "/fluent-bit"


def check_place(mount_path: str, *, fluent_bit: bool) -> None:
    """Refuse logs that are mounted over what the sidecar itself needs.

    The application may log there, because its image is another one.

    Raises:
        InvalidValue: when the sidecar would not start.
    """
    place = normalised_path(mount_path)
    needed = (_FLUENT_BIT, *_OF_THE_IMAGE) if fluent_bit else _OF_THE_IMAGE
    closed = (_FLUENT_BIT, *_CLOSED) if fluent_bit else _CLOSED
    hidden = [path for path in needed if _is_at_or_below(path, place)]
    hidden += [path for path in closed if _is_at_or_below(place, path)]
    if hidden:
        raise InvalidValue(
            f"logs must not be mounted on {mount_path!r} in this sidecar, whose image has what it needs to run in "
            f"{hidden[0]}; mount them elsewhere in it: logs=dataclasses.replace(logs, mount_path='/logs')"
        )


def _is_at_or_below(path: str, other: str) -> bool:
    return other in (path, "/") or path.startswith(f"{other}/")


def check_system(spec: JsonObject) -> None:
    """Refuse a pod for Windows, on whose nodes no image of these sidecars runs.

    https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host

    Raises:
        InvalidValue: when the pod spec says that it is one.
    """
    system = text_at(spec, "os", "name") or text_at(object_at(spec, "nodeSelector"), "kubernetes.io/os")
    if system.lower() == "windows":
        raise InvalidValue(
            "the pod is for Windows, and the images of this sidecar are for Linux; let the application log to its "
            "standard output, or write a Sidecar with an image of your own"
        )


def on_the_node_s_network(spec: JsonObject) -> bool:
    """Whether the pod's ports are those of its node: ``hostNetwork``."""
    return spec.get("hostNetwork") is True


def check_listening(port: int, running: Iterable[JsonObject]) -> None:
    """Refuse a port on which another container of the pod listens: a declared one, or one that is probed.

    On the network of the node a collector declares none, so the merge does not see it.

    Raises:
        Conflict: for the first of them.
    """
    for container in running:
        probes = (object_at(container, f"{kind}Probe") for kind in ("startup", "readiness", "liveness"))
        taken = [object_at(probe, by).get("port") for probe in probes for by in ("httpGet", "tcpSocket")]
        taken += [declared.get("containerPort") for declared in objects_at(container, "ports")]
        if port in taken:
            raise Conflict(
                f"port {port} is taken by container {text_at(container, 'name')!r}; the containers of a pod share one "
                "network namespace, so only one can listen there: give one another port"
            )
