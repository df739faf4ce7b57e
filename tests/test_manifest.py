"""A manifest is an ApiObject whose body is plain JSON."""

from __future__ import annotations

import enum
from collections import OrderedDict
from typing import Any

import pytest

from patterns import App, Chart, Construct, InvalidValue, Manifest, NotFound, PatternError, WrongType
from patterns.model.json import JsonObject

import cdk8s  # isort: skip  # after patterns, which finds Node
import constructs  # isort: skip
import jsii  # isort: skip


@pytest.fixture
def chart() -> Chart:
    return Chart(App(), "shop", namespace="there", labels={"team": "a", "y": "chart"})


def manifest(scope: constructs.IConstruct, id: str = "web", **options: Any) -> Manifest:
    return Manifest(scope, id, **{"api_version": "example.com/v1", "kind": "Thing", **options})


def test_renders_type_metadata_and_body_in_the_order_written(chart: Chart) -> None:
    made = manifest(
        chart, body={"z": {"b": 1, "a": 2}, "a": []}, annotations={"n": "1"}, metadata={"finalizers": ["f"]}
    )
    assert list(made.to_json().items()) == [
        ("apiVersion", "example.com/v1"),
        ("kind", "Thing"),
        (
            "metadata",
            {
                "name": made.name,
                "namespace": "there",
                "labels": {"team": "a", "y": "chart"},
                "annotations": {"n": "1"},
                "finalizers": ["f"],
            },
        ),
        ("z", {"b": 1, "a": 2}),
        ("a", []),
    ]
    assert list(made.to_json()["z"]) == ["b", "a"]
    assert list(made.to_json()["metadata"]) == ["name", "namespace", "labels", "annotations", "finalizers"]


@pytest.mark.parametrize("root", [App, cdk8s.App])
@pytest.mark.parametrize("touched", [False, True])
def test_has_the_metadata_of_an_api_object(root: type[cdk8s.App], touched: bool) -> None:
    own = {"name": "n", "namespace": "here", "labels": {"y": "own"}, "annotations": {"a": "b"}}
    for given in ({}, own, {"labels": {"y": "own"}}, {"namespace": "here"}):
        chart = Chart(root(), "shop", namespace="there", labels={"team": "a", "y": "chart"})
        made = manifest(chart, "ours", **given)
        theirs = cdk8s.ApiObject(
            chart, "theirs", api_version="example.com/v1", kind="Thing", metadata={"name": made.name, **given}
        )
        if touched:
            for obj in (made, theirs):
                obj.metadata.add_label("late", "1")
                obj.metadata.add("extra", {"deep": [1]})
                obj.metadata.add_finalizers("f")
        assert made.to_json() == theirs.to_json()
        assert made.metadata.to_json() == theirs.metadata.to_json()


def test_answers_what_an_api_object_answers(chart: Chart) -> None:
    made = manifest(Construct(chart, "in"), api_version="apps/v1", kind="Deployment", labels={"a": "b"})
    assert (made.api_version, made.kind, made.api_group) == ("apps/v1", "Deployment", "apps")
    assert made.chart is chart
    assert made.name == cdk8s.Names.to_dns_label(made)
    assert (made.namespace, made.labels) == ("there", {"team": "a", "y": "chart", "a": "b"})
    assert cdk8s.ApiObject.of(made) is made
    assert cdk8s.ApiObject.is_api_object(made)
    assert chart.node.find_child("in").node.find_child("web") is made
    with pytest.raises(AttributeError, match="no setter"):
        made.name = "other"  # type: ignore[misc]  # the mistake that is tested


def test_takes_in_what_is_added_to_its_metadata_later(chart: Chart) -> None:
    made = manifest(chart, labels={"own": "1"}, metadata={"finalizers": ["f"], "generateName": "g-"})
    cdk8s.ApiObject.of(made).metadata.add_label("late", "2")
    made.metadata.add_finalizers("late")
    made.metadata.add_owner_reference(api_version="v1", kind="Pod", name="p", uid="u")
    assert made.to_json()["metadata"] == {
        "name": made.name,
        "namespace": "there",
        "labels": {"team": "a", "y": "chart", "own": "1", "late": "2"},
        "finalizers": ["f", "late"],
        "generateName": "g-",
        "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}],
    }


@pytest.mark.parametrize("touch_first", [False, True])
def test_added_labels_replace_the_charts_and_leave_its_own(chart: Chart, touch_first: bool) -> None:
    made = manifest(chart, labels={"own": "1"})
    if touch_first:
        made.metadata.add_annotation("a", "b")
    made.add_labels({"own": "2", "y": "3", "new": "4"})
    assert made.labels == made.to_json()["metadata"]["labels"] == {"team": "a", "y": "3", "own": "1", "new": "4"}
    assert made.metadata.get_label("y") == "3"


def test_owner_references_and_other_fields_are_there_before_anybody_asks(chart: Chart) -> None:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": True}
    made = manifest(chart, metadata={"ownerReferences": [owner], "empty": {}, "finalizers": []})
    untouched = made.to_json()["metadata"]
    assert untouched["ownerReferences"] == [owner]
    assert "empty" not in untouched
    assert made.metadata.to_json() == {key: untouched[key] for key in sorted(untouched)}
    assert made.to_json()["metadata"] == untouched


def test_json_patches_come_last(chart: Chart) -> None:
    made = manifest(chart, body={"spec": {"a": 1, "list": [1, 2]}})
    made.add_json_patch(cdk8s.JsonPatch.replace("/spec/a", 2), cdk8s.JsonPatch.remove("/spec/list/0"))
    cdk8s.ApiObject.of(made).add_json_patch(cdk8s.JsonPatch.add("/metadata/labels/x", "y"))
    made.metadata.add_label("late", "1")
    rendered = made.to_json()
    assert rendered["spec"] == {"a": 2, "list": [2]}
    assert rendered["metadata"]["labels"] == {"team": "a", "y": "chart", "late": "1", "x": "y"}
    assert list(rendered) == ["apiVersion", "kind", "metadata", "spec"]


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        (
            [cdk8s.JsonPatch.add("/spec/a/b", 1)],
            r"add '/spec/a/b', given at .*test_manifest.py:\d+: there is no mapping and no list at '/spec/a'; "
            "add it first, with all that belongs in it",
        ),
        (
            [cdk8s.JsonPatch.add("/spec/a", {}), cdk8s.JsonPatch.add("/spec/a/b/c", 1), cdk8s.JsonPatch.remove("")],
            r"add '/spec/a/b/c', given at .*: there is no mapping and no list at '/spec/a/b'",
        ),
        ([cdk8s.JsonPatch.add("/spec/list/7/a", 1)], "add '/spec/list/7/a', given at .* no list at '/spec/list/7'"),
        ([cdk8s.JsonPatch.add("/spec/one/x~1y/a", 1)], "add .* no list at '/spec/one/x~1y'"),
        (
            [cdk8s.JsonPatch.copy("/spec/none/a", "/spec/a")],
            "copy '/spec/a', .* no list at '/spec/none'",
        ),
        ([cdk8s.JsonPatch.replace("", 3)], "replace '', given at .*: the path '' is the whole object"),
        ([cdk8s.JsonPatch.remove("")], "remove '', given at .*: the path '' is the whole object"),
        (
            [cdk8s.JsonPatch.test("/spec/one", 2)],
            "test '/spec/one', .* holds another value there than 2; mend",
        ),
        ([cdk8s.JsonPatch.add("/spec/list/9", 2)], None),
    ],
    ids=["parent", "second", "index", "escaped", "from", "whole", "all", "test", "behind the end"],
)
def test_a_json_patch_that_does_not_fit_is_refused(
    chart: Chart, operations: list[cdk8s.JsonPatch], said: str | None
) -> None:
    made = manifest(chart, body={"spec": {"list": [1], "one": {"x": 1}}})
    made.add_json_patch(*operations)
    if said is None:
        # as under cdk8s
        made.to_json()
        return
    with pytest.raises(InvalidValue, match=f"^a JSON patch does not fit: {said}"):
        made.to_json()


def test_what_is_no_json_patch_changes_nothing(chart: Chart) -> None:
    made = manifest(chart, body={"spec": {"a": 1}})
    patch: Any = {"op": "replace", "path": "/spec/a", "value": 2}
    with pytest.raises(WrongType, match=r"write cdk8s.JsonPatch.replace\('/spec/a', 2\)$"):
        made.add_json_patch(cdk8s.JsonPatch.replace("/spec/a", 3), patch)
    assert made.to_json()["spec"] == {"a": 1}


class Colour(enum.StrEnum):
    RED = "red"


def test_a_body_becomes_plain_json(chart: Chart) -> None:
    made = manifest(
        chart,
        body=OrderedDict(
            tuple=(1, (2,)),
            none=None,
            list=[None, {"none": None}],
            whole=1.0,
            part=0.5,
            zero=-0.0,
            text=Colour.RED,
            big=2**53,
        ),
    )
    rendered = made.to_json()
    del rendered["metadata"]
    assert rendered == {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "tuple": [1, [2]],
        "list": [None, {}],
        "whole": 1,
        "part": 0.5,
        "zero": 0,
        "text": "red",
        "big": 2**53,
    }
    assert [type(rendered[key]) for key in ("tuple", "whole", "zero", "text")] == [list, int, int, str]
    [seen_by_node] = cdk8s.Testing.synth(chart)
    del seen_by_node["metadata"]
    assert seen_by_node == rendered


def test_what_is_rendered_can_be_changed_without_changing_the_object(chart: Chart) -> None:
    made = manifest(chart, body={"spec": {"a": [1]}}, labels={"a": "b"})
    first = made.to_json()
    first["spec"]["a"].append(2)
    first["metadata"]["labels"]["c"] = "d"
    assert made.to_json()["spec"] == {"a": [1]}
    assert made.to_json()["metadata"]["labels"] == {"team": "a", "y": "chart", "a": "b"}


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (
            {"a": [{1}]},
            WrongType,
            r"body.a\[0\] must be plain JSON, got set; its order changes from run to run: write a list",
        ),
        ({"a": b"x"}, WrongType, r"body.a must be plain JSON, got bytes; write a string"),
        ({"a": {1: 2}}, WrongType, r"body.a must have strings as keys, got 1; write '1'"),
        ({"a": float("nan")}, InvalidValue, r"body.a must be a finite number, which JSON has no other of, got nan"),
        ({"a": float("inf")}, InvalidValue, r"body.a must be a finite number"),
        ({"a": 2**53 + 1}, InvalidValue, r"body.a must be within 2\*\*53"),
        ({"a": object()}, WrongType, r"body.a must be plain JSON, got object"),
        ({"a": cdk8s.Size.mebibytes(1)}, WrongType, r"body.a must be plain JSON, got Size; resolved values of cdk8s"),
        ({"metadata": {}}, InvalidValue, r"body must not hold 'metadata', which has an option of its own"),
        ([1], WrongType, r"body must be a dict of plain JSON, got a list; write body={...}"),
    ],
)
def test_a_body_that_is_not_json_is_refused_with_its_path(
    chart: Chart, body: Any, kind: type[PatternError], message: str
) -> None:
    with pytest.raises(kind, match=f"^Manifest 'shop/web': {message}"):
        manifest(chart, body=body)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"name": "No"}, InvalidValue, "name must be a DNS-1123 subdomain"),
        ({"name": ""}, InvalidValue, "name must be a DNS-1123 subdomain"),
        ({"name": "a" * 254}, InvalidValue, "name must be at most 253 characters, got 254"),
        ({"name": "a..b"}, InvalidValue, "name must be a DNS-1123 subdomain"),
        ({"name": "web\n"}, InvalidValue, "name must be a DNS-1123 subdomain"),
        ({"name": 5}, WrongType, "name must be a str, got an int 5"),
        ({"namespace": 5}, WrongType, "namespace must be a str, got an int 5"),
        ({"labels": {"a": 1}}, WrongType, r"labels\['a'\] must be a str, got an int 1"),
        ({"annotations": ["a"]}, WrongType, "annotations must be a dict of str, got a list"),
        ({"metadata": {"name": "a"}}, InvalidValue, "metadata must not hold 'name', which has an option of its own"),
        ({"metadata": {"a": {1}}}, WrongType, "metadata.a must be plain JSON, got set"),
        ({"api_version": "a/b/c"}, InvalidValue, "api_version must be VERSION or GROUP/VERSION"),
        ({"api_version": ""}, InvalidValue, "api_version must be VERSION or GROUP/VERSION"),
        ({"api_version": None}, WrongType, "api_version must be a str, got None"),
        ({"kind": ""}, InvalidValue, "kind must not be empty"),
        (
            {"name": "a/b", "api_version": "rbac.authorization.k8s.io/v1", "kind": "Role"},
            InvalidValue,
            "name must be one segment of a URL",
        ),
    ],
)
def test_wrong_options_are_refused(chart: Chart, options: Any, kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind, match=f"^Manifest 'shop/web': {message}"):
        manifest(chart, **options)


def test_a_refused_object_is_not_in_the_tree(chart: Chart) -> None:
    with pytest.raises(InvalidValue):
        manifest(chart, name="No")
    assert manifest(chart, name="yes").name == "yes"


def test_an_id_that_makes_no_name_is_refused_with_the_way_out(chart: Chart) -> None:
    with pytest.raises(
        InvalidValue, match=r"got 'shop-a_b-[0-9a-f]{2}.*'; it comes from the ids, which name= replaces"
    ):
        manifest(chart, "a_b")


class Wordy(Chart):
    """A chart whose names are longer than any name may be."""

    def generate_object_name(self, api_object: cdk8s.ApiObject) -> str:
        return "a" * 254


@pytest.mark.parametrize(("api_version", "kind"), [("apps/v1", "Deployment"), ("apps/v1", "DaemonSet"), ("v1", "Pod")])
def test_a_name_that_the_chart_made_too_long_is_refused_with_the_way_out(api_version: str, kind: str) -> None:
    with pytest.raises(InvalidValue, match=r"name must be at most 253 characters, got 254; it comes from .* name="):
        Manifest(Wordy(App(), "c"), "m", api_version=api_version, kind=kind)


def test_a_role_may_have_a_name_that_is_no_subdomain(chart: Chart) -> None:
    role = manifest(chart, name="system:Node", api_version="rbac.authorization.k8s.io/v1", kind="ClusterRole")
    assert role.to_json()["metadata"]["name"] == "system:Node"


def test_needs_a_chart() -> None:
    with pytest.raises(NotFound, match=r"^Manifest 'web': .*place it in a Chart"):
        manifest(App())


class Rendered(Manifest):
    def __init__(self, scope: Chart, id: str) -> None:
        super().__init__(scope, id, api_version="example.com/v1", kind="Thing")
        self.entries: dict[str, Any] = {}

    def render_body(self) -> dict[str, Any]:
        return {"data": self.entries}


@pytest.mark.parametrize("root", [App, cdk8s.App])
def test_a_subclass_renders_its_body_when_it_is_asked(root: type[cdk8s.App]) -> None:
    chart = Chart(root(), "shop")
    made = Rendered(chart, "web")
    made.entries["late"] = (1, None)
    [document] = cdk8s.Testing.synth(chart)
    assert document["data"] == made.to_json()["data"] == {"late": [1, None]}


@jsii.implements(cdk8s.IResolver)
class Recorder:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str, object]] = []

    def resolve(self, context: cdk8s.ResolutionContext) -> None:
        self.seen.append((context.obj.node.id, "/".join(context.key), context.value))
        if context.value == "secret":
            context.replace_value({"opened": [1, "secret-"]})


@pytest.mark.parametrize("root", [App, cdk8s.App])
def test_resolvers_are_asked_as_for_an_api_object(root: type[cdk8s.App], tmp_path: Any) -> None:
    recorder = Recorder()
    chart = cdk8s.Chart(root(resolvers=[recorder]), "shop", namespace="there")
    body: JsonObject = {"spec": {"a": ["secret", None, {"b": True}], "c": "secret", "d": None, "e": 1.5, "f": {}}}
    source = tmp_path / "included.yaml"
    cdk8s.Yaml.save(
        str(source),
        [
            {
                "apiVersion": "example.com/v1",
                "kind": "Thing",
                "metadata": {"name": "n", "labels": {"s": "secret"}},
                **body,
            }
        ],
    )
    included = cdk8s.Include(chart, "included", url=str(source)).node.default_child
    [theirs] = cdk8s.Include(chart, "twice", url=str(source)).api_objects
    assert included is None
    made = manifest(chart, "n-thing", name="n", labels={"s": "secret"}, body=body)
    expected = theirs.to_json()
    asked, recorder.seen = recorder.seen, []
    assert made.to_json() == expected
    assert recorder.seen == asked
    assert expected["spec"]["c"] == {"opened": [1, "secret-"]}
