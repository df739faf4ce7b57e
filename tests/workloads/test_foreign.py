"""Somebody else's object under roots that render it by themselves: again, later, and where it cannot be had."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from unjudged import Unjudged
from workloads.foreign_kinds import l1_deployment, raw_deployment

from patterns import App, Container, Contribution, Pattern, SharedScratch, Sidecar
from patterns.model.json import JsonObject
from patterns.pod.patch import typescript_name
from patterns.pod.template import template_at

import cdk8s  # isort: skip  # after patterns, which finds Node
import cdk8s_plus_34 as kplus  # isort: skip
import constructs  # isort: skip
import jsii  # isort: skip
from cdk8s_plus_34 import k8s  # isort: skip


def texts(app: cdk8s.App) -> list[Any]:
    return list(yaml.load_all(app.synth_yaml(), yaml.CSafeLoader))


def test_a_pattern_that_comes_after_a_synthesis_is_rendered_at_the_next_one() -> None:
    for app in (cdk8s.App(), App()):
        chart = cdk8s.Chart(app, "shop")
        web, _ = l1_deployment(chart)
        Sidecar(web, "first", container=Container(name="first", image="a:1"))
        assert names(chart.to_json()[0]) == ["first"]
        Sidecar(web, "second", container=Container(name="second", image="a:1"), before=["first"])
        assert names(chart.to_json()[0]) == names(texts(app)[0]) == ["second", "first"]


def names(document: JsonObject) -> list[Any]:
    spec: Any = template_at(document, "/spec/template")["spec"]
    return [container["name"] for container in spec["initContainers"]]


def test_a_change_outside_of_the_pod_may_come_after_a_synthesis() -> None:
    chart = cdk8s.Chart(cdk8s.App(), "shop")
    web, _ = raw_deployment(chart)
    Sidecar(web, "tail", container=Container(name="tail", image="a:1"))
    chart.to_json()
    cdk8s.ApiObject.of(web).add_json_patch(cdk8s.JsonPatch.add("/spec/replicas", 3))
    document = chart.to_json()[0]
    assert document["spec"]["replicas"] == 3
    assert names(document) == ["tail"]


def test_a_change_of_the_pod_after_a_synthesis_is_reported_and_loses_nothing_in_silence() -> None:
    for kind in (cdk8s.App, App):
        app = kind()
        chart = cdk8s.Chart(app, "shop")
        workload = kplus.Deployment(chart, "web")
        container = workload.add_container(name="app", image="shop:1", security_context=None)
        SharedScratch(workload, "logs", mount_path="/logs")
        chart.to_json()
        # cdk8s-plus would write this list, and the JSON patch of ours over it
        container.mount("/late", kplus.Volume.from_empty_dir(workload, "late", "late"))
        for render in (chart.to_json, app.synth_yaml):
            with pytest.raises(
                Exception, match="Deployment 'shop/web/Resource' was changed after it had been rendered"
            ):
                render()


def test_a_conflict_that_a_late_change_brings_is_reported_by_every_root() -> None:
    for kind in (cdk8s.App, App):
        app = kind()
        chart = cdk8s.Chart(app, "shop")
        workload = kplus.Deployment(chart, "web")
        Sidecar(workload, "tail", container=Container(name="tail", image="a:1"))
        workload.add_container(name="tail", image="b:1")
        for render in (chart.to_json, app.synth_yaml):
            with pytest.raises(
                Exception, match="container name 'tail' is taken by the pod itself, and Sidecar 'shop/web/"
            ):
                render()


def test_a_field_that_the_class_of_the_object_drops_is_reported_and_points_at_our_app() -> None:
    def build(app: cdk8s.App) -> cdk8s.Chart:
        chart = cdk8s.Chart(app, "shop")
        web, _ = l1_deployment(chart)
        PodValues(web, "tomorrow", {"fieldOfTomorrow": {"a": 1}})
        return chart

    chart = build(cdk8s.App())
    for _ in range(2):
        with pytest.raises(RuntimeError) as raised:
            chart.to_json()
        assert str(raised.value).endswith(
            "[] Deployment 'shop/web': the class of this object drops /spec/template/spec/fieldOfTomorrow, and no JSON "
            "patch can bring it in; synthesize with patterns.App, which renders it in Python"
        )
    app = Unjudged()
    build(app)
    spec = texts(app)[0]["spec"]["template"]["spec"]
    assert spec["fieldOfTomorrow"] == {"a": 1}


class PodValues(Pattern):
    """Sets single values of the pod."""

    def __init__(self, scope: constructs.Construct, id: str, values: JsonObject) -> None:
        super().__init__(scope, id)
        self.contribute(Contribution(pod=values))


def test_fields_with_acronyms_and_quantities_reach_an_object_that_has_other_names_for_them() -> None:
    chart = cdk8s.Chart(cdk8s.App(), "shop")
    web = k8s.KubePod(chart, "web", spec=k8s.PodSpec(host_pid=True, containers=[k8s.Container(name="app")]))
    wanted: JsonObject = {"hostIPC": True, "setHostnameAsFQDN": True, "overhead": {"cpu": "1m"}}
    PodValues(web, "values", wanted)
    pod = chart.to_json()[0]
    assert pod["spec"] == {"containers": [{"name": "app"}], "hostPID": True, **wanted}
    assert chart.to_json() == [pod]


def test_no_object_is_read_again_for_every_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    process: Any = jsii.kernel.provider._process  # type: ignore[attr-defined]  # the provider is a ProcessProvider
    send, count = process.send, 0

    def counted(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        return send(*arguments)

    monkeypatch.setattr(process, "send", counted)

    def messages_of(charts: int) -> int:
        nonlocal count
        app = cdk8s.App()
        for number in range(charts):
            web, _ = raw_deployment(cdk8s.Chart(app, f"shop-{number}"))
            Sidecar(web, "tail", container=Container(name="tail", image="a:1"))
        count = 0
        app.synth_yaml()
        return count

    few, more, many = messages_of(2), messages_of(4), messages_of(8)
    # one message for each chart is the validation's answer; quadratic would be four times as many
    assert many - more == 2 * (more - few)


def test_every_field_of_the_generated_classes_is_spelled_as_they_spell_it() -> None:
    archive = next(Path(kplus.__file__).parent.glob("_jsii/*.tgz"))
    with tarfile.open(archive) as package:
        file = package.extractfile("package/lib/imports/k8s.js")
        assert file is not None
        source = file.read().decode()
    pairs = set(re.findall(r"^ +'([A-Za-z]+)': [^\n]*?\bobj\.([A-Za-z]+)", source, re.MULTILINE))
    assert len(pairs) > 500
    assert [pair for pair in sorted(pairs) if typescript_name(pair[0]) != pair[1]] == []
