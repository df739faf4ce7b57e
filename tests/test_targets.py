"""Patterns take the form that the target version runs."""

from __future__ import annotations

import pytest

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    Elasticsearch,
    FromImage,
    InitFileSeeder,
    InvalidValue,
    Job,
    LoggingSidecar,
    SharedScratch,
    Sidecar,
    SynthesisError,
    Volume,
    VolumeMount,
    defaults,
)
from patterns.model.json import JsonObject
from patterns.testing import container_of, find, pod_spec_of, synth

APP = Container(name="app", image="registry.example.com/app:1.0")
TOOL = Container(name="tool", image="registry.example.com/tool:1.0")


def deployment(target: str) -> Deployment:
    return Deployment(Chart(App(target=target), "shop"), "web", containers=[APP])


def rendered(web: Deployment) -> JsonObject:
    return find(synth(web.chart), "Deployment")


@pytest.mark.parametrize(("target", "place"), [("1.28", "containers"), ("1.29", "initContainers")])
def test_a_sidecar_is_native_where_the_target_has_native_sidecars(target: str, place: str) -> None:
    web = deployment(target)
    Sidecar(web, "tool", container=TOOL)
    spec = pod_spec_of(rendered(web))
    listed = spec[place]
    assert isinstance(listed, list)
    assert "tool" in {str(container["name"]) for container in listed if isinstance(container, dict)}


def test_a_native_sidecar_that_is_asked_for_is_refused_where_there_are_none() -> None:
    with pytest.raises(
        InvalidValue, match=r"native must be False: native sidecars need 1\.29, and the target is 1\.28"
    ):
        Sidecar(deployment("1.28"), "tool", container=TOOL, native=True)


@pytest.mark.parametrize("native", [defaults.NATIVE_SIDECARS, True], ids=["default", "asked-for"])
def test_a_job_needs_native_sidecars(native: bool | defaults.Default[bool]) -> None:
    job = Job(Chart(App(target="1.28"), "shop"), "report", containers=[APP])
    with pytest.raises(InvalidValue, match=r"the pod has to end by itself.* need 1\.29, and the target is 1\.28"):
        Sidecar(job, "tool", container=TOOL, native=native)


def test_a_team_can_have_classic_sidecars_everywhere() -> None:
    app = App(defaults={defaults.NATIVE_SIDECARS: False})
    web = Deployment(Chart(app, "shop"), "web", containers=[APP])
    Sidecar(web, "tool", container=TOOL)
    assert "initContainers" not in pod_spec_of(rendered(web))


def test_a_classic_collector_drains_only_where_hooks_can_sleep() -> None:
    def collect(target: str, drain_seconds: int | None) -> JsonObject:
        web = deployment(target)
        logs = SharedScratch(web, "logs", mount_path="/var/log/app")
        to = Elasticsearch(url="https://logs.example.com:9200", index="shop")
        LoggingSidecar(
            web, "shipper", logs=logs.mount, files=["a.log"], to=to, native=False, drain_seconds=drain_seconds
        )
        return container_of(rendered(web), "shipper")

    assert "lifecycle" not in collect("1.29", None)
    assert collect("1.30", 7)["lifecycle"] == {"preStop": {"sleep": {"seconds": 7}}}
    with pytest.raises(InvalidValue, match=r"it sleeps in a hook, which needs 1\.30, and the target is 1\.29"):
        collect("1.29", 7)


def test_files_of_an_image_are_mounted_where_the_target_mounts_images_and_copied_by_the_image_before() -> None:
    def seeded(target: str) -> tuple[JsonObject, JsonObject]:
        web = deployment(target)
        pages = SharedScratch(web, "pages", mount_path="/srv/www")
        InitFileSeeder(web, "seed", into=pages.mount, files=FromImage("registry.example.com/site:1.2", "/site"))
        document = rendered(web)
        return container_of(document, "seed"), pod_spec_of(document)

    container, spec = seeded("1.35")
    assert container["image"] == "docker.io/library/busybox:1.37.0"
    assert {"name": "seed-files", "image": {"reference": "registry.example.com/site:1.2"}} in spec["volumes"]  # type: ignore[operator]
    assert "/seed-source/site" in container["command"]  # type: ignore[operator]
    container, spec = seeded("1.34")
    assert container["image"] == "registry.example.com/site:1.2"
    assert "/site" in container["command"]  # type: ignore[operator]


def test_a_field_that_the_target_drops_is_refused_with_the_older_way() -> None:
    app = App(target="1.33")
    files = Volume.image("files", "registry.example.com/site:1.2")
    mounted = Container(
        name="app", image="registry.example.com/app:1.0", volume_mounts=[VolumeMount(volume=files, mount_path="/files")]
    )
    Deployment(Chart(app, "shop"), "web", containers=[mounted])
    with pytest.raises(
        SynthesisError, match=r"Volume\.image needs 1\.35, and 1\.33 drops it in silence \(KEP-4639\); copy"
    ):
        app.synth()


@pytest.mark.parametrize("target", [f"1.{minor}" for minor in range(28, 38)])
def test_every_pattern_passes_the_rules_of_every_target(target: str) -> None:
    app = App(target=target, pod_security="restricted")
    web = Deployment(Chart(app, "shop"), "web", containers=[APP])
    logs = SharedScratch(web, "logs", mount_path="/var/log/app")
    pages = SharedScratch(web, "pages", mount_path="/srv/www")
    InitFileSeeder(web, "seed", into=pages.mount, files={"index.html": "hello"})
    InitFileSeeder(web, "more", into=pages.mount, files=FromImage("registry.example.com/site:1.2", "/site"))
    LoggingSidecar(web, "reader", logs=logs.mount, files=["a.log"])
    to = Elasticsearch(url="https://logs.example.com:9200", index="shop")
    LoggingSidecar(web, "shipper", logs=logs.mount, files=["a.log"], to=to)
    Sidecar(web, "tool", container=TOOL)
    app.synth_yaml()
