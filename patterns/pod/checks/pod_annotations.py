"""Rules for annotations of pods that Kubernetes itself reads, or read once."""

from __future__ import annotations

import re

from patterns.model.json import JsonObject, object_at, text_at
from patterns.pod.checks.rule import VALIDATION, WARNINGS, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.subject import Pod, PodContainer, Steps

_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
_SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod"
_COST = "controller.kubernetes.io/pod-deletion-cost"
_COSTS = re.compile(r"0|-?[1-9][0-9]{0,9}")
_LARGEST = 2**31
_UNUSED = {
    "scheduler.alpha.kubernetes.io/critical-pod": "use priorityClassName",
    "security.alpha.kubernetes.io/sysctls": "use securityContext.sysctls",
    "security.alpha.kubernetes.io/unsafe-sysctls": "use securityContext.sysctls",
}
_FIX = "take it out, and use the field of the security context"


@pod_rule("pod-annotation", Outcome.REFUSED, source=f"{VALIDATION} ValidatePodSpecificAnnotations")
def pod_annotation(pod: Pod) -> Problems:
    """Annotations for AppArmor, seccomp and the cost of deletion have a form, which the server checks."""
    for key, value in _annotations(pod).items():
        if not isinstance(value, str):
            continue
        path: Steps = ("metadata", "annotations", key)
        if key == _COST and not (_COSTS.fullmatch(value) and -_LARGEST <= int(value) < _LARGEST):
            yield Problem(path, f"{key} must be a whole number of 32 bits, got {value!r}", "write a number such as 10")
        elif key.startswith(_APP_ARMOR):
            yield from _app_armor(pod, key, value, path)
        elif key == _SECCOMP_OF_POD:
            yield from _seccomp(key, value, path, pod.spec, ("spec",))
        elif key.startswith(_SECCOMP):
            container = _container(pod, key.removeprefix(_SECCOMP))
            holder = container.json if container else {}
            at: Steps = ("spec", container.list, container.at) if container else ()
            yield from _seccomp(key, value, path, holder, at)


def _app_armor(pod: Pod, key: str, value: str, path: Steps) -> Problems:
    container = _container(pod, key.removeprefix(_APP_ARMOR))
    if container is None:
        message = f"{key} must end with the name of a container, and there is none of that name"
        yield Problem(path, message, _FIX)
    elif value not in ("", "runtime/default", "unconfined") and not value.startswith("localhost/"):
        message = f"{key} must be runtime/default, unconfined or localhost/<profile>, got {value!r}"
        yield Problem(path, message, _FIX)
    elif pod.target >= 30 and pod.os != "windows":
        of_pod = object_at(pod.spec, "securityContext").get("appArmorProfile")
        profile = container.security.get("appArmorProfile") or of_pod
        if isinstance(profile, dict) and not _same(profile, value):
            own = profile is not of_pod
            at: Steps = ("spec", container.list, container.at) if own else ("spec",)
            message = f"the annotation {key} must be what appArmorProfile says, got {value!r}"
            yield Problem((*at, "securityContext", "appArmorProfile", "type"), message, "take the annotation out")


def _seccomp(key: str, value: str, path: Steps, holder: JsonObject, at: Steps) -> Problems:
    profile = object_at(holder, "securityContext").get("seccompProfile")
    known = ("runtime/default", "docker/default", "unconfined")
    file = value.removeprefix("localhost/")
    below = file != value and not file.startswith("/") and ".." not in file.split("/")
    if value not in known and not below:
        message = f"{key} must be runtime/default, unconfined or localhost/<file>, got {value!r}"
        yield Problem(path, message, _FIX)
    elif isinstance(profile, dict) and not _same(profile, value):
        message = f"the annotation {key} must be what seccompProfile says, got {value!r}"
        yield Problem((*at, "securityContext", "seccompProfile", "type"), message, "take the annotation out")


def _same(profile: JsonObject, value: str) -> bool:
    match text_at(profile, "type"):
        case "Unconfined":
            return value == "unconfined"
        case "RuntimeDefault":
            return value in ("runtime/default", "docker/default")
        case "Localhost":
            return value == f"localhost/{text_at(profile, 'localhostProfile')}"
    return True


@pod_rule("deprecated-annotation", Outcome.WARNED, source=WARNINGS)
def deprecated_annotation(pod: Pod) -> Problems:
    """Some annotations became fields: what they say is no longer done, or will not be one day."""
    for key in _annotations(pod):
        path: Steps = ("metadata", "annotations", key)
        of_pod = object_at(pod.spec, "securityContext")
        if key in _UNUSED:
            yield Problem(path, f"{key} does nothing", _UNUSED[key])
        elif key == _SECCOMP_OF_POD and of_pod.get("seccompProfile") is None:
            yield Problem(path, f"{key} does nothing since 1.27", "use securityContext.seccompProfile")
        elif key.startswith(_SECCOMP):
            container = _container(pod, key.removeprefix(_SECCOMP))
            if container is not None and container.security.get("seccompProfile") is None:
                yield Problem(path, f"{key} does nothing since 1.27", "use securityContext.seccompProfile")
        elif key.startswith(_APP_ARMOR) and pod.target >= 30:
            container = _container(pod, key.removeprefix(_APP_ARMOR))
            if container is not None and not (container.security | of_pod).get("appArmorProfile"):
                message = f"{key} is deprecated since 1.30"
                yield Problem(path, message, "use securityContext.appArmorProfile")


def _annotations(pod: Pod) -> JsonObject:
    return object_at(pod.json, "metadata", "annotations")


def _container(pod: Pod, name: str) -> PodContainer | None:
    return next((container for container in pod.all_containers if container.name == name), None)
