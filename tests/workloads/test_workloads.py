"""Our own workloads: what they render, what they derive, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cdk8s
import pytest

from patterns import (
    App,
    Chart,
    Conflict,
    Container,
    CronJob,
    DaemonSet,
    Deployment,
    FluentBitOutput,
    InitFileSeeder,
    InvalidValue,
    Job,
    LoggingSidecar,
    NotFound,
    PatternError,
    Pod,
    ResourceRequirements,
    Security,
    Service,
    SharedScratch,
    Sidecar,
    StatefulSet,
    SynthesisError,
    Volume,
    VolumeClaim,
    VolumeMount,
    Workload,
    WrongType,
)
from patterns.model.json import JsonObject, object_at, objects_at
from patterns.testing import find, pod_spec_of, synth
from patterns.yaml import read_yaml

APP = Container(name="app", image="app:1")
#: how every kind is made with nothing but what it needs
SMALLEST: dict[str, Callable[[Chart], Workload]] = {
    "Pod": lambda chart: Pod(chart, "w", containers=[APP]),
    "Deployment": lambda chart: Deployment(chart, "w", containers=[APP]),
    "StatefulSet": lambda chart: StatefulSet(chart, "w", containers=[APP]),
    "DaemonSet": lambda chart: DaemonSet(chart, "w", containers=[APP]),
    "Job": lambda chart: Job(chart, "w", containers=[APP]),
    "CronJob": lambda chart: CronJob(chart, "w", containers=[APP], schedule="@daily"),
}


def chart() -> Chart:
    return Chart(App(), "c", disable_resource_name_hashes=True)


@pytest.mark.parametrize("kind", SMALLEST)
def test_the_smallest_call_of_every_kind(kind: str, yaml_snapshot: object) -> None:
    c = chart()
    SMALLEST[kind](c)
    assert synth(c) == yaml_snapshot


@pytest.mark.parametrize("kind", SMALLEST)
@pytest.mark.parametrize("root", [App, cdk8s.App])
def test_every_kind_keeps_its_name_labels_and_place(kind: str, root: type[cdk8s.App]) -> None:
    c = Chart(root(), "c", namespace="shop", labels={"team": "a"})
    workload = SMALLEST[kind](c)
    InitFileSeeder(
        workload, "seed", into=SharedScratch(workload, "s", mount_path="/s").mount, files={"index.html": "x"}
    )
    document = find(synth(c), kind)
    metadata = object_at(document, "metadata")
    assert (metadata["name"], metadata["namespace"]) == (workload.name, "shop")
    assert metadata["labels"] == {"team": "a", **workload.selector}
    of_the_pods = metadata if kind == "Pod" else object_at(pod_template_of(document), "metadata")
    assert object_at(of_the_pods, "labels").items() >= workload.selector.items()


def pod_template_of(document: JsonObject) -> JsonObject:
    spec = object_at(document, "spec")
    return object_at(spec, "template") or object_at(spec, "jobTemplate", "spec", "template")


def test_labels_and_annotations_of_a_pod_are_those_of_its_object(yaml_snapshot: object) -> None:
    c = chart()
    Pod(
        c,
        "once",
        containers=[APP],
        restart_policy="Never",
        labels={"a": "1"},
        annotations={"b": "2"},
        pod_labels={"c": "3"},
        pod_annotations={"d": "4"},
    )
    assert synth(c) == yaml_snapshot
    with pytest.raises(Conflict, match="labels and pod_labels of a Pod are the same, and both set 'a'; set it once"):
        Pod(c, "twice", containers=[APP], labels={"a": "1"}, pod_labels={"a": "2"})


def test_a_deployment_with_every_option(yaml_snapshot: object) -> None:
    c = chart()
    cache = Volume.empty_dir("cache", size_limit="1Gi")
    Deployment(
        c,
        "web",
        name="web",
        namespace="shop",
        labels={"team": "shop"},
        annotations={"docs": "https://example.com/web"},
        containers=[
            Container(name="app", image="app:1", volume_mounts=[VolumeMount(volume=cache, mount_path="/cache")])
        ],
        init_containers=[Container(name="first", image="tool:1")],
        replicas=3,
        max_surge=1,
        max_unavailable="25%",
        min_ready_seconds=5,
        revision_history_limit=2,
        progress_deadline_seconds=120,
        security=Security(run_as_user=1000, run_as_group=1000, fs_group=1000, read_only_root_filesystem=True),
        service_account_name="web",
        termination_grace_period_seconds=45,
        share_process_namespace=True,
        pod_labels={"tier": "web"},
        pod_annotations={"scrape": "true"},
        pod_spec={"priorityClassName": "high"},
        spec={"paused": True},
    )
    assert synth(c) == yaml_snapshot


def test_a_stateful_set_with_a_disk_for_each_pod(yaml_snapshot: object) -> None:
    c = chart()
    data = VolumeClaim(name="data", size="10Gi", storage_class_name="fast")
    StatefulSet(
        c,
        "store",
        service_name="store",
        replicas=3,
        volume_claims=[data],
        pod_management_policy="Parallel",
        partition=1,
        containers=[Container(name="store", image="store:1", volume_mounts=[data.mount("/data")])],
    )
    assert synth(c) == yaml_snapshot


def test_a_cron_job_with_every_option(yaml_snapshot: object) -> None:
    c = chart()
    CronJob(
        c,
        "report",
        schedule="*/15 0-6 1,15 jan-jun MON",
        time_zone="Europe/Berlin",
        concurrency_policy="Forbid",
        starting_deadline_seconds=60,
        successful_jobs_history_limit=1,
        failed_jobs_history_limit=2,
        suspend=False,
        restart_policy="OnFailure",
        backoff_limit=3,
        completions=4,
        parallelism=2,
        completion_mode="Indexed",
        active_deadline_seconds=600,
        ttl_seconds_after_finished=3600,
        job_spec={"podReplacementPolicy": "Failed"},
        containers=[APP],
    )
    assert synth(c) == yaml_snapshot


def test_labels_and_selector_are_derived_from_names_only() -> None:
    c = chart()
    web = Deployment(c, "web", containers=[APP], pod_labels={"version": "1.4.2"})
    document = synth(c)[0]
    derived = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "c-web"}
    assert web.selector == derived
    assert document["metadata"] == {"name": "c-web", "labels": derived}
    assert document["spec"]["selector"] == {"matchLabels": derived}  # type: ignore[index, call-overload]
    assert document["spec"]["template"]["metadata"] == {"labels": {**derived, "version": "1.4.2"}}  # type: ignore[index, call-overload]


def test_a_long_name_gives_a_label_value_that_kubernetes_takes() -> None:
    c = chart()
    web = Deployment(c, "web", name="a" * 200, containers=[APP])
    other = Deployment(c, "web2", name="a" * 199 + "b", containers=[APP])
    instance = web.selector["app.kubernetes.io/instance"]
    assert len(instance) <= 63
    assert instance != other.selector["app.kubernetes.io/instance"]


def test_a_selector_of_one_s_own_is_put_on_the_pods_too() -> None:
    c = chart()
    Deployment(c, "web", containers=[APP], selector={"app": "web"}, recommended_labels=False)
    spec = synth(c)[0]["spec"]
    assert spec["selector"] == {"matchLabels": {"app": "web"}}  # type: ignore[index, call-overload]
    assert spec["template"]["metadata"] == {"labels": {"app": "web"}}  # type: ignore[index, call-overload]


def test_security_of_the_pod_is_not_repeated_on_containers() -> None:
    c = chart()
    Deployment(c, "web", containers=[APP])
    (container,) = objects_at(pod_spec_of(synth(c)[0]), "containers")
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def test_security_is_opened_field_by_field() -> None:
    c = chart()
    Deployment(c, "web", containers=[APP], security=Security(run_as_non_root=None))
    spec = pod_spec_of(synth(c)[0])
    assert spec["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}


def test_a_service_account_keeps_its_token() -> None:
    c = chart()
    Deployment(c, "web", containers=[APP], service_account_name="web")
    assert "automountServiceAccountToken" not in pod_spec_of(synth(c)[0])


def test_the_namespace_and_labels_of_the_chart_hold() -> None:
    c = Chart(App(), "c", namespace="shop", labels={"team": "a"})
    web = Deployment(c, "web", containers=[APP])
    metadata = synth(c)[0]["metadata"]
    assert web.namespace == "shop"
    assert metadata["namespace"] == "shop"  # type: ignore[index, call-overload]
    assert metadata["labels"]["team"] == "a"  # type: ignore[index, call-overload]


def test_relations_to_a_container_that_never_came_are_found_at_synthesis() -> None:
    app = App()
    c = Chart(app, "c")
    web = Deployment(c, "web", containers=[APP])
    Sidecar(web, "proxy", container=Container(name="proxy", image="p:1"), before=["wait"])
    with pytest.raises(PatternError) as raised:
        app.synth_yaml()
    assert str(raised.value) == (
        "Deployment 'c/web': Sidecar 'c/web/proxy' is ordered against 'wait', which the pod does not have; "
        "it has app, proxy"
    )


REFUSED: list[tuple[str, type[PatternError], Callable[[Chart], object], str]] = [
    (
        "no containers",
        InvalidValue,
        lambda c: Deployment(c, "web", containers=[]),
        "Deployment 'c/web': containers must hold at least one Container; Kubernetes refuses a pod without",
    ),
    (
        "a dict for a container",
        WrongType,
        lambda c: Deployment(c, "web", containers=[{"name": "app", "image": "app:1"}]),  # type: ignore[list-item]
        "Deployment 'c/web': containers[0] must be a Container, got a dict; write Container(name='app', image='app:1')",
    ),
    (
        "text for a number",
        WrongType,
        lambda c: Deployment(c, "web", containers=[APP], replicas="2"),  # type: ignore[arg-type]
        "Deployment 'c/web': replicas must be an int, got a str '2'; write replicas=2",
    ),
    (
        "a negative number",
        InvalidValue,
        lambda c: Job(c, "job", containers=[APP], backoff_limit=-1),
        "Job 'c/job': backoff_limit must not be negative, got -1",
    ),
    (
        "negative grace",
        InvalidValue,
        lambda c: Deployment(c, "web", containers=[APP], termination_grace_period_seconds=-1),
        "Deployment 'c/web': termination_grace_period_seconds must not be negative, got -1",
    ),
    (
        "Recreate with a rolling update",
        InvalidValue,
        lambda c: Deployment(c, "web", containers=[APP], strategy="Recreate", max_surge=1),
        "Deployment 'c/web': strategy 'Recreate' takes no max_surge and no max_unavailable; leave them out",
    ),
    (
        "a rolling update that cannot move",
        InvalidValue,
        lambda c: Deployment(c, "web", containers=[APP], max_surge=0, max_unavailable="0%"),
        "Deployment 'c/web': max_surge and max_unavailable must not both be 0: no pod could ever be replaced",
    ),
    (
        "a misspelt field",
        InvalidValue,
        lambda c: Deployment(c, "web", containers=[APP], pod_spec={"tolerationz": []}),
        "Deployment 'c/web': pod_spec: Kubernetes 1.37 knows no field 'tolerationz' there; did you mean 'tolerations'",
    ),
    (
        "a field of an option in pod_spec",
        Conflict,
        lambda c: Deployment(c, "web", containers=[APP], pod_spec={"securityContext": {"runAsNonRoot": False}}),
        "Deployment 'c/web': pod_spec: securityContext.runAsNonRoot is True already, by the option security= or its "
        "default, and cannot be False; set it once",
    ),
    (
        "containers in pod_spec",
        InvalidValue,
        lambda c: Deployment(c, "web", containers=[APP], pod_spec={"containers": []}),
        "Deployment 'c/web': pod_spec must not hold 'containers'; write them as values: containers=[Container(...)]",
    ),
    (
        "no label to select by",
        InvalidValue,
        lambda c: Deployment(c, "web", containers=[APP], recommended_labels=False),
        "Deployment 'c/web': selector must be given where recommended_labels is False: the pods need a label",
    ),
    (
        "two containers of one name",
        Conflict,
        lambda c: Deployment(c, "web", containers=[APP, APP]),
        "Deployment 'c/web': container name 'app' is there twice; names are unique over containers and init "
        "containers, give one another",
    ),
    (
        "two claims of one name",
        Conflict,
        lambda c: StatefulSet(
            c,
            "s",
            containers=[APP],
            volume_claims=[VolumeClaim(name="d", size="1Gi"), VolumeClaim(name="d", size="2Gi")],
        ),
        "StatefulSet 'c/s': volume_claims holds 'd' twice; give one another name",
    ),
    (
        "a schedule in words",
        InvalidValue,
        lambda c: CronJob(c, "cj", containers=[APP], schedule="every day"),
        "CronJob 'c/cj': schedule must be five fields (minute, hour, day of month, month, day of week), or a macro "
        "such as @daily, got 'every day'",
    ),
    (
        "a schedule with seconds",
        InvalidValue,
        lambda c: CronJob(c, "cj", containers=[APP], schedule="0 0 3 * * *"),
        "CronJob 'c/cj': schedule must be five fields (minute, hour, day of month, month, day of week), or a macro "
        "such as @daily, got '0 0 3 * * *'; Kubernetes has no field for seconds",
    ),
    (
        "a schedule with its time zone",
        InvalidValue,
        lambda c: CronJob(c, "cj", containers=[APP], schedule="TZ=UTC 0 3 * * *"),
        "CronJob 'c/cj': schedule must not set a time zone, got 'TZ=UTC 0 3 * * *'; write time_zone='Europe/Berlin'",
    ),
    (
        "an hour that no clock has",
        InvalidValue,
        lambda c: CronJob(c, "cj", containers=[APP], schedule="0 24 * * *"),
        "CronJob 'c/cj': schedule must be right in its hour, where '24' is not from 0 to 23, got '0 24 * * *'",
    ),
    (
        "a pattern without a workload",
        NotFound,
        lambda c: SharedScratch(c, "s", mount_path="/x"),
        "",
    ),
    (
        "a classic sidecar in a Job",
        InvalidValue,
        lambda c: Sidecar(
            Job(c, "job", containers=[APP]), "log", container=Container(name="log", image="l:1"), native=False
        ),
        "Sidecar 'c/job/log': native must be True in a pod that has to end by itself: as a classic sidecar, 'log' "
        "would run on after the application, and the Job would never end",
    ),
]


@pytest.mark.parametrize(("kind", "code", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_bad_input_is_refused_at_the_user_s_line(
    kind: type[PatternError], code: Callable[[Chart], object], message: str
) -> None:
    with pytest.raises(kind) as raised:
        code(chart())
    if message:
        assert str(raised.value) == message
    ours = [entry for entry in raised.traceback if "/patterns/" in str(entry.path) or str(entry.path) == "<string>"]
    assert len(ours) <= 3


def test_a_name_is_the_one_that_any_api_object_would_get_there() -> None:
    app = App()
    c = Chart(app, "c")
    plain = cdk8s.ApiObject(Chart(app, "d"), "web", api_version="v1", kind="X")
    web = Deployment(c, "web", containers=[APP])
    assert web.name.startswith("c-web-c8")
    assert plain.name.startswith("d-web-c8")
    assert find(synth(c), "Deployment")["metadata"]["name"] == web.name  # type: ignore[index, call-overload]


@pytest.mark.parametrize("root", [App, cdk8s.App])
def test_findings_stop_a_synthesis_under_every_root(root: type[cdk8s.App]) -> None:
    app = root()
    c = Chart(app, "c")
    web = Deployment(c, "web", containers=[APP])
    Sidecar(web, "proxy", container=Container(name="proxy", image="p:1"), after=["wait"])
    for render in (app.synth, app.synth_yaml, c.to_json, lambda: cdk8s.Testing.synth(c)):
        with pytest.raises((SynthesisError, RuntimeError), match="Sidecar 'c/web/proxy' is ordered against 'wait'"):
            render()


def test_workloads_and_patterns_are_the_same_under_a_plain_app() -> None:
    def documents(app: cdk8s.App) -> object:
        c = Chart(app, "c")
        web = Deployment(c, "web", containers=[APP])
        logs = SharedScratch(web, "logs", mount_path="/logs")
        LoggingSidecar(web, "ship", logs=logs.mount, files=["a"], to=FluentBitOutput("stdout"))
        InitFileSeeder(web, "seed", into=logs.mount, files={"a": "b"})
        Service(c, "service", workload=web, ports=[80])
        return read_yaml(app.synth_yaml())

    assert documents(App()) == documents(cdk8s.App())


@pytest.mark.parametrize("method", ["render_body", "pod_template"])
def test_what_a_class_of_a_users_changes_is_its_own(method: str) -> None:
    shared = ResourceRequirements(requests={"cpu": "10m"})
    app = Container(name="app", image="app:1", resources=shared)

    class Gpu(Deployment):
        def changed(self, found: JsonObject) -> JsonObject:
            template = object_at(found, "spec", "template") or found
            for container in objects_at(template, "spec", "containers"):
                object_at(container, "resources")["limits"] = {"nvidia.com/gpu": "1"}
            return found

        def render_body(self) -> JsonObject:
            body = super().render_body()
            return self.changed(body) if method == "render_body" else body

        def pod_template(self) -> JsonObject:
            template = super().pod_template()
            return self.changed(template) if method == "pod_template" else template

    there = chart()
    Gpu(there, "gpu", containers=[app])
    Deployment(there, "web", containers=[app])
    root = there.node.root
    assert isinstance(root, App)
    assert root.synth_yaml().count("nvidia.com/gpu") == 1
    assert shared.render() == {"requests": {"cpu": "10m"}}
    Deployment(elsewhere := chart(), "web", containers=[app])
    [container] = objects_at(pod_spec_of(synth(elsewhere)[0]), "containers")
    assert container["resources"] == shared.render()


def test_what_a_class_of_a_users_makes_of_its_pod_need_not_be_plain() -> None:
    class Tuples(Deployment):
        def pod_template(self) -> JsonObject:
            template: Any = super().pod_template()
            template["spec"]["hostAliases"] = ({"ip": "10.0.0.1", "hostnames": ("db",), "none": None},)
            return template  # type: ignore[no-any-return]

    there = chart()
    Tuples(there, "web", containers=[APP])
    root = there.node.root
    assert isinstance(root, App)
    assert "hostAliases:\n        - ip: 10.0.0.1\n          hostnames:\n            - db\n" in root.synth_yaml()
