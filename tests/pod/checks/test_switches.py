"""Where servers of two versions differ: the finding comes, or goes, with exactly that version.

The versions were seen on servers of 1.30 to 1.37.
"""

from __future__ import annotations

import pytest
from pod.checks.test_limits import container, pod, service

from patterns.pod.checks import Object, judge
from patterns.yaml.reader import read_yaml

UNMASKED = "securityContext: {procMount: Unmasked}"
IN_A_GOOD_PLACE = "matchExpressions: [{key: zone, operator: In, values: [-a]}]"
REQUIRED = (
    "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    f"{{nodeSelectorTerms: [{{{IN_A_GOOD_PLACE}}}]}}}}}}"
)
PREFERRED = (
    "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
    f"[{{weight: 1, preference: {{{IN_A_GOOD_PLACE}}}}}]}}}}"
)
BOTH_KEYS = (
    "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{topologyKey: a/b, labelSelector: {}, matchLabelKeys: [a], mismatchLabelKeys: [a]}]}}"
)
TWO_PORTS = container("ports: [{name: web, containerPort: 1}]").replace(
    "]}}", ", {name: b, image: registry.example.com/b:1.0, ports: [{name: web, containerPort: 2}]}]}}"
)
RESIZED_INIT = (
    "initContainers: [{name: a, image: registry.example.com/a:1.0, "
    "resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]}]"
)
SIDECAR_RULES = (
    "initContainers: [{name: a, image: registry.example.com/a:1.0, restartPolicy: Always, "
    "restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]}]"
)
BLOCK_DEVICE = container("volumeDevices: [{name: a, devicePath: /dev/a}]", "hostUsers: false, volumes: [{name: a}]")
READ = "volumeMounts: [{name: a, mountPath: /a, recursiveReadOnly: Enabled}]"
APP_ARMOR = container("stdin: true").replace(
    "name: web", "name: web, annotations: {container.apparmor.security.beta.kubernetes.io/app: runtime/default}"
)

#: rule, object, the first version with the finding
SINCE: list[tuple[str, str, int]] = [
    ("affinity", pod(REQUIRED), 33),
    ("affinity", pod(BOTH_KEYS), 31),
    ("preferred-node-value", pod(PREFERRED), 33),
    ("unmasked-proc", container(UNMASKED), 33),
    ("duplicate-port-name", TWO_PORTS, 33),
    ("resize-policy", container("resizePolicy: [{resourceName: storage, restartPolicy: NotRequired}]"), 33),
    ("resize-policy", pod(RESIZED_INIT), 36),
    ("resource-claim", container("resources: {claims: [{name: gpu}]}"), 34),
    ("pod-resource-claim", pod("resourceClaims: [{name: gpu}]"), 34),
    ("user-namespace-of-the-host", pod("hostUsers: false, hostNetwork: true"), 33),
    ("user-namespace-of-the-host", BLOCK_DEVICE, 34),
    ("address-form", pod("dnsConfig: {nameservers: ['fd00:0::1']}"), 33),
    ("hostname-override", pod("hostnameOverride: web, hostNetwork: true"), 35),
    ("mount-propagation", container(READ, "volumes: [{name: a, emptyDir: {}}]"), 31),
    ("service-traffic-distribution", service("ports: [{port: 80}], trafficDistribution: Near"), 31),
    ("service-ignored-field", service("ports: [{port: 80}], clusterIP: None, sessionAffinity: ClientIP"), 34),
    ("service-deprecated-setting", service("ports: [{port: 80}], trafficDistribution: PreferClose"), 35),
    ("service-deprecated-setting", service("ports: [{port: 80}], externalIPs: [192.0.2.1]"), 36),
    ("deprecated-annotation", APP_ARMOR, 30),
]
#: rule, object, the last version with the finding
UNTIL: list[tuple[str, str, int]] = [
    ("sleep-over-grace", container("lifecycle: {preStop: {sleep: {seconds: 0}}}"), 32),
    ("service-name", service("ports: [{port: 80}]").replace("name: web", "name: 1web"), 35),
    ("service-traffic-distribution", service("ports: [{port: 80}], trafficDistribution: PreferSameNode"), 33),
    ("dns-config", pod("dnsConfig: {searches: [_tcp.example.com]}"), 32),
    ("env-name", container("env: [{name: 'a b', value: c}]"), 31),
    ("container-restart-policy", container("restartPolicy: Always"), 33),
    ("restart-rule", pod(SIDECAR_RULES), 35),
]


def found(text: str, target: int) -> set[str]:
    [document] = read_yaml(text)
    assert isinstance(document, dict)
    return {finding.rule for finding in judge(opinions=True).object(Object(document, target=target))}


@pytest.mark.parametrize(("rule", "text", "version"), SINCE, ids=[f"{rule}-1.{at}" for rule, _, at in SINCE])
def test_a_finding_comes_with_the_version(rule: str, text: str, version: int) -> None:
    assert rule in found(text, version)
    assert rule not in found(text, version - 1)


@pytest.mark.parametrize(("rule", "text", "version"), UNTIL, ids=[f"{rule}-1.{at}" for rule, _, at in UNTIL])
def test_a_finding_goes_after_the_version(rule: str, text: str, version: int) -> None:
    assert rule in found(text, version)
    assert rule not in found(text, version + 1)
