"""Input that is nearly refused; what is refused is in the table `tests/bad_input`."""

from __future__ import annotations

from patterns import (
    App,
    Chart,
    Container,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    Lifecycle,
    Probe,
    RestartRule,
    Service,
    ServicePort,
    Sidecar,
    Sleep,
    StatefulSet,
)
from patterns.model import JsonObject

APP = Container(name="app", image="app:1")


def test_what_is_just_within_is_taken() -> None:
    c = Chart(App(), "c")
    CronJob(c, "cj", name="a" * 52, schedule="@daily", containers=[APP])
    Job(c, "j", name="a" * 63, containers=[APP])
    web = Deployment(
        c,
        "web",
        containers=[APP],
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
        containers=[
            Container(
                name="app",
                image="app:1",
                lifecycle=Lifecycle(pre_stop=Sleep(30)),
                restart_policy="Never",
                restart_policy_rules=[rule],
            )
        ],
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
