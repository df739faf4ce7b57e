"""A shared directory: who mounts it, how large it is, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patterns import (
    App,
    Chart,
    Conflict,
    Container,
    Deployment,
    InvalidValue,
    NotFound,
    PatternError,
    ResourceRequirements,
    SharedScratch,
    Sidecar,
    SynthesisError,
    WrongType,
    defaults,
)
from patterns.model.json import objects_at
from patterns.testing import container_of, pod_spec_of, synth

APP = Container(name="app", image="app:1")
VIEWER = Container(name="viewer", image="viewer:1")


def web(**options: object) -> Deployment:
    chart = Chart(App(), "shop", disable_resource_name_hashes=True)
    return Deployment(chart, "web", containers=[APP, VIEWER], **options)  # type: ignore[arg-type]


def test_smallest_call(yaml_snapshot: object) -> None:
    workload = web()
    SharedScratch(workload, "logs", mount_path="/var/log/app")
    assert synth(workload.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    workload = web()
    SharedScratch(
        workload, "cache", mount_path="/cache", writers=["app"], readers=["viewer"], size_limit="64Mi", medium="Memory"
    )
    assert synth(workload.chart) == yaml_snapshot


def test_readers_are_taken_out_of_the_writers() -> None:
    workload = web()
    SharedScratch(workload, "logs", mount_path="/logs", readers=["viewer"])
    document = synth(workload.chart)[0]
    assert container_of(document, "app")["volumeMounts"] == [{"name": "logs", "mountPath": "/logs"}]
    assert container_of(document, "viewer")["volumeMounts"] == [
        {"name": "logs", "mountPath": "/logs", "readOnly": True}
    ]


def test_a_directory_that_nobody_mounts_stops_the_synthesis() -> None:
    app = App()
    workload = Deployment(Chart(app, "shop"), "web", containers=[Container(name="app", image="app:1")])
    SharedScratch(workload, "logs", mount_path="/logs", writers=[])
    with pytest.raises(SynthesisError) as raised:
        app.synth_yaml()
    assert raised.value.findings == (
        "Deployment 'shop/web': SharedScratch 'shop/web/logs' must be mounted by a container, and none does, so that "
        "it would not be rendered; name one in writers= or readers=, give its mount to a pattern, or take it out",
    )


def test_the_mount_brings_the_directory_to_whoever_takes_it() -> None:
    workload = web()
    logs = SharedScratch(workload, "logs", mount_path="/logs", writers=[], size_limit=None)
    Sidecar(workload, "log", container=Container(name="log", image="log:1", volume_mounts=[logs.mount]))
    assert pod_spec_of(synth(workload.chart)[0])["volumes"] == [{"name": "logs", "emptyDir": {}}]


def test_sidecars_that_came_before_are_no_application_containers() -> None:
    workload = web()
    Sidecar(workload, "log", container=Container(name="log", image="log:1"))
    SharedScratch(workload, "logs", mount_path="/logs")
    assert "volumeMounts" not in container_of(synth(workload.chart)[0], "log")


def test_the_default_size_is_replaced_by_the_nearest_mapping() -> None:
    def size(app: object = None, chart: object = None, workload: object = None, **option: Any) -> object:
        c = Chart(App(defaults=app), "c", defaults=chart)  # type: ignore[arg-type]
        w = Deployment(c, "w", containers=[APP], defaults=workload)  # type: ignore[arg-type]
        SharedScratch(w, "s", mount_path="/s", **option)
        return objects_at(pod_spec_of(synth(c)[0]), "volumes")[0]["emptyDir"]

    key = defaults.SCRATCH_SIZE_LIMIT
    assert size() == {"sizeLimit": key.value}
    assert size(app={key: "1Gi"}) == {"sizeLimit": "1Gi"}
    assert size(app={key: "1Gi"}, chart={key: "2Gi"}) == {"sizeLimit": "2Gi"}
    assert size(app={key: "1Gi"}, chart={key: "2Gi"}, workload={key: "3Gi"}) == {"sizeLimit": "3Gi"}
    assert size(workload={key: "3Gi"}, size_limit="4Gi") == {"sizeLimit": "4Gi"}


def test_a_volume_in_memory_is_less_than_what_its_writers_may_have() -> None:
    """Seen on a kubelet: the writer was killed for what the volume held (`memory-volume-counts`)."""
    chart = Chart(App(), "shop")
    small = ResourceRequirements(limits={"memory": "64Mi"})
    app = Container(name="app", image="app:1", resources=small)
    workload = Deployment(chart, "web", containers=[app, VIEWER])
    SharedScratch(workload, "fits", mount_path="/fits", size_limit="63Mi", medium="Memory")
    SharedScratch(workload, "of-others", mount_path="/read", size_limit="64Mi", medium="Memory", readers=["app"])
    SharedScratch(workload, "on-disk", mount_path="/disk", size_limit="64Mi")
    with pytest.raises(InvalidValue) as caught:
        SharedScratch(workload, "s", mount_path="/full", size_limit="64Mi", medium="Memory")
    assert str(caught.value) == (
        "SharedScratch 'shop/web/s': size_limit must be less than the memory limit of 'app', 64Mi, got 64Mi: a volume "
        "in memory counts against it, and the container would be killed before the volume is full; give less, or the "
        "container more"
    )


REFUSED: list[tuple[str, type[PatternError], Callable[[Deployment], object], str]] = [
    (
        "a relative path",
        InvalidValue,
        lambda w: SharedScratch(w, "s", mount_path="logs"),
        "SharedScratch 'shop/web/s': VolumeMount: mount_path must be an absolute path, got 'logs'; write '/logs'",
    ),
    (
        "a name that no volume can have",
        InvalidValue,
        lambda w: SharedScratch(w, "My_Logs", mount_path="/logs"),
        "SharedScratch 'shop/web/My_Logs': Volume 'My_Logs': name must be a DNS-1123 label (lower-case letters, digits "
        "and '-', at most 63, a letter or digit at both ends), got 'My_Logs'; write 'my-logs'",
    ),
    (
        "a size without a unit that Kubernetes knows",
        InvalidValue,
        lambda w: SharedScratch(w, "s", mount_path="/logs", size_limit="64MB"),
        "SharedScratch 'shop/web/s': Volume 's': size_limit must be a number with a suffix such as m, k, M, G, Ki, Mi "
        "or Gi, got '64MB'; write 64M or 64Mi",
    ),
    (
        "a number for a size",
        WrongType,
        lambda w: SharedScratch(w, "s", mount_path="/logs", size_limit=64),  # type: ignore[arg-type]
        "",
    ),
    (
        "memory without a bound",
        InvalidValue,
        lambda w: SharedScratch(w, "s", mount_path="/logs", size_limit=None, medium="Memory"),
        "",
    ),
    (
        "a medium that does not exist",
        PatternError,
        lambda w: SharedScratch(w, "s", mount_path="/logs", medium="memory"),
        "",
    ),
    (
        "a container that is not there",
        NotFound,
        lambda w: SharedScratch(w, "s", mount_path="/logs", writers=["web"]),
        "SharedScratch 'shop/web/s': the pod has no container 'web'; it has 'app', 'viewer'",
    ),
    (
        "a reader that writes",
        InvalidValue,
        lambda w: SharedScratch(w, "s", mount_path="/logs", writers=["app"], readers=["app"]),
        "SharedScratch 'shop/web/s': container 'app' is named in writers and in readers; a writer reads as well",
    ),
    (
        "a path that is taken",
        Conflict,
        lambda w: (SharedScratch(w, "a", mount_path="/logs"), SharedScratch(w, "b", mount_path="/logs")),
        "SharedScratch 'shop/web/b': container 'app' has volume 'a' on /logs from SharedScratch 'shop/web/a', and "
        "SharedScratch 'shop/web/b' wants volume 'b' on /logs; one would hide the other: give one another mount_path",
    ),
    (
        "an id by which cdk8s looks for an object",
        InvalidValue,
        lambda w: SharedScratch(w, "default", mount_path="/logs"),
        "SharedScratch 'shop/web/default': id must not be 'default', by which cdk8s finds the object of a construct; "
        "take another",
    ),
    (
        "no workload above",
        NotFound,
        lambda w: SharedScratch(w.chart, "s", mount_path="/logs"),
        "",
    ),
]


@pytest.mark.parametrize(("kind", "code", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_bad_input_is_refused(kind: type[PatternError], code: Callable[[Deployment], object], message: str) -> None:
    with pytest.raises(kind) as raised:
        code(web())
    assert str(raised.value).startswith("SharedScratch 'shop/")
    if message:
        assert str(raised.value) == message


def test_a_group_of_the_pod_s_volumes_is_the_pod_s_one() -> None:
    chart = Chart(App(), "c")
    web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/app:1.0")])
    SharedScratch(web, "a", mount_path="/a", fs_group=2000)
    SharedScratch(web, "b", mount_path="/b", fs_group=2000)
    assert pod_spec_of(synth(chart)[0])["securityContext"]["fsGroup"] == 2000  # type: ignore[index, call-overload]
    with pytest.raises(Conflict, match=r"fsGroup is 2000, from SharedScratch 'c/web/a', and SharedScratch 'c/web/c'"):
        SharedScratch(web, "c", mount_path="/c", fs_group=3000)
