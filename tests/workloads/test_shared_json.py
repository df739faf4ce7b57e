"""Parts of a pod's JSON stand in many pods, and nobody sees it: they are plain JSON, and what users get is a copy."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
from patterns.model import EnvVar, Ephemeral, JsonObject
from patterns.model.json import object_at, objects_at
from patterns.model.plain_json import plain_object
from patterns.pod.contribution import Contribution

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


def exactly_equal(one: object, other: object) -> bool:
    """Whether they are the same JSON of the same types, in the same order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(exactly_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(exactly_equal, one, other))
    return one == other


def spoil(json: object) -> None:
    """Change everything in it."""
    parts: list[Any] = list(json.values() if isinstance(json, dict) else json if isinstance(json, list) else [])
    for part in parts:
        spoil(part)
    if isinstance(json, dict):
        json.clear()
        json["spoilt"] = True
    elif isinstance(json, list):
        json.clear()


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


class Colour(enum.StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Loose(Container):
    """A container of a user's, which renders whatever it likes."""

    def render(self) -> JsonObject:
        """With what is no plain JSON, though it looks like it."""
        loose: Any = {"none": None, "tuple": (1.0, Colour.RED), "colour": Colour.RED}
        return {**super().render(), **loose}


def test_what_a_value_of_a_user_s_renders_becomes_plain() -> None:
    web = _deployment(Chart(App(), "c"))
    web.contribute(Contribution(init_containers=[Loose(name="loose", image="a.example.com/a:1.0.0")]), web)
    [loose] = objects_at(web.own_document(copied=False), "spec", "template", "spec", "initContainers")
    rest = {key: value for key, value in loose.items() if key not in ("name", "image")}
    assert exactly_equal(rest, {"tuple": [1, "red"], "colour": "red"})
    assert type(rest["colour"]) is str


def test_the_json_of_a_value_is_kept_with_it_and_fresh_where_it_is_asked_for() -> None:
    container = Container(name="app", image="a.example.com/a:1.0.0", env=[EnvVar("A", "b")])
    assert container.render_shared() is container.render_shared()
    assert container.render() == container.render_shared()
    spoil(container.render())
    assert container.render() == container.render_shared()
    loose = Loose(name="app", image="a.example.com/a:1.0.0")
    assert loose.render_shared() == loose.render_shared()
    assert loose.render_shared() is not loose.render_shared()


def test_further_fields_that_are_null_are_not_rendered() -> None:
    value = Ephemeral(size="1Gi", extra={"selector": {"matchLabels": None, "matchExpressions": []}, "dataSource": None})
    spec = object_at(value.render(), "volumeClaimTemplate", "spec")
    assert (spec["selector"], "dataSource" in spec) == ({"matchExpressions": []}, False)
