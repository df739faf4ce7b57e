"""What Python knows of the tree is what Node would answer."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns import (
    App,
    Chart,
    Construct,
    Default,
    InvalidValue,
    Manifest,
    NotFound,
    WrongType,
)
from patterns.tree import chart_of, defaults_of, generated_name, path_of, root_of, scope_of

import cdk8s  # isort: skip  # after patterns, which finds Node
import constructs  # isort: skip

IDS = st.one_of(
    st.sampled_from(["web", "Default", "default", "Resource", "a/b", "Ünï", "İ", "K", "1", "a_b.c", "-", ".", "web-"]),
    st.just("x" * 70),
    # constructs takes the names that every JavaScript object has for ids that are there already
    st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable() and not text.startswith("__")),
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    ids=st.lists(IDS, min_size=1, max_size=4),
    ours=st.booleans(),
    extra=st.lists(IDS, max_size=2),
    max_len=st.sampled_from([63, 52, 8, 20]),
    include_hash=st.booleans(),
    delimiter=st.sampled_from(["-", ".", "", "--"]),
)
def test_generates_the_names_of_cdk8s(
    ids: list[str], ours: bool, extra: list[str], max_len: int, include_hash: bool, delimiter: str
) -> None:
    construct: constructs.Construct = App() if ours else cdk8s.App()
    for id in ids:
        construct = Construct(construct, id) if ours else constructs.Construct(construct, id)
    expected = cdk8s.Names.to_dns_label(
        construct, extra=extra, max_len=max_len, include_hash=include_hash, delimiter=delimiter
    )
    found = generated_name(
        construct, extra=tuple(extra), max_len=max_len, include_hash=include_hash, delimiter=delimiter
    )
    assert found == expected
    assert path_of(construct) == construct.node.path


@pytest.mark.parametrize("disabled", [False, True])
@pytest.mark.parametrize("kind", ["Deployment", "CronJob"])
@pytest.mark.parametrize("id", ["web", "x" * 60, "default", "web" * 20, "a/b", "a\nb"])
def test_an_object_has_the_name_that_its_chart_gives(disabled: bool, kind: str, id: str) -> None:
    chart = Chart(App(), "Shop", disable_resource_name_hashes=disabled)
    made = Manifest(Construct(chart, "in"), id, api_version="example.com/v1", kind=kind)
    assert made.name == chart.generate_object_name(made)


def test_the_legacy_hash_is_known() -> None:
    code = """
from patterns import App, Chart, Construct
from patterns.tree import generated_name
import cdk8s
made = Construct(Chart(App(), "shop"), "web")
print(generated_name(made), cdk8s.Names.to_dns_label(made))
"""
    environment = {**os.environ, "CDK8S_LEGACY_HASH": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    ours, theirs = done.stdout.split()
    assert ours == theirs
    assert ours != generated_name(Construct(Chart(App(), "shop"), "web"))


def test_a_hash_below_a_root_with_an_id_is_known() -> None:
    root = constructs.RootConstruct("root")
    made = Construct(root, "web")
    assert path_of(made) == "root/web"
    assert generated_name(made) == cdk8s.Names.to_dns_label(made)


def test_answers_as_node_does_for_ours_and_for_others() -> None:
    app = App()
    ours = Chart(app, "ours")
    foreign = cdk8s.Chart(Construct(ours, "a/b"), "foreign")
    below = Construct(constructs.Construct(foreign, "c"), "d")
    for construct in (app, ours, foreign, below):
        assert path_of(construct) == construct.node.path
        assert scope_of(construct) is construct.node.scope
        assert root_of(construct) is app
    assert chart_of(ours) is ours
    assert chart_of(below) is foreign


def test_a_newline_in_an_id_is_treated_as_constructs_does() -> None:
    made = Construct(Construct(App(), "a\nb"), "c")
    assert path_of(made) == made.node.path


def test_what_is_in_no_chart_has_none() -> None:
    app = App()
    for construct in (app, Construct(app, "a"), constructs.Construct(app, "b")):
        with pytest.raises(NotFound, match="is in no chart; place it in a Chart"):
            chart_of(construct)


def test_a_chart_answers_without_node_as_it_was_made() -> None:
    chart = Chart(App(), "shop", namespace="there", labels={"team": "a"})
    assert (chart.namespace, chart.labels) == ("there", {"team": "a"})
    dict.update(chart.labels, more="b")  # a copy, so nothing comes of it
    assert chart.labels == {"team": "a"}
    with pytest.raises(AttributeError, match="no setter"):
        chart.namespace = "elsewhere"  # type: ignore[misc]  # the mistake that is tested


@pytest.mark.parametrize("name", ["outdir", "output_file_extension", "yaml_output_type"])
def test_an_app_keeps_what_it_was_made_with(name: str) -> None:
    app = App()
    with pytest.raises(AttributeError, match="no setter"):
        setattr(app, name, getattr(app, name))


def test_the_nearest_defaults_come_first() -> None:
    size, image = Default("1Gi"), Default("image")
    app = App(defaults={size: "app", image: "app"})
    chart = Chart(app, "shop", defaults={size: "chart"})
    assert defaults_of(Construct(constructs.Construct(chart, "a"), "b")) == [
        {size: "chart"},
        {size: "app", image: "app"},
    ]
    assert defaults_of(Chart(app, "other")) == [{size: "app", image: "app"}]


@pytest.mark.parametrize(
    ("scope", "id", "message"),
    [
        ("shop", "web", "scope must be the construct to place it in, got str"),
        (None, "web", "scope must be the construct to place it in, got NoneType"),
        (App(), 5, "id must be a string, got int"),
    ],
)
def test_a_wrong_scope_or_id_is_refused(scope: constructs.Construct, id: str, message: str) -> None:
    for kind in (Chart, Construct):
        with pytest.raises(WrongType, match=message):
            kind(scope, id)


def test_an_empty_id_is_refused() -> None:
    with pytest.raises(InvalidValue, match="id must not be empty"):
        Construct(App(), "")


def test_a_second_construct_of_one_id_is_refused_as_by_cdk8s() -> None:
    app = App()
    Chart(app, "shop")
    with pytest.raises(RuntimeError, match="There is already a Construct with name 'shop' in App") as caught:
        Chart(app, "shop")
    assert isinstance(caught.value, ValueError)


def test_a_mistake_says_its_construct_and_shows_the_users_lines_alone() -> None:
    class Shop(Chart):
        def __init__(self, scope: constructs.Construct, id: str) -> None:
            super().__init__(scope, id)
            Manifest(self, "web", api_version="v1", kind="ConfigMap", name="No Name")

    with pytest.raises(InvalidValue) as caught:
        Shop(App(), "shop")
    assert str(caught.value).startswith("Manifest 'shop/web': name must be a DNS-1123 subdomain")
    shown = traceback.extract_tb(caught.value.__traceback__)
    assert shown[-1].filename == __file__
    assert len([frame for frame in shown if "/patterns/" in frame.filename]) == 1


@pytest.mark.parametrize("kind", [Chart, Construct, Manifest])
def test_a_construct_that_is_never_placed_is_refused(kind: type) -> None:
    forgetful = type("Forgetful", (kind,), {"__init__": lambda *_: None})
    with pytest.raises(WrongType, match=r"Forgetful.__init__\(\) must call super\(\).__init__\(scope, id\)"):
        forgetful(App(), "shop")


def test_the_inner_construct_is_named_where_one_is_made_by_another() -> None:
    class Outer(Manifest):
        def __init__(self, scope: constructs.Construct, id: str) -> None:
            super().__init__(scope, id, api_version="v1", kind="ConfigMap")
            Manifest(self, "inner", api_version="v1", kind="")

    with pytest.raises(InvalidValue, match=r"^Manifest 'shop/outer/inner': kind must not be empty$"):
        Outer(Chart(App(), "shop"), "outer")


@pytest.mark.parametrize("kind", [Chart, Construct, Manifest, App])
def test_a_metaclass_of_a_users_derives_from_that_of_manifests(kind: Any) -> None:
    class Counting(type(Manifest)):  # type: ignore[misc]  # a metaclass has one of its own
        made = 0

        def __call__(cls, *args: Any, **options: Any) -> Any:
            Counting.made += 1
            return super().__call__(*args, **options)

    counted = Counting("Counted", (kind,), {})
    if kind is App:
        counted()
    else:
        options = {"api_version": "v1", "kind": "ConfigMap"} if kind is Manifest else {}
        counted(Chart(App(), "shop"), "web", **options)
    assert Counting.made == 1
