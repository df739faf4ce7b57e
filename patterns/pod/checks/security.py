"""Rules for security contexts that the server or the kubelet refuses, whatever the Pod Security level."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from patterns.model.json import Json, JsonObject, object_at, text_at
from patterns.pod.checks.reading import byte_length, number
from patterns.pod.checks.rule import (
    VALIDATION,
    Outcome,
    Problem,
    Problems,
    container_rule,
    pod_container_rule,
    pod_rule,
)
from patterns.pod.checks.subject import Container, Pod, PodContainer, Steps, entries

_CONTEXT = f"{VALIDATION} ValidateSecurityContext"
_SYSCTL = re.compile(r"[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*")
_LARGEST_ID = 2**31 - 1
_LONGEST_PROFILE = 4095
_NAME = "name the profile as the node has it"
#: of the kernel's messages between processes
_OF_MESSAGES = frozenset(
    [
        "kernel.sem",
        *(f"kernel.shm{what}" for what in ("", "all", "max", "mni", "_rmid_forced")),
        *(f"kernel.msg{what}" for what in ("", "max", "mnb", "mni")),
    ]
)


@container_rule("user-id", Outcome.REFUSED, source=_CONTEXT, fields=("securityContext",))
def user_id(container: Container) -> Problems:
    """Users and groups are numbers from 0 to 2,147,483,647."""
    for field in ("runAsUser", "runAsGroup"):
        yield from _id(container.security.get(field), ("securityContext", field), field)


@pod_rule(
    "pod-user-id", Outcome.REFUSED, source=f"{VALIDATION} validatePodSpecSecurityContext", fields=("securityContext",)
)
def pod_user_id(pod: Pod) -> Problems:
    """Users and groups are numbers from 0 to 2,147,483,647."""
    context = object_at(pod.spec, "securityContext")
    for field in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from _id(context.get(field), ("spec", "securityContext", field), field)
    groups = context.get("supplementalGroups")
    for at, group in enumerate(groups if isinstance(groups, list) else ()):
        yield from _id(group, ("spec", "securityContext", "supplementalGroups", at), "a group")


def _id(value: Json, path: Steps, what: str) -> Problems:
    found = number(value)
    if found is not None and not 0 <= found <= _LARGEST_ID:
        yield Problem(path, f"{what} must be 0-{_LARGEST_ID}, got {found}", "write the number of a user or group")


@container_rule("privileged-without-escalation", Outcome.REFUSED, source=_CONTEXT, fields=("securityContext",))
def privileged_without_escalation(container: Container) -> Problems:
    """A privileged container, or one with CAP_SYS_ADMIN, can always gain more: it cannot promise not to."""
    context = container.security
    if context.get("allowPrivilegeEscalation") is not False:
        return
    if context.get("privileged") is True:
        message = "allowPrivilegeEscalation must not be false beside privileged: true"
        yield Problem(("securityContext", "allowPrivilegeEscalation"), message, "take one of them out")
    added = object_at(context, "capabilities").get("add")
    if isinstance(added, list) and "CAP_SYS_ADMIN" in added:
        message = "allowPrivilegeEscalation must not be false beside the capability CAP_SYS_ADMIN"
        yield Problem(("securityContext", "allowPrivilegeEscalation"), message, "take one of them out")


@pod_container_rule("unmasked-proc", Outcome.REFUSED, source=_CONTEXT, fields=("securityContext",))
def unmasked_proc(container: PodContainer) -> Problems:
    """An unmasked ``/proc`` is only for containers with users of their own."""
    if container.target < 33:
        return
    if container.security.get("procMount") == "Unmasked" and container.pod.spec.get("hostUsers") is not False:
        message = "procMount must be Default where the pod has not hostUsers: false, got Unmasked"
        yield Problem(("securityContext", "procMount"), message, "set hostUsers: false, or take procMount out")


@container_rule(
    "local-profile", Outcome.REFUSED, source=f"{VALIDATION} validateSeccompProfileField", fields=("securityContext",)
)
def local_profile(container: Container) -> Problems:
    """A profile of type Localhost names its file, and no other type does."""
    yield from _profiles(container.security, ("securityContext",))


@pod_rule(
    "pod-local-profile",
    Outcome.REFUSED,
    source=f"{VALIDATION} validateSeccompProfileField",
    fields=("securityContext",),
)
def pod_local_profile(pod: Pod) -> Problems:
    """A profile of type Localhost names its file, and no other type does."""
    yield from _profiles(object_at(pod.spec, "securityContext"), ("spec", "securityContext"))


def _profiles(context: JsonObject, path: Steps) -> Problems:
    for field in ("seccompProfile", "appArmorProfile"):
        profile = context.get(field)
        if not isinstance(profile, dict):
            continue
        kind, file = text_at(profile, "type"), profile.get("localhostProfile")
        if not kind:
            message = f"type must be given in {field}, got none"
            yield Problem((*path, field, "type"), message, "write type: RuntimeDefault")
        elif kind == "Localhost" and (file is None or (field == "appArmorProfile" and file == "")):
            message = "localhostProfile must name the file where type is Localhost, got none"
            yield Problem((*path, field, "localhostProfile"), message, "name the file, or write type: RuntimeDefault")
        elif kind == "Localhost":
            if isinstance(file, str) and (said := _SAID[field](file)):
                yield Problem((*path, field, "localhostProfile"), f"localhostProfile {said}, got {file[:60]!r}", _NAME)
        elif file is not None:
            message = f"localhostProfile must only be set where type is Localhost, got type {kind}"
            yield Problem((*path, field, "localhostProfile"), message, "take it out")


def _seccomp_file(file: str) -> str:
    if file.startswith("/"):
        return "must be a path below the kubelet's folder of profiles"
    return "must not hold '..'" if ".." in file.split("/") else ""


def _app_armor_name(name: str) -> str:
    if name != name.strip():
        return "must have no blanks around it"
    return f"must have at most {_LONGEST_PROFILE} bytes" if byte_length(name) > _LONGEST_PROFILE else ""


_SAID: Mapping[str, Callable[[str], str]] = {"seccompProfile": _seccomp_file, "appArmorProfile": _app_armor_name}


@pod_rule("sysctl", Outcome.REFUSED, source=f"{VALIDATION} validateSysctls", fields=("securityContext",))
def sysctl(pod: Pod) -> Problems:
    """A sysctl is named once, such as ``net.core.somaxconn``, and not where the pod has the node's own."""
    seen: set[str] = set()
    for at, one in entries(object_at(pod.spec, "securityContext").get("sysctls")):
        name = text_at(one, "name")
        path: Steps = ("spec", "securityContext", "sysctls", at, "name")
        if not name or len(name) > 253 or not _SYSCTL.fullmatch(name):
            yield Problem(path, f"a sysctl must be named as net.core.somaxconn is, got {name!r}", "write its name")
        elif name in seen:
            yield Problem(path, f"a sysctl must stand once, got {name} twice", "remove one of them")
        else:
            plain = _with_dots(name)
            if pod.spec.get("hostNetwork") is True and plain.startswith("net."):
                said = f"a sysctl of the network must not be set beside hostNetwork, got {name}"
                yield Problem(path, said, "take it out")
            if pod.spec.get("hostIPC") is True and (plain in _OF_MESSAGES or plain.startswith("fs.mqueue.")):
                said = f"a sysctl of messages must not be set beside hostIPC, got {name}"
                yield Problem(path, said, "take it out")
        seen.add(name)


def _with_dots(name: str) -> str:
    """``net/ipv4/conf.eth0`` is ``net.ipv4.conf/eth0``: the first separator tells which is which."""
    first = next((letter for letter in name if letter in "./"), ".")
    return name if first == "." else name.translate(str.maketrans("./", "/."))


@pod_container_rule(
    "root-user-refused",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: CreateContainerConfigError; kubelet verifyRunAsNonRoot",
    whole=True,
)
def root_user_refused(container: PodContainer) -> Problems:
    """The kubelet starts no container as user 0 where ``runAsNonRoot`` is true."""
    pod = object_at(container.pod.spec, "securityContext")
    user = number(container.security.get("runAsUser", pod.get("runAsUser")))
    non_root = container.security.get("runAsNonRoot", pod.get("runAsNonRoot"))
    if user == 0 and non_root is True:
        own = "runAsUser" in container.security
        path: Steps = ("securityContext", "runAsUser") if own else ("securityContext",)
        message = "runAsUser must not be 0 where runAsNonRoot is true: the container never starts"
        yield Problem(path, message, "give another user, or runAsNonRoot: false for this container")
