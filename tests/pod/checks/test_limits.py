"""Where a rule has a limit: the last value that is taken, and the first that is refused.

The API server was asked about every row: `tests/conformance/test_limits_server.py` does it again.
"""

from __future__ import annotations

import pytest

from patterns.pod.checks import NEWEST, Object, judge
from patterns.yaml.reader import read_yaml

POD = "{{apiVersion: v1, kind: Pod, metadata: {{name: web}}, spec: {{{spec}, containers: [{container}]}}}}"
CONTAINER = "{{name: app, image: registry.example.com/app:1.0, {fields}}}"
PLAIN = "{name: app, image: registry.example.com/app:1.0}"


def pod(spec: str) -> str:
    """A pod with these fields besides its container."""
    return POD.format(spec=spec, container=PLAIN)


def container(fields: str, spec: str = "restartPolicy: Always") -> str:
    """A pod whose container has these fields."""
    return POD.format(spec=spec, container=CONTAINER.format(fields=fields))


def service(spec: str) -> str:
    return f"{{apiVersion: v1, kind: Service, metadata: {{name: web}}, spec: {{selector: {{app: web}}, {spec}}}}}"


def job(spec: str) -> str:
    template = f"{{spec: {{restartPolicy: Never, containers: [{PLAIN}]}}}}"
    return f"{{apiVersion: batch/v1, kind: Job, metadata: {{name: web}}, spec: {{{spec}, template: {template}}}}}"


def named(kind: str, version: str = "v1") -> str:
    return f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: VALUE}}}}"


def cron(schedule: str) -> str:
    template = f"{{spec: {{restartPolicy: Never, containers: [{PLAIN}]}}}}"
    spec = f'{{schedule: "{schedule}", jobTemplate: {{spec: {{template: {template}}}}}}}'
    return f"{{apiVersion: batch/v1, kind: CronJob, metadata: {{name: web}}, spec: {spec}}}"


PORTS = "ports: [{port: VALUE}]"
PROBE = "readinessProbe: {httpGet: {port: VALUE}}"
TOKEN = (
    "serviceAccountName: web, "
    "volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: VALUE}}]}}]"
)
PREFERRED = "preference: {matchExpressions: [{key: zone, operator: Exists}]}"
WEIGHT = (
    f"affinity: {{nodeAffinity: {{preferredDuringSchedulingIgnoredDuringExecution: [{{weight: VALUE, {PREFERRED}}}]}}}}"
)
SESSION = "ports: [{port: 80}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: VALUE}}"

PRE_STOP = "lifecycle: {preStop: {sleep: {seconds: VALUE}}}"
FAILED = "completionMode: Indexed, completions: 5, parallelism: 5, backoffLimitPerIndex: 1, maxFailedIndexes: VALUE"
NAME_SERVERS = "dnsConfig: {nameservers: [VALUE]}"
PROFILE = "securityContext: {seccompProfile: {type: Localhost, localhostProfile: VALUE}}"
DATA = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: VALUE}}"
RULES = "restartPolicy: Never, restartPolicyRules: [VALUE]"
RULE = "{action: Restart, exitCodes: {operator: In, values: [1]}}"


def addresses(count: int) -> str:
    return ", ".join(f"10.0.0.{number + 1}" for number in range(count))


#: rule, object with VALUE in it, the last value that is taken, the first that is not
LIMITS: list[tuple[str, str, object, object]] = [
    ("object-name", named("ConfigMap"), "a" * 253, "a" * 254),
    ("object-name", pod("hostNetwork: false").replace("name: web", "name: VALUE"), "a" * 253, "a" * 254),
    ("service-name", service("ports: [{port: 80}]").replace("name: web", "name: VALUE"), "a" * 63, "a" * 64),
    ("namespace-name", named("Namespace"), "a" * 63, "a" * 64),
    ("container-name", container("stdin: true").replace("name: app", "name: VALUE"), "a" * 63, "a" * 64),
    ("container-port", container("ports: [{containerPort: VALUE}]"), 1, 0),
    ("container-port", container("ports: [{containerPort: VALUE}]"), 65535, 65536),
    ("handler-port", container(PROBE), 1, 0),
    ("handler-port", container(PROBE), 65535, 65536),
    ("probe-number", container(PROBE.replace("VALUE}", "80}, periodSeconds: VALUE")), 2**31 - 1, -1),
    ("sleep-over-grace", container(PRE_STOP), 30, 31),
    ("projected-source", pod(TOKEN), 600, 599),
    ("projected-source", pod(TOKEN), 2**32, 2**32 + 1),
    ("active-deadline", pod("activeDeadlineSeconds: VALUE"), 1, 0),
    ("active-deadline", pod("activeDeadlineSeconds: VALUE"), 2**31 - 1, 2**31),
    ("affinity", pod(WEIGHT), 1, 0),
    ("affinity", pod(WEIGHT), 100, 101),
    ("dns-config", pod(NAME_SERVERS), addresses(3), addresses(4)),
    ("dns-config", pod("dnsConfig: {searches: [VALUE]}"), ", ".join(["a.b"] * 32), ", ".join(["a.b"] * 33)),
    ("local-profile", container(PROFILE), "a", "../a"),
    ("restart-rule", container(RULES), ", ".join([RULE] * 20), ", ".join([RULE] * 21)),
    ("service-port", service(PORTS), 1, 0),
    ("service-port", service(PORTS), 65535, 65536),
    ("service-session-affinity", service(SESSION), 1, 0),
    ("service-session-affinity", service(SESSION), 86400, 86401),
    ("indexed-job", job(FAILED), 5, 6),
    ("cron-schedule", cron("VALUE 0 1 1 0"), 59, 60),
    ("cron-schedule", cron("0 VALUE 1 1 0"), 23, 24),
    ("cron-schedule", cron("0 0 VALUE 1 0"), 1, 0),
    ("cron-schedule", cron("0 0 VALUE 1 0"), 31, 32),
    ("cron-schedule", cron("0 0 1 VALUE 0"), 1, 0),
    ("cron-schedule", cron("0 0 1 VALUE 0"), 12, 13),
    ("cron-schedule", cron("0 0 1 1 VALUE"), 6, 7),
    ("data-too-large", DATA, "a" * 2**20, "a" * (2**20 + 1)),
]


def found(text: str, target: int = NEWEST) -> list[str]:
    """The rules that stop a synthesis for it."""
    every = [
        finding
        for document in read_yaml(text)
        if isinstance(document, dict)
        for finding in judge().object(Object(document, target=target))
    ]
    return [finding.rule for finding in every if finding.stops]


@pytest.mark.parametrize(("rule", "text", "taken", "refused"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_limit_is_where_the_api_server_has_it(rule: str, text: str, taken: object, refused: object) -> None:
    assert rule not in found(text.replace("VALUE", str(taken)))
    assert rule in found(text.replace("VALUE", str(refused)))
