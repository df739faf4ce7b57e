"""A rule is set aside where it applies, with its reason, and the reason is rendered."""

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
    Security,
    Sidecar,
    SynthesisError,
    WrongType,
    YamlFile,
)
from patterns.model.json import JsonObject, object_at
from patterns.yaml import read_yaml

import cdk8s  # isort: skip  # after patterns, which finds Node

KEY = "waive.cdk8s-pod-patterns/image-without-tag"
UNTAGGED = Container(name="app", image="registry.example.com/app")


def deployment(chart: Chart, id: str = "web", **options: object) -> Deployment:
    return Deployment(chart, id, containers=[UNTAGGED], **options)  # type: ignore[arg-type]


def annotations_in(app: App) -> list[object]:
    documents = read_yaml(app.synth_yaml())
    return [object_at(document, "metadata").get("annotations") for document in documents]


def shown(app: App) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        app.synth_yaml()
    return [str(one.message) for one in caught if issubclass(one.category, PatternWarning)]


def test_an_opinion_is_waived_on_the_construct_and_its_reason_is_rendered() -> None:
    app = App(opinions=True)
    web = deployment(Chart(app, "shop"))
    web.waive("image-without-tag", because="built in the cluster")
    assert annotations_in(app) == [{KEY: "built in the cluster"}]
    assert not [text for text in shown(app) if "image-without-tag" in text]


def test_a_waiver_of_the_app_holds_for_all_and_marks_only_what_it_waives() -> None:
    app = App()
    app.waive("image-without-tag", because="a mirror that adds the tag")
    chart = Chart(app, "shop")
    deployment(chart)
    Deployment(chart, "other", containers=[Container(name="app", image="registry.example.com/app:1.0")])
    assert annotations_in(app) == [{KEY: "a mirror that adds the tag"}, None]


def test_a_waiver_holds_below_its_construct_and_not_beside_it() -> None:
    app = App(opinions=True)
    first, second = Chart(app, "first"), Chart(app, "second")
    deployment(first)
    deployment(second)
    first.waive("image-without-tag", because="built in the cluster")
    told = [text for text in shown(app) if "[image-without-tag" in text]
    assert len(told) == 1
    assert "(second/web)" in told[0]


def test_a_waiver_of_a_pattern_is_for_what_it_brought() -> None:
    app = App(opinions=True)
    web = deployment(Chart(app, "shop"))
    tool = Sidecar(web, "tool", container=Container(name="tool", image="registry.example.com/tool"))
    tool.waive("image-without-tag", because="the newest tool is wanted")
    told = [text for text in shown(app) if "[image-without-tag" in text]
    assert len(told) == 1
    assert "container 'app'" in told[0]


def test_a_check_of_pod_security_can_be_waived() -> None:
    app = App(pod_security="restricted")
    web = deployment(Chart(app, "shop"), security=Security(run_as_non_root=False))
    with pytest.raises(SynthesisError, match="pod-security/runAsNonRoot"):
        app.synth_yaml()
    web.waive("pod-security/runAsNonRoot", because="it binds a port under 1024")
    [found] = annotations_in(app)
    assert found == {"waive.cdk8s-pod-patterns/pod-security.runAsNonRoot": "it binds a port under 1024"}


def test_a_waiver_that_waives_nothing_is_told() -> None:
    app = App()
    web = Deployment(Chart(app, "shop"), "web", containers=[Container(name="app", image="registry.example.com/a:1")])
    web.waive("image-without-tag", because="not any more")
    assert shown(app) == ["shop/web: waive('image-without-tag') waives nothing; remove it"]


def test_what_the_server_refuses_is_waived_only_where_the_cluster_differs(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop")
    file = YamlFile(
        chart,
        "theirs",
        text="apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  os: {name: linux}\n"
        "  containers: [{name: app, image: 'registry.example.com/app:1.0', lifecycle: {stopSignal: SIGUSR1}}]\n",
    )
    assert file.objects
    with pytest.raises(
        InvalidValue, match=r"Chart 'shop': waive\('dropped-by-target'\): the rule is about what does not"
    ):
        chart.waive("dropped-by-target", because="we want it")
    with pytest.raises(SynthesisError, match="dropped-by-target"):
        app.synth()
    chart.waive("dropped-by-target", because="ContainerStopSignals is on", cluster_differs=True)
    app.synth()
    assert "waive.cdk8s-pod-patterns/dropped-by-target: ContainerStopSignals is on" in next(
        tmp_path.glob("*.yaml")
    ).read_text("utf-8")


@pytest.mark.parametrize(
    ("rule", "because", "message"),
    [
        ("image-without-tags", "a", "there is no rule 'image-without-tags'; did you mean 'image-without-tag'"),
        ("image-without-tag", " ", "because must be the reason, in one line of text, got ' '"),
        ("image-without-tag", "a\nb", "because must be the reason, in one line of text"),
        ("duplicate-volume", "a", "the rule is about what the API server refuses, so that it cannot be waived"),
    ],
)
def test_a_bad_waiver_is_refused_at_its_line(rule: str, because: str, message: str) -> None:
    web = deployment(Chart(App(), "shop"))
    with pytest.raises(InvalidValue) as caught:
        web.waive(rule, because=because)
    assert message in str(caught.value)
    assert str(caught.value).startswith("Deployment 'shop/web': ")


def test_a_reason_is_text() -> None:
    with pytest.raises(WrongType, match=r"Deployment 'shop/web': waive\(\): because must be a str, got None"):
        deployment(Chart(App(), "shop")).waive("image-without-tag", because=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("touched", [False, True])
def test_the_reason_is_rendered_under_every_root(touched: bool) -> None:
    chart = Chart(cdk8s.App(), "shop")
    made = Manifest(chart, "login", api_version="v1", kind="Secret", body={"stringData": {"a": "b"}})
    if touched:
        made.metadata.add_label("a", "b")
    made.waive("secret-in-the-repository", because="a guest")
    [document] = chart.to_json()
    found: JsonObject = object_at(document, "metadata", "annotations")
    assert found == {"waive.cdk8s-pod-patterns/secret-in-the-repository": "a guest"}
