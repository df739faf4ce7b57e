"""Rules for fields that take one of a few words."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.model.fields import nearest
from patterns.model.json import Json, JsonObject
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, container_rule, pod_rule
from patterns.pod.checks.subject import Container, Pod, Steps

_PROFILES = ("RuntimeDefault", "Localhost", "Unconfined")
#: by the way to the field
_OF_PODS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("restartPolicy",): ("Always", "OnFailure", "Never"),
    ("dnsPolicy",): ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    ("preemptionPolicy",): ("Never", "PreemptLowerPriority"),
    ("os", "name"): ("linux", "windows"),
    ("securityContext", "fsGroupChangePolicy"): ("Always", "OnRootMismatch"),
    ("securityContext", "supplementalGroupsPolicy"): ("Merge", "Strict"),
    ("securityContext", "seLinuxChangePolicy"): ("MountOption", "Recursive"),
    ("securityContext", "seccompProfile", "type"): _PROFILES,
    ("securityContext", "appArmorProfile", "type"): _PROFILES,
}
_OF_CONTAINERS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("terminationMessagePolicy",): ("File", "FallbackToLogsOnError"),
    ("securityContext", "procMount"): ("Default", "Unmasked"),
    ("securityContext", "seccompProfile", "type"): _PROFILES,
    ("securityContext", "appArmorProfile", "type"): _PROFILES,
}


#: the version from which the server looks; older ones forget the field
_SINCE = {"procMount": 33, "recursiveReadOnly": 31, "supplementalGroupsPolicy": 33, "seLinuxChangePolicy": 33}
#: where an empty word is not as good as none
_NEVER_EMPTY = frozenset(
    [
        "procMount",
        "fsGroupChangePolicy",
        "supplementalGroupsPolicy",
        "seLinuxChangePolicy",
        "mountPropagation",
        "recursiveReadOnly",
    ]
)


@pod_rule("unknown-choice", Outcome.REFUSED, source=f"{VALIDATION} ValidatePodSpec")
def unknown_choice_of_a_pod(pod: Pod) -> Problems:
    """Some settings take one of a few words, and letters count."""
    yield from _wrong(pod.spec, ("spec",), _OF_PODS, pod.target)
    system = pod.spec.get("os")
    if isinstance(system, dict) and not system.get("name"):
        yield Problem(("spec", "os", "name"), "name must be linux or windows, got none", "write linux, or take os out")
    for at, volume in pod.volumes:
        kind = volume.get("hostPath")
        if isinstance(kind, dict):
            yield from _wrong(kind, ("spec", "volumes", at, "hostPath"), _HOST_PATHS, pod.target)


_HOST_PATHS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("type",): ("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")
}


@container_rule("unknown-container-choice", Outcome.REFUSED, source=f"{VALIDATION} validateContainerCommon")
def unknown_choice_of_a_container(container: Container) -> Problems:
    """Some settings take one of a few words, and letters count."""
    yield from _wrong(container.json, (), _OF_CONTAINERS, container.target)
    for at, mount in container.entries("volumeMounts"):
        yield from _wrong(mount, ("volumeMounts", at), _OF_MOUNTS, container.target)


_OF_MOUNTS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("mountPropagation",): ("None", "HostToContainer", "Bidirectional"),
    ("recursiveReadOnly",): ("Disabled", "IfPossible", "Enabled"),
}


def _wrong(
    holder: JsonObject, path: Steps, choices: Mapping[tuple[str, ...], tuple[str, ...]], target: int
) -> Problems:
    for steps, known in choices.items():
        if steps[0] not in holder:
            continue
        value: Json = holder
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        empty_counts = steps[-1] in _NEVER_EMPTY
        if isinstance(value, str) and (value or empty_counts) and value not in known:
            if target < _SINCE.get(steps[-1], 0):
                continue
            near = nearest(value, known)
            message = f"{steps[-1]} must be one of {', '.join(known)}, got {value!r}"
            yield Problem((*path, *steps), message, f"write {near}" if near else "choose one of them")
