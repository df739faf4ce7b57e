"""A tree of which Node knows nothing is the same tree: in its order, its names, its errors, and its files."""

from __future__ import annotations

import copy
import gc
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from unjudged import Unjudged

from patterns import App, Chart, Construct, Container, Deployment, Manifest, SharedScratch, SynthesisError, WrongType
from patterns.defaults import NATIVE_SIDECARS
from patterns.place import Refused, path_of
from patterns.testing import synth
from patterns.waiting import is_made, preorder, tree_of

import cdk8s  # isort: skip  # after patterns, which finds Node
import constructs  # isort: skip
import jsii  # isort: skip

#: JavaScript keeps names that are numbers before the others
IDS: tuple[str, ...] = ("a", "B/c", "10", "9", "0", "007", "4294967294", "4294967295", "-1", "1.5", "١", "ü", "length")
SHAPES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.just({}), lambda below: st.dictionaries(st.sampled_from(IDS), below, max_size=5), max_leaves=12
)


def grow(scope: constructs.Construct, shape: dict[str, Any], kinds: list[Callable[[Any, str], Any]]) -> None:
    for at, (id, below) in enumerate(shape.items()):
        grow(kinds[at % len(kinds)](scope, id), below, kinds)


def paths(found: object) -> list[str]:
    return [construct.node.path for construct in found]  # type: ignore[attr-defined]


@given(SHAPES)
@settings(deadline=None, max_examples=60)
def test_what_waits_is_in_the_order_that_node_gives_it(shape: dict[str, Any]) -> None:
    app = App()
    grow(app, shape, [Construct, Chart])
    assert tree_of(app) is not None
    expected = [path_of(construct) for construct in preorder(app)]
    assert paths(app.node.find_all()) == expected
    assert tree_of(app) is None


def config(scope: constructs.Construct, id: str) -> Manifest:
    return Manifest(scope, id, api_version="v1", kind="ConfigMap", body={"data": {"a": "b"}}, labels={"x": "y"})


def files(directory: Path) -> dict[str, list[Any]]:
    return {
        str(path.relative_to(directory)): list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        for path in sorted(directory.rglob("*.yaml"))
    }


@given(SHAPES, st.sampled_from(list(cdk8s.YamlOutputType)))
@settings(deadline=None, max_examples=60)
def test_it_is_written_as_cdk8s_writes_it(
    tmp_path_factory: pytest.TempPathFactory, shape: dict[str, Any], output: cdk8s.YamlOutputType
) -> None:
    directories = [tmp_path_factory.mktemp("out") for _ in range(2)]
    for kind, directory in zip((Unjudged, cdk8s.App), directories, strict=True):
        app = kind(outdir=str(directory), yaml_output_type=output)
        for id, below in shape.items():
            # of files in one of a chart and of an object, cdk8s would leave one
            grow(Chart(app, f"{id}-chart", namespace="shop"), below, [config, Construct])
        app.synth()
    assert files(directories[0]) == files(directories[1])


def names_in_node(app: cdk8s.App) -> list[str]:
    return paths(app.node.find_all())


def test_the_first_question_makes_everything_and_later_ones_are_made_at_once() -> None:
    app = App()
    chart = Chart(app, "shop")
    config(chart, "a")
    assert tree_of(chart) is not None
    assert chart.node.path == "shop"
    assert names_in_node(app) == ["", "shop", "shop/a"]
    node = chart.node
    config(chart, "b")
    assert paths(node.children) == ["shop/a", "shop/b"]


@pytest.mark.parametrize(
    "touch",
    [
        lambda app, chart: cdk8s.ApiObject(chart, "theirs", api_version="v1", kind="Secret"),
        lambda app, chart: constructs.Construct(chart, "theirs"),
        lambda app, chart: cdk8s.Chart(app, "theirs"),
        lambda app, chart: app.node,
        lambda app, chart: app.charts,
        lambda app, chart: cdk8s.Chart.of(chart),
        lambda app, chart: chart.to_json(),
        lambda app, chart: synth(chart),
    ],
)
def test_whoever_asks_node_finds_all(touch: Callable[[App, Chart], object]) -> None:
    app = App()
    chart = Chart(app, "shop")
    made = config(chart, "a")
    touch(app, chart)
    assert tree_of(chart) is None
    assert made.node.path == "shop/a"
    assert made in app.node.find_all()


def test_each_app_waits_for_itself() -> None:
    asked, waits = App(), App()
    Chart(asked, "a")
    Chart(waits, "a")
    assert asked.node.children
    assert (tree_of(asked), tree_of(waits) is None) == (None, False)


def test_a_second_one_of_an_id_is_refused_in_the_same_words() -> None:
    messages = []
    for waits in (True, False):
        app = App()
        chart = Chart(app, "shop/1")
        Construct(chart, "a/b")
        if not waits:
            assert app.node.children
        with pytest.raises(Refused) as of_chart:
            Chart(app, "shop--1")
        with pytest.raises(Refused) as of_construct:
            Construct(chart, "a--b")
        messages += [str(caught.value).splitlines()[0] for caught in (of_chart, of_construct)]
        # and nothing is left of it
        assert names_in_node(app) == ["", "shop--1", "shop--1/a--b"]
    assert messages[:2] == messages[2:]


@pytest.mark.parametrize("id", ["constructor", "toString", "__proto__"])
def test_what_node_makes_of_the_names_of_its_own_objects_is_its_matter(id: str) -> None:
    results = []
    for kind in (App, cdk8s.App):
        app = kind()
        Chart(app, "shop")
        try:
            results.append(Chart(app, id).node.path)
        except RuntimeError as error:
            results.append(str(error).removeprefix("Error: ").splitlines()[0])
    assert results[0] == results[1]


def test_dependencies_and_validations_are_node_s_matter(tmp_path: Path) -> None:
    @jsii.implements(constructs.IValidation)
    class Complaint:
        def validate(self) -> list[str]:
            return ["no"]

    app = App(outdir=str(tmp_path))
    first, second = Chart(app, "first"), Chart(app, "second")
    config(first, "a")
    config(second, "b")
    first.add_dependency(second)
    app.synth()
    assert list(files(tmp_path)) == ["0000-second.k8s.yaml", "0001-first.k8s.yaml"]
    first.node.add_validation(Complaint())
    with pytest.raises(SynthesisError, match="no"):
        app.synth()


def test_a_chart_that_names_its_objects_itself_is_asked() -> None:
    class Naming(Chart):
        def generate_object_name(self, api_object: cdk8s.ApiObject) -> str:
            return f"named-{api_object.node.id}"

    chart = Naming(App(), "shop")
    assert config(chart, "a").name == "named-a"


def test_a_chart_with_a_namespace_or_labels_of_its_own_is_asked_when_an_object_is_made(tmp_path: Path) -> None:
    class Changing(Chart):
        where = "blue"
        parts = 0

        @property
        def namespace(self) -> str:
            return self.where

        @property
        def labels(self) -> dict[str, str]:
            return {"parts": str(self.parts)}

    app = App(outdir=str(tmp_path))
    chart = Changing(app, "shop")
    for where in ("blue", "green"):
        chart.where = where
        config(chart, where).metadata.add_annotation("x", "y")
        chart.parts += 1
    app.synth()
    written = [document["metadata"] for document in files(tmp_path)["shop.k8s.yaml"]]
    assert [(one["namespace"], one["labels"]["parts"]) for one in written] == [("blue", "0"), ("green", "1")]


def test_such_a_chart_may_ask_node_for_what_it_holds(tmp_path: Path) -> None:
    class Asking(Chart):
        held: Manifest | None = None

        @property
        def namespace(self) -> str:
            return "ns" if self.held is None else f"ns-{self.held.node.id}"

    app = App(outdir=str(tmp_path))
    chart = Asking(app, "shop")
    chart.held = config(chart, "a")
    config(chart, "b")
    assert paths(chart.node.children) == ["shop/a", "shop/b"]
    app.synth()
    assert [one["metadata"]["namespace"] for one in files(tmp_path)["shop.k8s.yaml"]] == ["ns", "ns-a"]


def test_a_construct_that_takes_no_more_attributes_is_made_before(tmp_path: Path) -> None:
    class Frozen:
        done = False

        def __setattr__(self, name: str, value: object) -> None:
            if self.done:
                raise AttributeError(f"frozen {name}")
            super().__setattr__(name, value)

    class Shop(Frozen, Chart):
        def __init__(self, scope: constructs.Construct, id: str) -> None:
            super().__init__(scope, id)
            config(self, "a")
            self.done = True

    app = App(outdir=str(tmp_path))
    Shop(app, "shop")
    other = Chart(app, "other")
    config(other, "b")
    assert hasattr(other, "node")
    app.synth()
    assert {name: len(found) for name, found in files(tmp_path).items()} == {"shop.k8s.yaml": 1, "other.k8s.yaml": 1}


def test_what_cannot_be_made_is_told_to_everybody_who_asks_and_never_taken_for_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = App()
    chart, other = Chart(app, "shop"), Chart(app, "other")

    def props(_: object) -> object:
        raise AttributeError("mine")

    monkeypatch.setattr(chart, "_patterns_props", props.__get__(chart))
    for construct in (other, app, chart):
        with pytest.raises(RuntimeError, match="can be made in Node: mine"):
            hasattr(construct, "node")
    monkeypatch.undo()
    assert paths(app.node.find_all()) == ["", "shop", "other"]


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda chart: copy.deepcopy({"chart": chart})["chart"]])
def test_a_copy_is_the_same_construct_in_node(tmp_path: Path, copied: Callable[[Chart], Chart], asked: bool) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop")
    if asked:
        assert app.node
    twin = copied(chart)
    config(twin, "a")
    assert path_of(twin) == twin.node.path == "shop"
    assert paths(chart.node.children) == ["shop/a"]
    app.synth()
    assert len(files(tmp_path)["shop.k8s.yaml"]) == 1


def test_what_fails_in_another_thread_leaves_nothing_half_made_here(tmp_path: Path) -> None:
    begun, failed = threading.Event(), threading.Event()

    class Slow(Deployment):
        def __init__(self, scope: constructs.Construct, id: str, *, failing: bool) -> None:
            app = Container(name="app", image="registry.example.com/shop:1.4.2")
            super().__init__(scope, id, containers=[app])
            if failing:
                assert begun.wait(20)
                raise ValueError("no")
            begun.set()
            assert failed.wait(20)

    def fail() -> None:
        try:
            with pytest.raises(ValueError, match="no"):
                Slow(Chart(App(), "shop"), "web", failing=True)
        finally:
            failed.set()

    app = App(outdir=str(tmp_path))
    with ThreadPoolExecutor() as pool:
        failing = pool.submit(fail)
        Slow(Chart(app, "shop"), "web", failing=False)
        failing.result(20)
    app.synth()
    assert list(files(tmp_path)) == ["shop.k8s.yaml"]


def test_an_error_of_such_a_chart_comes_at_the_line_of_the_object() -> None:
    class Refuses(Chart):
        def generate_object_name(self, api_object: cdk8s.ApiObject) -> str:
            raise KeyError("mine")

    chart = Refuses(App(), "shop")
    with pytest.raises(KeyError, match="mine"):
        config(chart, "a")


def test_what_is_no_construct_of_a_tree_is_not_taken_for_one() -> None:
    chart = Chart(App(), "shop")
    bare = Construct.__new__(Construct)
    assert [is_made(x) for x in (chart, bare, object(), cdk8s.App())] == [True, False, False, True]
    with pytest.raises(AttributeError, match="__jsii_ref__"):
        bare.__jsii_ref__


def test_an_app_that_nobody_holds_is_freed_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    def write() -> list[weakref.ref[object]]:
        app = App(outdir=str(tmp_path), defaults={NATIVE_SIDECARS: False})
        chart = Chart(app, "shop", defaults={NATIVE_SIDECARS: True})
        web = Deployment(chart, "web", containers=[Container(name="app", image="example.com/shop")])
        scratch = SharedScratch(web, "logs", mount_path="/var/log/app")
        web.waive("image-without-tag", because="the example is short")
        app.synth()
        assert tree_of(app) is not None
        return [weakref.ref(construct) for construct in (app, chart, web, scratch)]

    gone = write()
    gc.collect()
    assert [reference() for reference in gone] == [None] * 4


class Facade(constructs.Construct):
    """Hands on to a workload what it does not know itself."""

    def __init__(self, scope: constructs.Construct, id: str) -> None:
        super().__init__(scope, id)
        self.inner = Deployment(self, "inner", containers=[Container(name="app", image="example.com/shop:1.0")])

    def __getattr__(self, name: str) -> Any:
        if name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)


def test_somebody_elses_construct_is_not_taken_for_one_that_it_hands_on_to() -> None:
    made = config(Facade(Chart(App(), "shop"), "web"), "second")
    assert path_of(made) == made.node.path == "shop/web/second"


def test_attributes_of_a_users_app_and_chart_are_his_own(tmp_path: Path) -> None:
    class Shop(Chart):
        def __init__(self, scope: constructs.Construct, id: str) -> None:
            super().__init__(scope, id, namespace="there")
            self._props = self._seat = self._facts = self._tree = self._manifest = object()

    class Mine(App):
        def __init__(self) -> None:
            super().__init__(outdir=str(tmp_path))
            self._props = self._seat = self._tree = self._options = self._standards = object()

    app = Mine()
    config(Shop(app, "shop"), "a")
    assert [chart.namespace for chart in app.charts] == ["there"]
    app.synth()
    assert list(files(tmp_path)) == ["shop.k8s.yaml"]


def test_what_is_no_resolver_is_refused_where_it_is_given() -> None:
    class NoResolver:
        def resolve(self, context: cdk8s.ResolutionContext) -> None: ...

    with pytest.raises(WrongType, match=r"write @jsii.implements\(cdk8s.IResolver\) above class NoResolver"):
        App(resolvers=[NoResolver()])
