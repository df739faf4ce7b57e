"""The whole pod is judged at synthesis: everything that is wrong is told at once, and nothing is written."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    InvalidValue,
    Manifest,
    PatternWarning,
    Pod,
    Sidecar,
    SynthesisError,
    Volume,
    VolumeMount,
)
from patterns.model.json import JsonObject

import cdk8s  # isort: skip  # after patterns, which finds Node

SCRATCH = Volume.empty_dir("scratch", size_limit="1Mi")


def mounted(name: str, *paths: str) -> Container:
    mounts = [VolumeMount(volume=SCRATCH, mount_path=path) for path in paths]
    return Container(name=name, image="registry.example.com/app:1.0", volume_mounts=mounts)


def foreign(chart: Chart, id: str, *paths: str) -> cdk8s.ApiObject:
    """Somebody else's Deployment, whose container has a mount at each path."""
    obj = cdk8s.ApiObject(chart, id, api_version="apps/v1", kind="Deployment")
    mounts = [{"name": "a", "mountPath": path} for path in paths]
    container = {"name": "app", "image": "registry.example.com/app:1.0", "volumeMounts": mounts}
    pod = {"containers": [container], "volumes": [{"name": "a", "emptyDir": {"sizeLimit": "1Mi"}}]}
    labels = {"app": id}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    obj.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    return obj


def test_findings_of_the_whole_app_are_told_together_sorted_by_file_and_path(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "dist"))
    foreign(Chart(app, "b"), "web", "/data", "/data/", "/data")
    foreign(Chart(app, "a"), "web", "/data", "/data")
    with pytest.raises(SynthesisError) as caught:
        app.synth()
    told = [(text.split(":")[0], text.rsplit("[", 1)[-1].rstrip("]")) for text in caught.value.findings]
    path = "spec.template.spec.containers[0].volumeMounts"
    assert told == [
        ("a.k8s.yaml", "1].mountPath"),
        ("b.k8s.yaml", "1].mountPath"),
        ("b.k8s.yaml", "2].mountPath"),
    ]
    assert f"[duplicate-mount-path at {path}[1].mountPath]" in caught.value.findings[0]
    assert f"[same-mount-path at {path}[1].mountPath]" in caught.value.findings[1]
    assert not list(tmp_path.glob("dist/*"))


def test_a_finding_names_the_file_the_object_its_construct_and_the_container() -> None:
    app = App()
    foreign(Chart(app, "shop"), "web", "/data", "/data")
    with pytest.raises(
        SynthesisError, match=r"^shop\.k8s\.yaml: Deployment 'shop-web-\w+' \(shop/web\): container 'app':"
    ):
        app.synth()


def test_a_finding_names_the_pattern_that_brought_the_container() -> None:
    app = App()
    web = Deployment(Chart(app, "shop"), "web", containers=[mounted("app", "/data")])
    Sidecar(web, "beside", container=mounted("beside", "/data"))
    mount = {"name": "scratch", "mountPath": "/data"}
    web.add_json_patch(cdk8s.JsonPatch.add("/spec/template/spec/initContainers/0/volumeMounts/-", mount))
    with pytest.raises(SynthesisError, match=r"\(shop/web/beside\): init container 'beside': mountPath"):
        app.synth()


def test_what_is_wrong_is_told_by_synth_yaml_as_well() -> None:
    app = App()
    foreign(Chart(app, "shop"), "web", "/data", "/data")
    with pytest.raises(SynthesisError, match="duplicate-mount-path"):
        app.synth_yaml()


def test_own_json_is_judged_at_the_users_line() -> None:
    chart = Chart(App(), "shop")
    mount: JsonObject = {"name": "a", "mountPath": "/data"}
    with pytest.raises(InvalidValue, match="duplicate-mount-path") as caught:
        Manifest(
            chart,
            "web",
            api_version="v1",
            kind="Pod",
            body={"spec": {"containers": [{"name": "app", "image": "app:1", "volumeMounts": [mount, mount]}]}},
        )
    assert "Manifest 'shop/web': spec.containers[0].volumeMounts[1].mountPath: container 'app'" in str(caught.value)


@pytest.mark.parametrize("root", [App, cdk8s.Testing.app, cdk8s.App])
def test_a_pod_is_judged_under_every_root(root: type[App]) -> None:
    chart = Chart(root(), "shop")
    web = Pod(chart, "web", containers=[mounted("app", "/data")])
    web.add_json_patch(
        cdk8s.JsonPatch.add("/spec/containers/0/volumeMounts/-", {"name": "scratch", "mountPath": "/data"})
    )
    with pytest.raises((SynthesisError, RuntimeError), match="duplicate-mount-path"):
        chart.node.root.synth()  # type: ignore[attr-defined]


def test_what_does_not_stop_is_shown_as_a_warning_after_everything_was_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), opinions=True)
    Deployment(Chart(app, "shop"), "web", containers=[Container(name="app", image="registry.example.com/app")])
    with pytest.warns(PatternWarning, match="image-without-tag") as caught:
        app.synth()
    assert (tmp_path / "shop.k8s.yaml").exists()
    # filters by module match it, and each place tells it once
    assert {warning.filename for warning in caught} == {__file__}


def test_opinions_are_told_on_request_only() -> None:
    app = App()
    Deployment(Chart(app, "shop"), "web", containers=[Container(name="app", image="registry.example.com/app")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        app.synth()


@pytest.mark.parametrize("target", ["1.27", "1.38", "33", "", "2.0", "1.x"])
def test_a_target_that_the_rules_do_not_know_is_refused(target: str) -> None:
    with pytest.raises(InvalidValue, match=r"target must be a Kubernetes version from 1\.28 to 1\.37, got"):
        App(target=target)
