"""A real API server enforces Pod Security as our evaluator does, at every level and version of the standard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml
from conformance.api_server import ApiServer, running
from pod_security_table import Row, rows

from patterns.model.json import JsonObject, object_at
from patterns.pod.checks import NEWEST, OLDEST, Object
from patterns.pod.checks.standards import Standards

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


#: a volume's files given away by root, as it is written plainly
PLAIN = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - name: fix
          image: docker.io/library/busybox:1.37.0
          command: [chown, -R, "1000:1000", /data]
          securityContext: {runAsUser: 0}
      containers:
        - name: app
          image: registry.example.com/app:1.0
"""


def test_the_workload_of_a_forbidden_pod_is_taken_with_a_warning_and_ours_stops_the_synthesis(
    server: ApiServer,
) -> None:
    """Then the ReplicaSet's events say why there is no pod; ``App(pod_security=...)`` says it before it is applied."""
    workload: JsonObject = yaml.safe_load(PLAIN)
    taken = server.create(workload, f"restricted-{NEWEST}")
    assert (taken.refused, len(taken.warnings)) == (False, 1)
    template = object_at(workload, "spec", "template")
    pod: JsonObject = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1"}, "spec": template["spec"]}
    assert 'container "fix" must not set runAsUser=0' in server.create(pod, f"restricted-{NEWEST}").message
    found = Standards(pod_security="restricted").pod_security_findings(Object(workload), {})
    assert ("pod-security/runAsUser", "broken") in {(one.rule, one.outcome.value) for one in found}
