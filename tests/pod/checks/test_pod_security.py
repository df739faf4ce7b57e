"""The Pod Security Standards, by a table of pods; the conformance tier asks an API server about the same pods."""

from __future__ import annotations

from typing import get_args

import pytest
from pod_security_table import Row, rows

from patterns.model.json import JsonObject
from patterns.pod.checks import NEWEST, OLDEST, Object
from patterns.pod.checks.pod_security import CHECKS, Level, violations
from patterns.pod.checks.standards import Standards

ROWS = list(rows())
LEVELS: tuple[Level, ...] = ("baseline", "restricted")
#: the `ID` of each check in policy/check_*.go of k8s.io/pod-security-admission
NAMES = [
    "allowPrivilegeEscalation",
    "appArmorProfile",
    "capabilities_baseline",
    "capabilities_restricted",
    "hostNamespaces",
    "hostPathVolumes",
    "hostPorts",
    "hostProbesAndHostLifecycle",
    "privileged",
    "procMount",
    "procMount_restricted",
    "restrictedVolumes",
    "runAsNonRoot",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile_baseline",
    "seccompProfile_restricted",
    "sysctls",
    "windowsHostProcess",
]


def found(pod: JsonObject, level: Level, minor: int) -> set[str]:
    return {id.removeprefix("pod-security/") for id, _ in violations(Object(pod).pods[0], level, minor)}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_pod_is_forbidden_by_the_checks_of_the_table_in_their_versions(row: Row) -> None:
    for level in LEVELS:
        for minor in range(OLDEST, NEWEST + 1):
            assert found(row.pod, level, minor) == row.checks(level, minor), f"{level} of 1.{minor}"


def test_every_check_has_the_standards_own_name_and_forbids_a_pod_of_the_table() -> None:
    assert sorted(check.id for check in CHECKS) == [f"pod-security/{name}" for name in sorted(NAMES)]
    assert set(NAMES) == {check for row in ROWS for level in LEVELS for check in row.forbidden[level]}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_violation_leads_to_the_field_and_says_what_to_do(row: Row) -> None:
    for _, problem in violations(Object(row.pod).pods[0], "restricted", NEWEST):
        value: object = row.pod
        for step in problem.path:
            assert isinstance(value, dict | list)
            if isinstance(value, dict) and step not in value:
                break
            value = value[step]  # type: ignore[index]  # a step of the right type, or the test fails
        assert problem.message and not problem.message.endswith(".")
        assert problem.fix and not problem.fix.endswith(".")
        containers = {"containers": "container 'app'", "initContainers": "init container 'other'"}
        if len(problem.path) > 1 and problem.path[1] in containers:
            assert problem.message.startswith(f"{containers[str(problem.path[1])]}: ")


def test_privileged_forbids_nothing() -> None:
    assert get_args(Level) == ("privileged", *LEVELS)
    assert not [row for row in ROWS if found(row.pod, "privileged", NEWEST)]


def test_older_versions_of_the_standard_know_fewer_checks_and_do_not_spare_windows() -> None:
    pod: JsonObject = {"kind": "Pod", "apiVersion": "v1", "spec": {"os": {"name": "windows"}, "containers": [{}]}}
    assert found(pod, "restricted", 25) == {"runAsNonRoot"}
    assert found(pod, "restricted", 22) == {
        "allowPrivilegeEscalation", "capabilities_restricted", "runAsNonRoot", "seccompProfile_restricted"
    }  # fmt: skip
    assert found(pod, "restricted", 21) == {"allowPrivilegeEscalation", "runAsNonRoot", "seccompProfile_restricted"}


@pytest.mark.parametrize("garbage", [None, 1, "x", [], ["x"], [None], {"a": 1}, True])
@pytest.mark.parametrize("level", LEVELS)
def test_values_of_a_wrong_type_are_no_matter(garbage: object, level: Level) -> None:
    fields = ["hostNetwork", "hostPID", "volumes", "securityContext", "os", "hostUsers", "containers", "initContainers"]
    of_containers = ["ports", "securityContext", "livenessProbe", "lifecycle", "name"]
    of_contexts = [
        "capabilities",
        "seccompProfile",
        "appArmorProfile",
        "seLinuxOptions",
        "windowsOptions",
        "procMount",
        "sysctls",
        "runAsUser",
        "runAsNonRoot",
        "privileged",
        "allowPrivilegeEscalation",
    ]
    contexts = [{field: garbage} for field in of_contexts]
    specs: list[object] = [{"containers": [{}], field: garbage} for field in fields]
    specs += [{"containers": [{field: garbage}]} for field in of_containers]
    specs += [{"securityContext": one, "containers": [{"securityContext": one}]} for one in contexts]
    for spec in specs:
        pod: JsonObject = {"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": garbage}, "spec": spec}  # type: ignore[dict-item]  # whatever stands there
        for minor in range(OLDEST, NEWEST + 1):
            found(pod, level, minor)


def test_the_pods_of_a_workload_are_found_where_its_namespace_enforces_a_level() -> None:
    template: JsonObject = {"spec": {"hostPID": True, "containers": [{"name": "app", "image": "shop:1"}]}}
    workload = Object({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": template}})
    findings = list(Standards(pod_security="baseline").pod_security_findings(workload, {}))
    assert [(f.rule, f.pointer, f.outcome.value) for f in findings] == [
        ("pod-security/hostNamespaces", "/spec/template/spec/hostPID", "broken")
    ]
