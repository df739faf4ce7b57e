"""The checks of Pod Security `baseline`; each gives what is wrong in a pod for a minor version."""

from __future__ import annotations

from collections.abc import Mapping

from patterns.model.json import Json, object_at, text_at
from patterns.pod.checks.pod_security_places import CONTEXT, added, contexts, own_users, pod_context, problem_in
from patterns.pod.checks.reading import number
from patterns.pod.checks.rule import Problem, Problems
from patterns.pod.checks.subject import Pod, Steps, entries

_CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
#: by the version from which they are allowed
_SYSCTLS: Mapping[int, tuple[str, ...]] = {
    0: (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
    ),
    27: ("net.ipv4.ip_local_reserved_ports",),
    29: (
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ),
    32: ("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
    37: ("net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"),
}
_APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


def host_process(pod: Pod, minor: int) -> Problems:
    if object_at(pod_context(pod), "windowsOptions").get("hostProcess") is True:
        path: Steps = ("spec", CONTEXT, "windowsOptions", "hostProcess")
        yield Problem(path, "hostProcess must not be true", "take it out")
    for container in pod.all_containers:
        if object_at(container.security, "windowsOptions").get("hostProcess") is True:
            yield problem_in(
                container, "hostProcess must not be true", "take it out", CONTEXT, "windowsOptions", "hostProcess"
            )


def host_namespaces(pod: Pod, minor: int) -> Problems:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(field) is True:
            yield Problem(("spec", field), f"{field} must not be true", "take it out")


def privileged(pod: Pod, minor: int) -> Problems:
    for container in pod.all_containers:
        if container.security.get("privileged") is True:
            fix = "take it out, and add the capabilities that it needs"
            yield problem_in(container, "privileged must not be true", fix, CONTEXT, "privileged")


def capabilities_baseline(pod: Pod, minor: int) -> Problems:
    for container in pod.all_containers:
        for name in added(container):
            if name not in _CAPABILITIES:
                message = f"capabilities.add must not hold {name}"
                yield problem_in(container, message, "take it out", CONTEXT, "capabilities", "add")


def host_paths(pod: Pod, minor: int) -> Problems:
    for at, volume in pod.volumes:
        if volume.get("hostPath") is not None:
            message = f"volume {text_at(volume, 'name')!r} must not be a hostPath"
            yield Problem(("spec", "volumes", at, "hostPath"), message, "use another kind of volume")


def host_ports(pod: Pod, minor: int) -> Problems:
    # the server copies containerPort to hostPort in pods that have the node's network
    given = pod.spec.get("hostNetwork") is True
    for container in pod.all_containers:
        for at, port in container.entries("ports"):
            own = number(port.get("hostPort"))
            if own:
                fix = "take it out, and reach the pod by a Service"
                yield problem_in(container, f"hostPort must not be set, got {own}", fix, "ports", at, "hostPort")
            elif given and number(port.get("containerPort")):
                message = (
                    f"hostPort must not be set, got {port['containerPort']}, which hostNetwork makes of containerPort"
                )
                yield problem_in(container, message, "take hostNetwork out", "ports", at, "hostPort")


def hosts_of_probes(pod: Pod, minor: int) -> Problems:
    for container in pod.all_containers:
        holders: list[tuple[tuple[str, ...], Json]] = [
            ((field,), container.json.get(field)) for field in ("livenessProbe", "readinessProbe", "startupProbe")
        ]
        lifecycle = object_at(container.json, "lifecycle")
        holders += [(("lifecycle", field), lifecycle.get(field)) for field in ("postStart", "preStop")]
        for path, holder in holders:
            for kind in ("httpGet", "tcpSocket"):
                if text_at(holder, kind, "host"):
                    fix = "take it out: the pod itself is asked"
                    yield problem_in(container, f"host must not be set in a {path[-1]}", fix, *path, kind, "host")


def app_armor(pod: Pod, minor: int) -> Problems:
    for path, whose, context in contexts(pod):
        profile = context.get("appArmorProfile")
        if isinstance(profile, dict) and profile.get("type") not in ("RuntimeDefault", "Localhost"):
            message = f"{whose}appArmorProfile must be RuntimeDefault or Localhost, got {profile.get('type')!r}"
            yield Problem((*path, "appArmorProfile", "type"), message, "write type: RuntimeDefault")
    for key, value in object_at(pod.metadata, "annotations").items():
        if not (key.startswith(_APP_ARMOR_ANNOTATION) and isinstance(value, str)):
            continue
        if value not in ("", "runtime/default") and not value.startswith("localhost/"):
            message = f"annotation {key} must be runtime/default or localhost/..., got {value!r}"
            yield Problem(("metadata", "annotations", key), message, "take it out")


def se_linux(pod: Pod, minor: int) -> Problems:
    allowed = {"", "container_t", "container_init_t", "container_kvm_t"}
    if minor >= 31:
        allowed.add("container_engine_t")
    for path, whose, context in contexts(pod):
        options = object_at(context, "seLinuxOptions")
        if text_at(options, "type") not in allowed:
            message = (
                f"{whose}seLinuxOptions.type must be {', '.join(sorted(allowed - {''}))}, "
                f"got {text_at(options, 'type')!r}"
            )
            yield Problem((*path, "seLinuxOptions", "type"), message, "take it out")
        for field in ("user", "role"):
            if text_at(options, field):
                message = f"{whose}seLinuxOptions.{field} must not be set"
                yield Problem((*path, "seLinuxOptions", field), message, "take it out")


def proc_mount(pod: Pod, minor: int) -> Problems:
    for container in pod.all_containers:
        kind = container.security.get("procMount")
        if isinstance(kind, str) and kind != "Default":
            yield problem_in(container, f"procMount must be Default, got {kind!r}", "take it out", CONTEXT, "procMount")


def proc_mount_baseline(pod: Pod, minor: int) -> Problems:
    if not own_users(pod, minor):
        yield from proc_mount(pod, minor)


def sysctls(pod: Pod, minor: int) -> Problems:
    allowed = {name for since, names in _SYSCTLS.items() if since <= minor for name in names}
    for at, one in entries(pod_context(pod).get("sysctls")):
        if text_at(one, "name") not in allowed:
            message = f"a sysctl must be a safe one, got {text_at(one, 'name')!r}"
            yield Problem(("spec", CONTEXT, "sysctls", at, "name"), message, "take it out")


def seccomp_baseline(pod: Pod, minor: int) -> Problems:
    for path, whose, context in contexts(pod):
        profile = context.get("seccompProfile")
        if isinstance(profile, dict) and profile.get("type") not in ("RuntimeDefault", "Localhost"):
            message = f"{whose}seccompProfile must be RuntimeDefault or Localhost, got {profile.get('type')!r}"
            yield Problem((*path, "seccompProfile", "type"), message, "write type: RuntimeDefault")
