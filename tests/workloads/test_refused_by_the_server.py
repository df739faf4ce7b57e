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
    CronJob,
    Deployment,
    InitContainer,
    InvalidValue,
    Job,
    Lifecycle,
    Probe,
    SharedScratch,
    Sidecar,
    Sleep,
    StatefulSet,
)

APP = Container(name="app", image="app:1")


def _deployment(chart: Chart, **options: object) -> Deployment:
    return Deployment(chart, "web", containers=[APP], **options)  # type: ignore[arg-type]


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
    with pytest.raises(InvalidValue) as raised:
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
