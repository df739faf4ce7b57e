"""Rules for pods that say for which operating system they are, and for the options of Windows."""

from __future__ import annotations

import re

from patterns.model.json import JsonObject, object_at
from patterns.model.names import dns_subdomain
from patterns.pod.checks.pod_security_places import contexts, pod_context
from patterns.pod.checks.reading import byte_length, complaint
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, pod_rule
from patterns.pod.checks.subject import Pod, Steps

#: what Windows has no word for, with the version from which the server looks
_LINUX_ONLY = {
    "appArmorProfile": 30,
    "seLinuxOptions": 0,
    "seccompProfile": 0,
    "fsGroup": 0,
    "fsGroupChangePolicy": 0,
    "sysctls": 0,
    "runAsUser": 0,
    "runAsGroup": 0,
    "supplementalGroups": 0,
    "supplementalGroupsPolicy": 33,
    "seLinuxChangePolicy": 33,
}
_LINUX_ONLY_IN_CONTAINERS = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)
_MOST_OF_SPECS = 64 * 1024
_MOST_OF_DOMAINS = 255
_MOST_OF_USERS = 104
_NET_BIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_DNS = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_USERS = re.compile(r'["/\\:;|=,+*?<>@\[\]]')


@pod_rule("not-for-windows", Outcome.REFUSED, source=f"{VALIDATION} validateWindows, validateLinux", fields=("os",))
def not_for_windows(pod: Pod) -> Problems:
    """A pod for Windows has no settings of the Linux kernel, and one for Linux none of Windows."""
    if pod.os == "windows":
        yield from _of_linux(pod)
    elif pod.os == "linux":
        for path, whose, context in contexts(pod):
            if context.get("windowsOptions") is not None:
                message = f"{whose}windowsOptions must not be set in a pod for Linux"
                yield Problem((*path, "windowsOptions"), message, "take it out")


def _of_linux(pod: Pod) -> Problems:
    context = object_at(pod.spec, "securityContext")
    for field, since in _LINUX_ONLY.items():
        # no sysctls are as good as no word of them
        if context.get(field) is not None and not (field == "sysctls" and context[field] == []) and pod.target >= since:
            message = f"{field} must not be set in a pod for Windows"
            yield Problem(("spec", "securityContext", field), message, "take it out")
    for field in ("hostPID", "hostIPC"):
        if pod.spec.get(field) is True:
            yield Problem(("spec", field), f"{field} must not be set in a pod for Windows", "take it out")
    for field, since in (("shareProcessNamespace", 0), ("hostUsers", 33)):
        if pod.spec.get(field) is not None and pod.target >= since:
            yield Problem(("spec", field), f"{field} must not be set in a pod for Windows", "take it out")
    for container in pod.all_containers:
        for field in _LINUX_ONLY_IN_CONTAINERS:
            if container.security.get(field) is not None:
                message = f"{container.where}: {field} must not be set in a pod for Windows"
                path = ("spec", container.list, container.at, "securityContext", field)
                yield Problem(path, message, "take it out")


@pod_rule("windows-options", Outcome.REFUSED, source=f"{VALIDATION} validateWindowsSecurityContextOptions")
def windows_options(pod: Pod) -> Problems:
    """The options of Windows name a user and a group account; host processes are a matter of the whole pod."""
    if not any("windowsOptions" in one for one in (pod_context(pod), *(c.security for c in pod.all_containers))):
        return
    for path, whose, context in contexts(pod):
        options = context.get("windowsOptions")
        if isinstance(options, dict):
            for field, said in _said(options):
                yield Problem((*path, "windowsOptions", field), f"{whose}{field} {said}", "mend it, or take it out")
    yield from _host_processes(pod)


def _said(options: JsonObject) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    name, spec = options.get("gmsaCredentialSpecName"), options.get("gmsaCredentialSpec")
    user = options.get("runAsUserName")
    if isinstance(name, str) and complaint(dns_subdomain, name, "name"):
        found.append(("gmsaCredentialSpecName", f"must be the name of an object, got {name!r}"))
    if isinstance(spec, str) and not 0 < byte_length(spec) <= _MOST_OF_SPECS:
        found.append(("gmsaCredentialSpec", f"must have 1-{_MOST_OF_SPECS} bytes, got {byte_length(spec)}"))
    if isinstance(user, str) and (said := _user(user)):
        found.append(("runAsUserName", f"{said}, got {user[:60]!r}"))
    return found


def _user(name: str) -> str:
    domain, backslash, user = name.rpartition("\\")
    if not name or _CONTROL.search(name):
        return "must be the name of a user"
    if "\\" in domain:
        return "must hold one backslash at most"
    if backslash and not (len(domain) <= _MOST_OF_DOMAINS and (_NET_BIOS.fullmatch(domain) or _DNS.fullmatch(domain))):
        return "must begin with the name of a domain before the backslash"
    if not 0 < byte_length(user) <= _MOST_OF_USERS:
        return f"must name a user of 1-{_MOST_OF_USERS} bytes"
    if not user.strip(". ") or _NOT_IN_USERS.search(user):
        return 'must name a user without any of "/\\:;|=,+*?<>@[] and not of dots and blanks alone'
    return ""


def _host_processes(pod: Pod) -> Problems:
    of_pod = object_at(pod.spec, "securityContext", "windowsOptions").get("hostProcess")
    own = [(one, object_at(one.security, "windowsOptions").get("hostProcess")) for one in pod.all_containers]
    for container, value in own:
        if isinstance(of_pod, bool) and isinstance(value, bool) and value is not of_pod:
            path: Steps = ("spec", container.list, container.at, "securityContext", "windowsOptions", "hostProcess")
            message = f"{container.where}: hostProcess must be what the pod says, got {str(value).lower()}"
            yield Problem(path, message, "take it out")
    wanted = [value is True or (value is None and of_pod is True) for _, value in own]
    if any(wanted):
        if not all(wanted):
            container = own[wanted.index(False)][0]
            path = ("spec", container.list, container.at, "securityContext", "windowsOptions", "hostProcess")
            message = f"{container.where}: hostProcess must be true in all containers of a pod, or in none"
            yield Problem(path, message, "set it for the whole pod")
        if pod.spec.get("hostNetwork") is not True:
            message = "hostNetwork must be true in a pod with host processes"
            yield Problem(("spec", "hostNetwork"), message, "write hostNetwork: true")
