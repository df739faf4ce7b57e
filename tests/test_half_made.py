"""What failed while it was made, stands in the wrong place, or was taken out of the tree again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patterns import (
    App,
    Chart,
    Conflict,
    Construct,
    Container,
    Deployment,
    InitFileSeeder,
    InvalidValue,
    Manifest,
    PatternError,
    SharedScratch,
    SynthesisError,
    WrongType,
)

import cdk8s  # isort: skip  # after patterns, which finds Node
import constructs  # isort: skip

IMAGE = "registry.example.com/app:1.0"


def deployment(chart: Chart, id: str = "web", **options: Any) -> Deployment:
    return Deployment(chart, id, containers=[Container(name="app", image=IMAGE)], **options)


class Half(Construct):
    def __init__(self, scope: constructs.Construct, id: str) -> None:
        super().__init__(scope, id)
        raise KeyError("a mistake of its own")


class Shop(Chart):
    def __init__(self, scope: constructs.Construct, id: str) -> None:
        super().__init__(scope, id)
        deployment(self)
        Deployment(self, "empty", containers=[])


NO_CONTAINERS = "containers must hold at least one Container; Kubernetes refuses a pod without"


@pytest.mark.parametrize("asked", [False, True], ids=["waiting", "asked"])
@pytest.mark.parametrize("root", [App, cdk8s.App])
@pytest.mark.parametrize(
    ("make", "path", "said"),
    [
        (lambda chart: Deployment(chart, "web", containers=[]), "Deployment 'shop/web'", NO_CONTAINERS),
        (
            lambda chart: SharedScratch(deployment(chart), "pages", mount_path="srv"),
            "SharedScratch 'shop/web/pages'",
            "VolumeMount: mount_path must be an absolute path, got 'srv'; write '/srv'",
        ),
        (lambda chart: Half(chart, "half"), "Half 'shop/half'", "KeyError: 'a mistake of its own'"),
        (lambda chart: Shop(chart, "more"), "Deployment 'shop/more/empty'", NO_CONTAINERS),
    ],
    ids=["workload", "pattern", "the user's", "inner"],
)
def test_a_construct_whose_error_was_caught_stops_the_synthesis_under_any_root(
    make: Callable[[Chart], object], path: str, said: str, root: type[cdk8s.App], asked: bool, tmp_path: Path
) -> None:
    app = root(outdir=str(tmp_path))
    chart = Chart(app, "shop")
    if asked:
        assert app.node.children
    with pytest.raises((PatternError, KeyError)):
        make(chart)
    expected = (
        f"{path}: must not be left half-made; its error was caught: {said}; mend that, or take it out of the tree: "
        f"node.try_remove_child('{path.rpartition('/')[2]}) of its scope"
    )
    for synthesize in (app.synth_yaml, app.synth, chart.to_json):
        with pytest.raises((SynthesisError, RuntimeError)) as caught:
            synthesize()
        assert str(caught.value).splitlines()[-1].removeprefix("  [] ") == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("root", [App, cdk8s.App])
def test_what_was_taken_out_of_the_tree_again_stops_nothing(root: type[cdk8s.App]) -> None:
    app = root()
    chart = Chart(app, "shop")
    with pytest.raises(InvalidValue, match="containers must hold"):
        Deployment(chart, "web", containers=[])
    with pytest.raises(InvalidValue, match="containers must hold"):
        Shop(app, "more")
    assert chart.node.try_remove_child("web")
    assert app.node.try_remove_child("more")
    deployment(chart)
    assert app.synth_yaml().count("kind: Deployment") == 1


@pytest.mark.parametrize("root", [App, cdk8s.App])
def test_objects_that_were_taken_out_of_the_tree_are_not_judged(root: type[cdk8s.App]) -> None:
    app = root()
    chart = Chart(app, "shop")
    for id in ("web", "again"):
        deployment(chart, id, name="web")
    spec = {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"spec": {"containers": [{"name": "app", "image": IMAGE}]}},
    }
    theirs = cdk8s.ApiObject(chart, "theirs", api_version="apps/v1", kind="Deployment")
    theirs.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    SharedScratch(theirs, "pages", mount_path="/srv")
    theirs.add_json_patch(cdk8s.JsonPatch.remove("/spec/template"))
    with pytest.raises((SynthesisError, RuntimeError)):
        app.synth_yaml()
    assert chart.node.try_remove_child("again")
    assert chart.node.try_remove_child("theirs")
    assert app.synth_yaml().count("kind: Deployment") == 1


def test_what_a_half_made_pattern_placed_below_it_stops_the_synthesis(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "dist"))
    web = deployment(Chart(app, "shop"))
    pages = SharedScratch(web, "pages", mount_path="/srv/www")
    with pytest.raises(Conflict, match="container name 'app' is taken"):
        InitFileSeeder(web, "app", into=pages.mount, files={"index.html": ""})
    with pytest.raises(SynthesisError, match="InitFileSeeder 'shop/web/app': must not be left half-made"):
        app.synth()
    assert not (tmp_path / "dist" / "shop.k8s.yaml").exists()


@pytest.mark.parametrize("root", [App, cdk8s.App])
@pytest.mark.parametrize("kind", [Chart, Construct, Manifest])
def test_a_construct_has_one_place(kind: Any, root: type[cdk8s.App]) -> None:
    options: dict[str, Any] = {"api_version": "v1", "kind": "ConfigMap"} if kind is Manifest else {}

    def twice(self: Any, scope: constructs.Construct, id: str) -> None:
        kind.__init__(self, scope, id, **options)
        kind.__init__(self, scope, f"{id}-two", **options)

    twice_placed = type("Twice", (kind,), {"__init__": twice})
    with pytest.raises(WrongType) as caught:
        twice_placed(Chart(root(), "shop"), "pair")
    assert str(caught.value) == (
        "Twice 'shop/pair': super().__init__() must be called once, got a call with the id 'pair-two' when 'shop/pair' "
        "was placed; leave out one of the two"
    )


@pytest.mark.parametrize("kind", [Chart, cdk8s.Chart])
def test_a_scope_stands_in_a_tree_before_anything_is_placed_in_it(kind: type[cdk8s.Chart]) -> None:
    def early(self: Any, scope: constructs.Construct, id: str) -> None:
        deployment(self)

    with pytest.raises(WrongType, match=r"Deployment 'web': scope must stand in a tree, and the Early does not yet"):
        type("Early", (kind,), {"__init__": early})(App(), "shop")


def test_an_app_of_a_users_class_says_its_own_name() -> None:
    class Mine(App):
        def __init__(self) -> None:
            super().__init__(outdir="")

    with pytest.raises(InvalidValue, match=r"^Mine: outdir must not be empty"):
        Mine()


def test_an_error_that_was_caught_leaves_later_constructs_alone() -> None:
    app = App()
    chart = Chart(app, "shop")
    with pytest.raises(InvalidValue):
        Container(name="App", image="registry.example.com/app:1.0")
    with pytest.raises(PatternError):
        Deployment(chart, "", containers=[])
    Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/app:1.0")])
    assert "name: app" in app.synth_yaml()
