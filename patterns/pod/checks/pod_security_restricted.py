"""The checks of Pod Security `restricted`, beside those of `baseline`."""

from __future__ import annotations

from patterns.model.json import object_at, text_at
from patterns.pod.checks.pod_security_baseline import seccomp_baseline
from patterns.pod.checks.pod_security_places import (
    CONTEXT,
    added,
    contexts,
    for_windows,
    own_users,
    pod_context,
    problem_in,
)
from patterns.pod.checks.reading import number, texts
from patterns.pod.checks.rule import Problem, Problems
from patterns.pod.checks.subject import Pod

_VOLUMES = frozenset(
    [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ]
)


def capabilities_restricted(pod: Pod, minor: int) -> Problems:
    if for_windows(pod, minor):
        return
    for container in pod.all_containers:
        if "ALL" not in texts(object_at(container.security, "capabilities").get("drop")):
            yield problem_in(
                container,
                "capabilities.drop must hold ALL",
                'write capabilities: {drop: ["ALL"]}',
                CONTEXT,
                "capabilities",
                "drop",
            )
        for name in added(container):
            if name != "NET_BIND_SERVICE":
                message = f"capabilities.add must hold NET_BIND_SERVICE at most, got {name}"
                yield problem_in(container, message, "take it out", CONTEXT, "capabilities", "add")


def restricted_volumes(pod: Pod, minor: int) -> Problems:
    for at, volume in pod.volumes:
        # a volume that says nothing of its kind is an emptyDir
        kinds = [key for key, value in volume.items() if key != "name" and value is not None]
        if kinds and not _VOLUMES & set(kinds):
            message = f"volume {text_at(volume, 'name')!r} must be of {', '.join(sorted(_VOLUMES))}, got {kinds[0]}"
            yield Problem(("spec", "volumes", at, kinds[0]), message, "use a persistentVolumeClaim")


def escalation(pod: Pod, minor: int) -> Problems:
    if for_windows(pod, minor):
        return
    for container in pod.all_containers:
        if container.security.get("allowPrivilegeEscalation") is not False:
            yield problem_in(
                container,
                "allowPrivilegeEscalation must be false",
                "write allowPrivilegeEscalation: false",
                CONTEXT,
                "allowPrivilegeEscalation",
            )


def run_as_non_root(pod: Pod, minor: int) -> Problems:
    if own_users(pod, minor):
        return
    of_pod = pod_context(pod).get("runAsNonRoot")
    if of_pod is False:
        yield Problem(("spec", CONTEXT, "runAsNonRoot"), "runAsNonRoot must be true, got false", "write true")
    for container in pod.all_containers:
        own = container.security.get("runAsNonRoot")
        if own is False:
            yield problem_in(container, "runAsNonRoot must be true, got false", "write true", CONTEXT, "runAsNonRoot")
        elif own is None and of_pod is None:
            message = "runAsNonRoot must be true, got none here and in the pod"
            yield problem_in(container, message, "write runAsNonRoot: true", CONTEXT, "runAsNonRoot")


def run_as_user(pod: Pod, minor: int) -> Problems:
    if own_users(pod, minor):
        return
    for path, whose, context in contexts(pod):
        if number(context.get("runAsUser")) == 0:
            yield Problem((*path, "runAsUser"), f"{whose}runAsUser must not be 0", "write another user")


def seccomp_restricted(pod: Pod, minor: int) -> Problems:
    if for_windows(pod, minor):
        return
    yield from seccomp_baseline(pod, minor)
    if isinstance(pod_context(pod).get("seccompProfile"), dict):
        return
    for container in pod.all_containers:
        if not isinstance(container.security.get("seccompProfile"), dict):
            message = "seccompProfile must be RuntimeDefault or Localhost, got none here and in the pod"
            fix = "write seccompProfile: {type: RuntimeDefault}"
            yield problem_in(container, message, fix, CONTEXT, "seccompProfile")
