"""What classes of users render becomes plain JSON, is asked for each time, and nothing that is null is rendered."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from same_json import exactly_equal, spoil

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    FluentBitOutput,
    LoggingSidecar,
    SharedScratch,
)
from patterns.errors import Conflict, InvalidValue
from patterns.model import (
    ClusterTrustBundle,
    DownwardApiFile,
    EmptyDir,
    EnvVar,
    Ephemeral,
    Exec,
    FieldPath,
    HttpGet,
    JsonObject,
    Lifecycle,
    OtherVolume,
    Probe,
    Projected,
    SecretKey,
    SecretProjection,
    Volume,
)
from patterns.model.api_value import ApiValue
from patterns.model.json import object_at, objects_at
from patterns.pod.contribution import Contribution

T = TypeVar("T")


def _deployment(chart: Chart) -> Deployment:
    return Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/shop:1.4.2")])


class Colour(enum.StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Loose(Container):
    """A container of a user's, which renders whatever it likes."""

    def render(self) -> JsonObject:
        """With what is no plain JSON, though it looks like it."""
        loose: Any = {"none": None, "tuple": (1.0, Colour.RED), "colour": Colour.RED}
        return {**super().render(), **loose}


LOOSE: Any = {"none": None, "number": 1.0, "text": Colour.RED, "list": (Colour.RED,)}
PLAIN = {"number": 1, "text": "red", "list": ["red"]}


def _loose(cls: type[T]) -> type[T]:
    """The class of a user's, which renders something else than JSON."""

    def render(self: object) -> JsonObject:
        return {**LOOSE}

    made: type[Any] = type(f"Loose{cls.__name__}", (cls,), {"render": render, "__module__": __name__})
    return made


VALUES: list[tuple[Callable[[], ApiValue], tuple[str, ...]]] = [
    (lambda: Volume("v", _loose(EmptyDir)()), ("emptyDir",)),
    (lambda: Volume("v", Projected([_loose(SecretProjection)("s")])), ("projected", "sources", "secret")),
    (lambda: DownwardApiFile("p", _loose(FieldPath)("metadata.name")), ("fieldRef",)),
    (lambda: Probe(handler=_loose(HttpGet)(80)), ("httpGet",)),
    (lambda: Lifecycle(pre_stop=_loose(Exec)(["a"])), ("preStop", "exec")),
    (lambda: Lifecycle(post_start=_loose(Exec)(["a"])), ("postStart", "exec")),
    (lambda: EnvVar("A", _loose(SecretKey)("s", "k")), ("valueFrom", "secretKeyRef")),
    (lambda: Container(name="a", image="a:1", liveness_probe=_loose(Probe)(handler=HttpGet(80))), ("livenessProbe",)),
    (lambda: _loose(Probe)(handler=HttpGet(80)), ()),
]


@pytest.mark.parametrize(("make", "steps"), VALUES)
def test_what_a_value_of_a_user_s_renders_becomes_plain(make: Callable[[], ApiValue], steps: tuple[str, ...]) -> None:
    found: Any = make().render_shared()
    for step in steps:
        found = found[step][0] if step == "sources" else found[step]
    assert exactly_equal(found, PLAIN)


def test_what_a_container_of_a_user_s_renders_becomes_plain() -> None:
    web = _deployment(Chart(App(), "c"))
    web.contribute(Contribution(init_containers=[Loose(name="loose", image="a.example.com/a:1.0.0")]), web)
    [loose] = objects_at(web.own_document(copied=False), "spec", "template", "spec", "initContainers")
    rest = {key: value for key, value in loose.items() if key not in ("name", "image")}
    assert exactly_equal(rest, {"tuple": [1, "red"], "colour": "red"})
    assert type(rest["colour"]) is str


@dataclass(frozen=True, kw_only=True)
class Counting(Probe):
    """A probe of a user's, which answers otherwise each time."""

    def render(self) -> JsonObject:
        """With how often it was asked."""
        ASKED.append("")
        return {**super().render(), "periodSeconds": len(ASKED)}


ASKED: list[str] = []


@pytest.mark.parametrize("native", [False, True])
def test_what_a_class_of_a_user_s_renders_is_asked_for_each_time(native: bool) -> None:
    ASKED.clear()
    container = Container(
        name="side", image="a.example.com/a:1.0.0", liveness_probe=Counting(handler=HttpGet(80)), ports=[80]
    )
    periods = []
    for number in range(3):
        web = _deployment(Chart(App(), f"c{number}"))
        web.contribute(Contribution(sidecars=[container], native=native), web)
        key = "initContainers" if native else "containers"
        side = objects_at(web.pod.spec, key)[-1]
        periods.append(object_at(side, "livenessProbe")["periodSeconds"])
    assert periods == [1, 2, 3]


def test_the_json_of_a_value_is_kept_with_it_and_fresh_where_it_is_asked_for() -> None:
    container = Container(name="app", image="a.example.com/a:1.0.0", env=[EnvVar("A", "b")])
    assert container.render_shared() is container.render_shared()
    assert container.render() == container.render_shared()
    spoil(container.render())
    assert container.render() == container.render_shared()
    loose = Loose(name="app", image="a.example.com/a:1.0.0")
    assert loose.render_shared() == loose.render_shared()
    assert loose.render_shared() is not loose.render_shared()


@dataclass(frozen=True)
class CountingOutput(FluentBitOutput):
    """An output of a user's, which answers otherwise each time."""

    def rendered_properties(self, variables: Mapping[str, str]) -> JsonObject:
        """With how often it was asked."""
        ASKED.append("")
        return {"asked": len(ASKED)}


def test_what_an_output_of_a_user_s_says_is_asked_for_each_time() -> None:
    ASKED.clear()
    app, output = App(), CountingOutput("loki")
    for number in range(2):
        web = _deployment(Chart(app, f"c{number}"))
        logs = SharedScratch(web, "logs", mount_path="/var/log/app", size_limit="16Mi")
        LoggingSidecar(web, "log-shipper", logs=logs.mount, files=["access.log"], to=output)
    written = app.synth_yaml()
    assert ("asked: 1" in written, "asked: 2" in written) == (True, True)


def test_what_is_null_is_not_rendered_and_still_has_to_have_a_right_name() -> None:
    value = Ephemeral(size="1Gi", extra={"selector": {"matchLabels": None, "matchExpressions": []}, "dataSource": None})
    spec = object_at(value.render(), "volumeClaimTemplate", "spec")
    assert (spec["selector"], "dataSource" in spec) == ({"matchExpressions": []}, False)
    with pytest.raises(InvalidValue, match=r"matchLabelsX.*did you mean 'matchLabels'"):
        Ephemeral(size="1Gi", extra={"selector": {"matchLabelsX": None}})
    with pytest.raises(InvalidValue, match="repositoryX"):
        Volume("v", OtherVolume("gitRepo", {"repositoryX": None, "repository": "a"}))
    bundle = ClusterTrustBundle(
        path="ca.pem", signer_name="a.example.com/b", label_selector={"matchLabels": None, "matchExpressions": []}
    )
    assert bundle.render()["labelSelector"] == {"matchExpressions": []}


def test_nothing_is_no_way_round_what_the_pod_has() -> None:
    web = Deployment(
        Chart(App(), "c"),
        "web",
        containers=[Container(name="app", image="registry.example.com/shop:1.4.2")],
        pod_spec={"hostNetwork": True},
    )
    with pytest.raises(Conflict, match=r"hostNetwork is True, .* wants None"):
        web.contribute(Contribution(pod={"hostNetwork": None}), web)
    web.contribute(Contribution(pod={"hostPID": None}), web)
    assert "hostPID" not in web.pod.spec
