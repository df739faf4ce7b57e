"""Parts of a pod's JSON stand in many pods, and nobody sees it: they are plain JSON, and what users get is a copy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path

import pytest
from same_json import exactly_equal, spoil

from apps.__main__ import build
from patterns import (
    App,
    Chart,
    Construct,
    Container,
    CronJob,
    Deployment,
    InitContainer,
    LoggingSidecar,
    Manifest,
    Pod,
    PodOf,
    SharedScratch,
    YamlFile,
)
from patterns.model import (
    JsonObject,
)
from patterns.model.json import object_at, objects_at
from patterns.model.plain_json import plain_object
from patterns.workloads.workload import Workload

FILE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: app, image: "registry.example.com/shop:1.4.2"}]
"""


def test_what_is_rendered_is_plain_json_without_a_look() -> None:
    manifests = [construct for construct in build().node.find_all() if isinstance(construct, Manifest)]
    assert len(manifests) > 50
    for one in manifests:
        document = one.own_document(copied=False)
        assert exactly_equal(document, plain_object(document)), one.node.path


def _deployment(chart: Chart) -> Deployment:
    return Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/shop:1.4.2")])


def _pod(chart: Chart) -> Pod:
    return Pod(chart, "web", containers=[Container(name="app", image="registry.example.com/shop:1.4.2")])


def _cron_job(chart: Chart) -> CronJob:
    app = Container(name="app", image="registry.example.com/shop:1.4.2")
    return CronJob(chart, "web", schedule="0 1 * * *", containers=[app])


def _file(tmp_path: Path, chart: Chart) -> Manifest:
    file = tmp_path / "web.yaml"
    file.write_text(FILE.replace("NAME", chart.node.id), encoding="utf-8")
    return YamlFile(chart, "file", path=file).find(kind="Deployment")


def _with_logs(scope: Construct) -> None:
    logs = SharedScratch(scope, "logs", mount_path="/var/log/app", size_limit="16Mi")
    InitContainer(
        scope, "first", container=Container(name="first", image="registry.example.com/shop:1.4.2", env={"A": "b"})
    )
    LoggingSidecar(scope, "log-shipper", logs=logs.mount, files=["access.log"])


@pytest.mark.parametrize("kind", ["deployment", "pod", "cron_job", "file"])
def test_what_users_get_of_an_object_is_theirs(tmp_path: Path, kind: str) -> None:
    make: dict[str, Callable[[Chart], Manifest]] = {
        "deployment": _deployment,
        "pod": _pod,
        "cron_job": _cron_job,
        "file": lambda chart: _file(tmp_path, chart),
    }
    app = App()
    made = [make[kind](Chart(app, f"c{number}")) for number in range(2)]
    for one in made:
        _with_logs(PodOf(one, "/spec/template") if kind == "file" else one)
    before = app.synth_yaml()
    assert before.count("log-shipper") > 1
    for part in ("to_json", "pod_template", "render_body"):
        if hasattr(made[0], part) and (kind, part) != ("file", "render_body"):
            spoil(getattr(made[0], part)())
    assert app.synth_yaml() == before


def test_a_change_of_a_document_may_be_made_in_place() -> None:
    app = App()
    one, other = (_deployment(Chart(app, f"c{number}")) for number in range(2))
    before = other.to_json()

    def change(document: JsonObject) -> JsonObject:
        [container] = objects_at(document, "spec", "template", "spec", "containers")
        container["image"] = "registry.example.com/other:1.0.0"
        return document

    one.change_document(change)
    assert app.synth_yaml().count("registry.example.com/other:1.0.0") == 1
    assert other.to_json() == before
    assert _deployment(Chart(App(), "c1")).to_json() == before


def _paused(deployment: Deployment) -> JsonObject:
    return {"spec": {**object_at(Workload.render_body(deployment), "spec"), "paused": True}}


class Wrapping(Deployment):
    """Says that it is our own method."""

    render_body = wraps(Deployment.render_body)(_paused)  # type: ignore[assignment]


class Templated(Deployment):
    """Renders another template."""

    def pod_template(self) -> JsonObject:
        """With a host name."""
        template = super().pod_template()
        object_at(template, "spec")["hostname"] = "shop"
        return template


def test_what_a_class_or_an_object_of_a_user_s_renders_is_asked_for() -> None:
    app = App()
    containers = [Container(name="app", image="registry.example.com/shop:1.4.2")]
    Wrapping(Chart(app, "one"), "web", containers=containers)
    two = Deployment(Chart(app, "two"), "web", containers=containers)
    two.render_body = partial(_paused, two)  # type: ignore[method-assign]
    Templated(Chart(app, "three"), "web", containers=containers)
    written = app.synth_yaml()
    assert (written.count("paused: true"), written.count("hostname: shop")) == (2, 1)
