"""Input that the API server refuses, or takes in silence to another end, and that can be seen at the user's line.

The first column is the row of the rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/ for names,
labels and annotations; `pkg/apis/core/validation/validation.go` of Kubernetes for the rest.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns import (
    App,
    Chart,
    ConfigMap,
    Container,
    ContainerPort,
    CronJob,
    DaemonSet,
    Deployment,
    InitContainer,
    Job,
    Lifecycle,
    Manifest,
    PatternError,
    Probe,
    RestartRule,
    Service,
    ServicePort,
    SharedScratch,
    Sidecar,
    Sleep,
    StatefulSet,
    VolumeClaim,
)
from patterns.model import JsonObject

APP = Container(name="app", image="app:1")


def _deployment(chart: Chart, **options: object) -> Deployment:
    return Deployment(chart, "web", containers=[APP], **options)  # type: ignore[arg-type]


def _job(chart: Chart, **options: object) -> Job:
    return Job(chart, "j", containers=[APP], **options)  # type: ignore[arg-type]


def _cron_job(chart: Chart, **options: object) -> CronJob:
    return CronJob(chart, "cj", **{"schedule": "@daily", "containers": [APP], **options})  # type: ignore[arg-type]


def _stateful_set(chart: Chart, **options: object) -> StatefulSet:
    return StatefulSet(chart, "s", containers=[APP], **options)  # type: ignore[arg-type]


def _daemon_set(chart: Chart, **options: object) -> DaemonSet:
    return DaemonSet(chart, "ds", containers=[APP], **options)  # type: ignore[arg-type]


def _claim(**options: object) -> VolumeClaim:
    return VolumeClaim(**{"name": "d", "size": "1Gi", **options})  # type: ignore[arg-type]


def _container(**options: object) -> Container:
    return Container(name="app", image="app:1", **options)  # type: ignore[arg-type]


def _deployment_of(chart: Chart, *containers: Container, **options: object) -> Deployment:
    return Deployment(chart, "web", containers=containers, **options)  # type: ignore[arg-type]


def _sleeping(seconds: int, name: str = "app", **options: object) -> Container:
    return Container(name=name, image="app:1", lifecycle=Lifecycle(pre_stop=Sleep(seconds)), **options)  # type: ignore[arg-type]


def _listening(name: str, *ports: ContainerPort | int) -> Container:
    return Container(name=name, image="app:1", ports=ports)


ROWS: list[tuple[str, Callable[[Chart], object], str]] = [
    ("N2", lambda c: _deployment(c, service_account_name="A_b"), "service_account_name must be a DNS-1123 subdomain"),
    ("N2", lambda c: Job(c, "j", name="a" * 64, containers=[APP]), "name of a Job must be at most 63 characters"),
    ("N2", lambda c: StatefulSet(c, "s", name="a" * 64, containers=[APP]), "name of a StatefulSet must be at most 52"),
    (
        "N4",
        lambda c: CronJob(c, "cj", name="a" * 53, schedule="@daily", containers=[APP]),
        "name of a CronJob must be at most 52 characters",
    ),
    ("D1", lambda c: _deployment(c, labels={"a": "b c"}), "labels['a'] must be at most 63 letters"),
    ("D1", lambda c: _deployment(c, pod_labels={"a": "-b"}), "pod_labels['a'] must be at most 63 letters"),
    ("D1", lambda c: _deployment(c, selector={"a": "x" * 64}), "selector['a'] must be at most 63 letters"),
    ("D2", lambda c: _deployment(c, labels={"a b": "c"}), "labels: key must be a name of at most 63"),
    ("D2", lambda c: _deployment(c, annotations={"a/b/c": "d"}), "annotations: key must be a name of at most 63"),
    ("D2", lambda c: _deployment(c, pod_annotations={"": "d"}), "pod_annotations: key must be a name of at most 63"),
    ("D2", lambda c: ConfigMap(c, "m", data={}, labels={"é": "x"}), "labels: key must be a name of at most 63"),
    ("D3", lambda c: _deployment(c, annotations={"a": "x" * 262_144}), "annotations must be at most 262144 bytes"),
    ("D3", lambda c: _deployment(c, pod_annotations={"a": "é" * 131_072}), "pod_annotations must be at most 262144"),
    (
        "M13",
        lambda c: SharedScratch(_deployment(c), "s", mount_path="/s", size_limit="0"),
        "size_limit must be more than 0",
    ),
    (
        "M15",
        lambda c: SharedScratch(_deployment(c), "s", mount_path="/s", size_limit="0Mi", medium="Memory"),
        "size_limit must be more than 0",
    ),
    (
        "P1",
        lambda c: InitContainer(
            _deployment(c), "i", container=Container(name="i", image="i:1", liveness_probe=Probe.exec(["true"]))
        ),
        "init container 'i' must have no livenessProbe",
    ),
    (
        "P1",
        lambda c: _deployment(
            c,
            init_containers=[Container(name="i", image="i:1", lifecycle=Lifecycle(pre_stop=Sleep(1)))],
        ),
        "init container 'i' must have no lifecycle",
    ),
    (
        "P2",
        lambda c: InitContainer(
            _deployment(c), "i", container=Container(name="i", image="i:1", restart_policy="Always")
        ),
        "container.restart_policy must not be 'Always'",
    ),
    (
        "P2",
        lambda c: Sidecar(_deployment(c), "s", container=Container(name="s", image="s:1", restart_policy="Never")),
        "container.restart_policy must be left out, got 'Never'",
    ),
    (
        "P7",
        lambda c: Sidecar(_deployment(c), "s", container=Container(name="s", image="s:1"), grace_seconds=-20),
        "grace_seconds must not be negative, got -20",
    ),
    ("N1", lambda c: _deployment(c, namespace="Shop"), "namespace must be a DNS-1123 label"),
    ("N1", lambda c: ConfigMap(c, "m", data={}, namespace="a.b"), "namespace must be a DNS-1123 label"),
    (
        "N1",
        lambda c: Manifest(c, "m", api_version="example.com/v1", kind="Thing", namespace="a_b"),
        "namespace must be a DNS-1123 label",
    ),
    (
        "N1",
        lambda c: _deployment(Chart(c, "d", namespace="Shop")),
        "namespace of the chart must be a DNS-1123 label",
    ),
    ("N2", lambda c: _stateful_set(c, service_name="a.b"), "service_name must be a DNS-1123 label"),
    ("N2", lambda c: _stateful_set(c, service_name="A"), "service_name must be a DNS-1123 label"),
    ("N2", lambda c: _stateful_set(c, name="a.b"), "name of a StatefulSet must have no dot"),
    ("N2", lambda c: _stateful_set(c, name="a" * 53), "name of a StatefulSet must be at most 52"),
    (
        "P2",
        lambda c: _deployment_of(c, _container(restart_policy="Always")),
        "must not be 'Always', which makes native",
    ),
    (
        "P2",
        lambda c: _deployment_of(Chart(App(target="1.34"), "c"), _container(restart_policy="Never")),
        "restart_policy of 'app' must be left out in Kubernetes 1.34, got 'Never'",
    ),
    (
        "P6",
        lambda c: _deployment_of(c, _sleeping(31)),
        "containers[0]: pre_stop of 'app' must sleep at most the termination_grace_period_seconds of 30, got 31",
    ),
    (
        "P6",
        lambda c: _deployment_of(c, _sleeping(11), termination_grace_period_seconds=10),
        "pre_stop of 'app' must sleep at most the termination_grace_period_seconds of 10, got 11",
    ),
    (
        "P6",
        lambda c: _deployment_of(c, _sleeping(11), pod_spec={"terminationGracePeriodSeconds": 10}),
        "pre_stop of 'app' must sleep at most the termination_grace_period_seconds of 10, got 11",
    ),
    (
        "P6",
        lambda c: _deployment(c, init_containers=[_sleeping(31, "native", restart_policy="Always")]),
        "init_containers[0]: pre_stop of 'native' must sleep at most",
    ),
    (
        "P8",
        lambda c: _deployment(c, pod_labels={"app.kubernetes.io/name": "x"}),
        "pod_labels sets 'app.kubernetes.io/name' to 'x', but the selector wants 'web'",
    ),
    (
        "P8",
        lambda c: _deployment(c, selector={"a": "b"}, pod_labels={"a": "c"}),
        "pod_labels sets 'a' to 'c', but the selector wants 'b'",
    ),
    ("P8", lambda c: _deployment(c, selector={}), "selector must hold a label at least"),
    ("P8", lambda c: _job(c, pod_labels={"job-name": "x"}), "pod_labels must not hold 'job-name'"),
    ("P8", lambda c: _job(c, pod_labels={"controller-uid": "x"}), "pod_labels must not hold 'controller-uid'"),
    (
        "E9",
        lambda c: _deployment_of(c, _listening("a", 80), _listening("b", 80)),
        "port 80/TCP of container 'b' is taken by container 'a'",
    ),
    (
        "E10",
        lambda c: _deployment_of(
            c, _listening("a", ContainerPort(80, host_port=90)), _listening("b", ContainerPort(81, host_port=90))
        ),
        "host_port 90/TCP of container 'b' is taken by container 'a'",
    ),
    (
        "E10",
        lambda c: _deployment_of(c, _listening("a", ContainerPort(80, host_port=90), ContainerPort(81, host_port=90))),
        "host_port 90/TCP stands twice in container 'a'",
    ),
    ("W1", lambda c: _cron_job(c, schedule="@every 0s"), "schedule must leave a second at least between two runs"),
    ("W1", lambda c: _cron_job(c, schedule="0 0 30 2 *"), "schedule must name a day that one of its months has"),
    ("W2", lambda c: _cron_job(c, time_zone="europe/berlin"), "letters count: Europe/Berlin, got 'europe/berlin'"),
    ("W2", lambda c: _cron_job(c, time_zone="Local"), "time_zone must be a name of the IANA database, got 'Local'"),
    ("W2", lambda c: _cron_job(c, time_zone=""), "time_zone must be a name of the IANA database, got ''"),
    (
        "W3",
        lambda c: _deployment(c, max_surge="5"),
        "max_surge must be a number, or a percentage such as '25%', got '5'",
    ),
    ("W3", lambda c: _deployment(c, max_surge="5 %"), "max_surge must be a number, or a percentage such as '25%'"),
    ("W3", lambda c: _deployment(c, max_unavailable=-1), "max_unavailable must be at least 0, got -1"),
    ("W3", lambda c: _deployment(c, max_unavailable="101%"), "max_unavailable must be at most 100%, got '101%'"),
    ("W3", lambda c: _deployment(c, max_surge=0, max_unavailable="00%"), "must not both be 0"),
    ("W3", lambda c: _deployment(c, max_surge=2**31), "max_surge must be at most 2147483647"),
    (
        "W3",
        lambda c: _deployment(c, min_ready_seconds=600),
        "progress_deadline_seconds must be more than min_ready_seconds (600), got Kubernetes' default 600",
    ),
    (
        "W3",
        lambda c: _deployment(c, progress_deadline_seconds=0),
        "progress_deadline_seconds must be more than min_ready_seconds (0), got 0",
    ),
    ("W3", lambda c: _daemon_set(c, max_unavailable=0), "max_unavailable must not be 0 where max_surge is 0"),
    ("W3", lambda c: _daemon_set(c, max_unavailable="00%", max_surge=0), "max_unavailable must not be 0"),
    ("W3", lambda c: _daemon_set(c, max_surge=1), "max_surge must not be given where max_unavailable is not 0, got 1"),
    ("W3", lambda c: _daemon_set(c, max_surge=1, max_unavailable=1), "max_surge must not be given where"),
    ("W3", lambda c: _daemon_set(c, max_surge="101%", max_unavailable=0), "max_surge must be at most 100%"),
    ("W3", lambda c: _daemon_set(c, update_strategy="OnDelete", max_surge=1), "'OnDelete' takes no max_surge"),
    ("W3", lambda c: _stateful_set(c, update_strategy="OnDelete", partition=1), "'OnDelete' takes no partition"),
    ("W3", lambda c: _stateful_set(c, partition=-1), "partition must be at least 0, got -1"),
    ("W3", lambda c: _job(c, completion_mode="Indexed", parallelism=2), "completions must be given where"),
    (
        "W3",
        lambda c: _job(c, completion_mode="Indexed", completions=2, parallelism=100_001),
        "parallelism must be at most 100000 where completion_mode is 'Indexed', got 100001",
    ),
    (
        "W3",
        lambda c: _job(c, name="a" * 62, completion_mode="Indexed", completions=1),
        "name must be at most 61 characters without a dot where completion_mode is 'Indexed' and completions 1",
    ),
    ("W3", lambda c: _job(c, name="a.b", completion_mode="Indexed", completions=1), "without a dot"),
    ("W3", lambda c: _cron_job(c, completion_mode="Indexed"), "completions must be given where"),
    (
        "W3",
        lambda c: _cron_job(c, name="a" * 52, completion_mode="Indexed", completions=101),
        "name must be at most 50 characters without a dot",
    ),
    ("Q5", lambda c: _deployment(c, replicas=2**31), "replicas must be at most 2147483647, got 2147483648"),
    ("Q5", lambda c: _job(c, active_deadline_seconds=-1), "active_deadline_seconds must not be negative"),
    ("Q5", lambda c: _job(c, ttl_seconds_after_finished=2**31), "ttl_seconds_after_finished must be at most"),
    (
        "Q5",
        lambda c: _deployment(c, termination_grace_period_seconds=2**53),
        "termination_grace_period_seconds must be at most 2147483647",
    ),
    (
        "M18",
        lambda c: _stateful_set(c, volume_claims=[_claim()], pod_spec={"volumes": [{"name": "d", "emptyDir": {}}]}),
        "volume 'd' of the pod itself has the name of a volume claim, which Kubernetes puts in its place",
    ),
    (
        "M18",
        lambda c: SharedScratch(_stateful_set(c, volume_claims=[_claim()]), "d", mount_path="/d"),
        "volume 'd' of SharedScratch 'c/s/d' has the name of a volume claim",
    ),
    ("V1", lambda c: Service(c, "v", selector={}, ports=[80]), "selector must hold a label at least"),
    ("V1", lambda c: Service(c, "v", selector={"a b": "c"}, ports=[80]), "selector: key must be a name of at most 63"),
    ("N3", lambda c: Service(c, "v", selector={"a": "b"}, ports=[80], name="1a"), "name must be a DNS-1035 label"),
    ("N3", lambda c: Service(c, "v", selector={"a": "b"}, ports=[80], name="a.b"), "name must be a DNS-1035 label"),
    (
        "N8",
        lambda c: Service(Chart(c, "2048"), "v", selector={"a": "b"}, ports=[80], name="2048"),
        "name must be a DNS-1035 label",
    ),
    (
        "V1",
        lambda c: Service(c, "v", selector={"a": "b"}, ports=[ServicePort(port=80, node_port=30080)]),
        "port 80 must have no node_port in a Service of type ClusterIP, got 30080; write type='NodePort'",
    ),
    (
        "V1",
        lambda c: Service(c, "v", selector={"a": "b"}, ports=[80], headless=True, type="NodePort"),
        "type must not be 'NodePort' in a headless Service",
    ),
    (
        "V1",
        lambda c: Service(
            c,
            "v",
            selector={"a": "b"},
            type="NodePort",
            ports=[
                ServicePort(name="a", port=80, node_port=30080),
                ServicePort(name="b", port=81, node_port=30080, protocol="UDP"),
            ],
        ),
        "node_port 30080 is there twice",
    ),
    (
        "V1",
        lambda c: Service(c, "v", selector={"a": "b"}, ports=[80], spec={"sessionAffinity": "Client"}),
        "sessionAffinity must be ClientIP or None, got 'Client'",
    ),
    (
        "U1",
        lambda c: Service(c, "v", selector={"a": "b"}, ports=[80], spec={"sessionAfinity": "ClientIP"}),
        "spec: Kubernetes 1.37 knows no field 'sessionAfinity' there; did you mean 'sessionAffinity'",
    ),
    (
        "U1",
        lambda c: Service(c, "v", selector={"a": "b"}, ports=[80], spec={"externalIPs": "1.2.3.4"}),
        "externalIPs",
    ),
    (
        "spec",
        lambda c: _deployment(c, spec={"template": {"spec": {"nodeName": "x"}}}),
        "spec must not hold 'template'",
    ),
    (
        "spec",
        lambda c: CronJob(c, "cj", schedule="@daily", containers=[APP], spec={"jobTemplate": {}}),
        "spec must not hold 'jobTemplate'",
    ),
    (
        "spec",
        lambda c: CronJob(c, "cj", schedule="@daily", containers=[APP], job_spec={"template": {}}),
        "job_spec must not hold 'template'",
    ),
]


@pytest.mark.parametrize(("rule", "code", "message"), ROWS, ids=[f"{i}-{row[0]}" for i, row in enumerate(ROWS)])
def test_it_is_refused_at_the_user_s_line(rule: str, code: Callable[[Chart], object], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        code(Chart(App(), "c"))
    assert message in str(raised.value)
    assert "'c/" in str(raised.value), f"{rule}: who is missing"


def test_what_is_just_within_is_taken() -> None:
    c = Chart(App(), "c")
    CronJob(c, "cj", name="a" * 52, schedule="@daily", containers=[APP])
    Job(c, "j", name="a" * 63, containers=[APP])
    web = _deployment(
        c,
        name="a" * 253,
        labels={"example.com/A_b.c": "x" * 63, "empty": ""},
        pod_annotations={"a": "x" * 262_143},
        service_account_name="a.b",
    )
    native = Container(
        name="n", image="n:1", restart_policy="Always", startup_probe=Probe.exec(["true"]), lifecycle=Lifecycle()
    )
    Sidecar(web, "n", container=native, grace_seconds=0)
    Deployment(c, "other", containers=[APP], init_containers=[native])
    rule = RestartRule(operator="In", values=[3])
    Deployment(
        c,
        "restarting",
        containers=[_sleeping(30, restart_policy="Never", restart_policy_rules=[rule])],
        max_surge="200%",
        max_unavailable=0,
        min_ready_seconds=599,
        replicas=2**31 - 1,
        pod_labels={"app.kubernetes.io/name": "restarting"},
    )
    DaemonSet(c, "surging", containers=[APP], max_surge="100%", max_unavailable=0)
    DaemonSet(c, "ds", containers=[APP], max_unavailable="100%")
    more: JsonObject = {"updateStrategy": {"rollingUpdate": {"maxSurge": 1}}}
    DaemonSet(c, "ds2", containers=[APP], max_unavailable=0, spec=more)
    StatefulSet(c, "s", name="a" * 52, service_name="1a", partition=0, containers=[APP])
    Job(c, "i", name="a" * 61, containers=[APP], completion_mode="Indexed", completions=10)
    Job(c, "i0", name="b" * 63, containers=[APP], completion_mode="Indexed", completions=0)
    Job(c, "own", name="own", containers=[APP], pod_labels={"job-name": "own"})
    CronJob(
        c,
        "ci",
        name="b" * 52,
        schedule="@daily",
        containers=[APP],
        completion_mode="Indexed",
        completions=10,
    )
    Service(
        c,
        "service",
        selector={"a": "b"},
        type="NodePort",
        ports=[
            ServicePort(
                name="a" * 63, port=53, node_port=30053, target_port="x" * 15, app_protocol="kubernetes.io/h2c"
            ),
            ServicePort(name="1", port=53, node_port=30053, protocol="UDP"),
        ],
    )
