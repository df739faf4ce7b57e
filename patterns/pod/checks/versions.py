"""Rules for fields and values that are too young for the target version."""

from __future__ import annotations

from collections.abc import Iterator

from patterns.model.json import text_at
from patterns.pod.checks.rule import Outcome, Problem, Problems, container_rule, object_rule, pod_rule
from patterns.pod.checks.schema import Fault, faults
from patterns.pod.checks.subject import Container, Object, Pod
from patterns.pod.versions import FIELDS, Since, needed_for, supports

_GATES = "https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/"


def _young(obj: Object) -> Iterator[tuple[Fault, Since]]:
    for fault in faults(obj):
        if fault.rule == "young":
            yield fault, FIELDS[fault.holds][str(fault.path[-1])]


@object_rule("younger-than-target", Outcome.REFUSED, source=_GATES)
def younger_than_target(obj: Object) -> Problems:
    """A server refuses a field that only younger ones know."""
    for fault, since in _young(obj):
        if obj.target < since.known:
            version = f"1.{since.kept}" if since.kept else "a feature gate that is off by default"
            message = f"{fault.holds}.{fault.path[-1]} needs {version}, and 1.{obj.target} does not know it"
            yield Problem(fault.path, f"{message} ({since.source})", since.older)


@object_rule("dropped-by-target", Outcome.BROKEN, source=_GATES)
def dropped_by_target(obj: Object) -> Problems:
    """A server takes a field whose feature gate is off, drops it, and says nothing."""
    for fault, since in _young(obj):
        if since.known <= obj.target and (since.kept is None or obj.target < since.kept):
            version = f"1.{since.kept}" if since.kept else "a feature gate that is off by default"
            message = f"{fault.holds}.{fault.path[-1]} needs {version}, and 1.{obj.target} drops it in silence"
            yield Problem(fault.path, f"{message} ({since.source})", since.older)


@container_rule(
    "native-sidecar-too-young", Outcome.REFUSED, source="KEP-753, on by default since 1.29", fields=("restartPolicy",)
)
def native_sidecar_too_young(container: Container) -> Problems:
    """Before 1.29 an init container cannot go on running."""
    if container.is_sidecar and not supports(container.target, "native-sidecar"):
        message = f"restartPolicy: Always needs {needed_for('native-sidecar')}, and the target is 1.{container.target}"
        yield Problem(("restartPolicy",), message, "run it as a further container, or raise the target")


@pod_rule(
    "se-linux-mount-too-young", Outcome.REFUSED, source="KEP-1710, gate SELinuxMount", fields=("securityContext",)
)
def se_linux_mount_too_young(pod: Pod) -> Problems:
    """Before 1.37 SELinux labels are changed file by file, and nothing else can be asked for."""
    policy = text_at(pod.spec, "securityContext", "seLinuxChangePolicy")
    if policy == "MountOption" and 33 <= pod.target < 37:
        message = f"seLinuxChangePolicy: MountOption needs 1.37, and the target is 1.{pod.target}"
        yield Problem(("spec", "securityContext", "seLinuxChangePolicy"), message, "write Recursive, or take it out")


@container_rule("host-ips-too-young", Outcome.REFUSED, source="KEP-2681, on by default since 1.29", fields=("env",))
def host_ips_too_young(container: Container) -> Problems:
    """Before 1.29 a container can read one address of its node."""
    if container.target >= 29:
        return
    for at, variable in container.entries("env"):
        if text_at(variable, "valueFrom", "fieldRef", "fieldPath") == "status.hostIPs":
            message = f"status.hostIPs needs 1.29, and the target is 1.{container.target}"
            yield Problem(("env", at, "valueFrom", "fieldRef", "fieldPath"), message, "read status.hostIP")
