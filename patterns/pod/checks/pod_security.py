"""The Pod Security Standards, `baseline` and `restricted`, for every version from 1.19 on.

Each check has the name that the standard's own admission plug-in gives it, as in ``pod-security/runAsNonRoot``.
https://kubernetes.io/docs/concepts/security/pod-security-standards/; k8s.io/pod-security-admission: policy/check_*.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from patterns.pod.checks import pod_security_baseline as baseline
from patterns.pod.checks import pod_security_restricted as restricted
from patterns.pod.checks.rule import Problem, Problems
from patterns.pod.checks.subject import Pod

Level: TypeAlias = Literal["privileged", "baseline", "restricted"]

STANDARD = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the standard.

    Args:
        id: ``pod-security/<the standard's own name>``.
        level: at which it begins.
        since: the minor version from which it exists.
        overrides: the checks that it takes the place of at its level.
        find: gives what is wrong, in a pod, for a minor version.
    """

    id: str
    level: Level
    since: int
    overrides: tuple[str, ...]
    find: Callable[[Pod, int], Problems]


def violations(pod: Pod, level: Level, minor: int) -> Iterator[tuple[str, Problem]]:
    """What a level forbids in the pod, each with the id of its check.

    Args:
        pod: the pod, or pod template.
        level: ``"baseline"``, ``"restricted"``, which includes it, or ``"privileged"``, which forbids nothing.
        minor: the version of the standard, such as 37.
    """
    if level == "privileged":
        return
    chosen = [
        check for check in CHECKS if check.since <= minor and (check.level == "baseline" or level == "restricted")
    ]
    overridden = {name for check in chosen for name in check.overrides}
    for check in chosen:
        if check.id.removeprefix("pod-security/") not in overridden:
            for problem in check.find(pod, minor):
                yield check.id, problem


def _check(
    name: str, level: Level, find: Callable[[Pod, int], Problems], *, since: int = 0, overrides: str = ""
) -> Check:
    return Check(f"pod-security/{name}", level, since, tuple(overrides.split()), find)


#: every check, baseline first
CHECKS = (
    _check("appArmorProfile", "baseline", baseline.app_armor),
    _check("capabilities_baseline", "baseline", baseline.capabilities_baseline),
    _check("hostNamespaces", "baseline", baseline.host_namespaces),
    _check("hostPathVolumes", "baseline", baseline.host_paths),
    _check("hostPorts", "baseline", baseline.host_ports),
    _check("hostProbesAndHostLifecycle", "baseline", baseline.hosts_of_probes, since=34),
    _check("privileged", "baseline", baseline.privileged),
    _check("procMount", "baseline", baseline.proc_mount_baseline),
    _check("seLinuxOptions", "baseline", baseline.se_linux),
    _check("seccompProfile_baseline", "baseline", baseline.seccomp_baseline, since=19),
    _check("sysctls", "baseline", baseline.sysctls),
    _check("windowsHostProcess", "baseline", baseline.host_process),
    _check("allowPrivilegeEscalation", "restricted", restricted.escalation),
    _check(
        "capabilities_restricted",
        "restricted",
        restricted.capabilities_restricted,
        since=22,
        overrides="capabilities_baseline",
    ),
    _check("procMount_restricted", "restricted", baseline.proc_mount, since=35, overrides="procMount"),
    _check("restrictedVolumes", "restricted", restricted.restricted_volumes, overrides="hostPathVolumes"),
    _check("runAsNonRoot", "restricted", restricted.run_as_non_root),
    _check("runAsUser", "restricted", restricted.run_as_user, since=23),
    _check(
        "seccompProfile_restricted",
        "restricted",
        restricted.seccomp_restricted,
        since=19,
        overrides="seccompProfile_baseline",
    ),
)
