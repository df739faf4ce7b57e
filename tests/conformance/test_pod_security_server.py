"""A real API server enforces Pod Security as our evaluator does, at every level and version of the standard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conformance.api_server import ApiServer, running
from pod_security_table import Row, rows

from patterns.model.json import JsonObject
from patterns.pod.checks import NEWEST, OLDEST

pytestmark = pytest.mark.conformance

ROWS = [row for row in rows() if row.judged]
LEVELS = ("baseline", "restricted")
#: how the server calls what a check found; two checks of one name are never asked together
REASONS = {
    "allowPrivilegeEscalation": "allowPrivilegeEscalation != false",
    "appArmorProfile": "forbidden AppArmor profiles?",
    "capabilities_baseline": "non-default capabilities",
    "capabilities_restricted": "unrestricted capabilities",
    "hostNamespaces": "host namespaces",
    "hostPathVolumes": "hostPath volumes",
    "hostPorts": "hostPort",
    "hostProbesAndHostLifecycle": "probe or lifecycle host",
    "privileged": "privileged",
    "procMount": "procMount",
    "procMount_restricted": "procMount",
    "restrictedVolumes": "restricted volume types",
    "runAsNonRoot": "runAsNonRoot != true",
    "runAsUser": "runAsUser=0",
    "seLinuxOptions": "seLinuxOptions",
    "seccompProfile_baseline": "seccompProfile",
    "seccompProfile_restricted": "seccompProfile",
    "sysctls": "forbidden sysctls",
    "windowsHostProcess": "hostProcess",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with running(tmp_path_factory.mktemp("api-server")) as started:
        for level in LEVELS:
            for minor in range(OLDEST, NEWEST + 1):
                made = started.keep(namespace(level, minor))
                assert not made.refused, made.message
        yield started


def namespace(level: str, minor: int) -> JsonObject:
    enforce = "pod-security.kubernetes.io/enforce"
    labels: JsonObject = {enforce: level, f"{enforce}-version": f"v1.{minor}"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{level}-{minor}", "labels": labels}}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_the_server_forbids_what_the_table_says(server: ApiServer, row: Row) -> None:
    for level in LEVELS:
        for minor in range(OLDEST, NEWEST + 1):
            answer = server.create(row.pod, f"{level}-{minor}")
            reasons = {REASONS[check] for check in row.checks(level, minor)}
            _, forbidden, said = answer.message.partition(f'violates PodSecurity "{level}:v1.{minor}": ')
            assert bool(reasons) == bool(forbidden) == answer.refused, f"{level} of 1.{minor}: {answer.message}"
            named = {reason for reason in REASONS.values() if re.search(rf"(^|\), ){reason} \(", said)}
            assert named == reasons, f"{level} of 1.{minor}: {said}"
