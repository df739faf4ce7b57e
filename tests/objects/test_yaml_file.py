"""A YAML file's objects come out as they stand in the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unjudged import Unjudged

from patterns import App, Chart, InvalidValue, NotFound, WrongType
from patterns.objects.yaml_file import YamlFile
from patterns.yaml import read_yaml

import cdk8s  # isort: skip  # after patterns, which finds Node

SHOP = """\
# the shop, as its vendor ships it
kind: Deployment
apiVersion: apps/v1
metadata:
  annotations: {note: "y"}
  name: web
spec:
  template: {spec: {volumes: null, containers: [{name: app, image: "a:1"}]}}
---
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: web, namespace: there}
  data: {mode: "0644"}
- kind: Secret
  apiVersion: v1
  metadata: {generateName: web-}
"""


@pytest.fixture
def chart() -> Chart:
    return Chart(Unjudged(), "shop", namespace="shop", labels={"team": "a"})


def test_every_document_is_rendered_as_it_stands_in_the_file(chart: Chart) -> None:
    file = YamlFile(chart, "file", text=SHOP)
    deployment, listed = read_yaml(SHOP)
    assert isinstance(listed, dict)
    wanted = [deployment, *listed["items"]]  # type: ignore[misc]  # a list
    assert json.dumps([obj.to_json() for obj in file.objects]) == json.dumps(wanted)
    app = chart.node.root
    assert isinstance(app, App)
    assert json.dumps(read_yaml(app.synth_yaml())) == json.dumps(wanted)


def test_nothing_of_the_chart_is_put_in(chart: Chart) -> None:
    obj = YamlFile(chart, "file", text=SHOP).objects[0]
    assert (obj.api_version, obj.kind, obj.name, obj.namespace, obj.labels) == (
        "apps/v1",
        "Deployment",
        "web",
        None,
        {},
    )
    assert obj.to_json()["metadata"] == {"annotations": {"note": "y"}, "name": "web"}


def test_an_object_without_a_name_stays_without(chart: Chart) -> None:
    secret = YamlFile(chart, "file", text=SHOP).find(kind="Secret")
    assert secret.name == ""
    assert secret.to_json()["metadata"] == {"generateName": "web-"}


def test_ids_are_those_of_include(chart: Chart, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        SHOP.partition("---\n")[0] + "---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a, namespace: b}\n"
    )
    ours = YamlFile(chart, "ours", path=path)
    theirs = cdk8s.Include(chart, "theirs", url=str(path))
    assert [obj.node.id for obj in ours.objects] == [obj.node.id for obj in theirs.api_objects]


def test_an_object_that_is_there_twice_comes_out_twice(chart: Chart) -> None:
    text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
    file = YamlFile(chart, "file", text=f"{text}---\n{text}")
    assert [obj.node.id for obj in file.objects] == ["a-namespace", "a-namespace-2"]


def test_items_of_a_typed_list_get_its_type(chart: Chart) -> None:
    text = "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: a}}]\n"
    (obj,) = YamlFile(chart, "file", text=text).objects
    assert obj.to_json() == {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}}


def test_an_empty_file_has_no_objects(chart: Chart) -> None:
    assert YamlFile(chart, "file", text="# nothing\n---\n").objects == ()


def test_names_that_kubernetes_would_refuse_are_left_alone(chart: Chart) -> None:
    (obj,) = YamlFile(
        chart, "file", text="apiVersion: v1\nkind: Pod\nmetadata: {name: $(NAME)_X, labels: {a: 1}}"
    ).objects
    assert obj.to_json()["metadata"] == {"name": "$(NAME)_X", "labels": {"a": 1}}


# --- what is added afterwards -----------------------------------------------------------------------------------------


def test_added_metadata_is_all_that_changes(chart: Chart) -> None:
    file = YamlFile(chart, "file", text=SHOP)
    web, config = file.find(kind="Deployment"), file.find(kind="ConfigMap")
    assert web.metadata.namespace == "shop"  # what cdk8s says of it, and does not render
    web.metadata.add_label("late", "yes")
    web.metadata.add_annotation("more", "text")
    web.metadata.add_finalizers("f/g")
    config.add_labels({"late": "yes"})
    assert json.dumps(web.to_json()["metadata"]) == json.dumps(
        {
            "annotations": {"note": "y", "more": "text"},
            "name": "web",
            "finalizers": ["f/g"],
            "labels": {"late": "yes"},
        }
    )
    assert config.to_json()["metadata"] == {"name": "web", "namespace": "there", "labels": {"late": "yes"}}


def test_json_patches_come_last(chart: Chart) -> None:
    web = YamlFile(chart, "file", text=SHOP).find(kind="Deployment")
    web.add_json_patch(cdk8s.JsonPatch.add("/spec/replicas", 3))
    assert web.to_json()["spec"]["replicas"] == 3


def test_what_is_rendered_may_be_changed_without_harm(chart: Chart) -> None:
    web = YamlFile(chart, "file", text=SHOP).objects[0]
    web.to_json()["spec"]["template"] = None
    assert web.to_json()["spec"]["template"] is not None


def test_another_root_renders_the_same_without_nulls() -> None:
    chart = cdk8s.Chart(cdk8s.App(), "shop", namespace="shop", labels={"team": "a"})
    YamlFile(chart, "file", text=SHOP)
    web = chart.to_json()[0]
    assert web["spec"]["template"]["spec"] == {"containers": [{"name": "app", "image": "a:1"}]}
    assert web["metadata"] == {"annotations": {"note": "y"}, "name": "web"}


# --- finding ----------------------------------------------------------------------------------------------------------


def test_an_object_is_found_by_what_is_known_of_it(chart: Chart) -> None:
    file = YamlFile(chart, "file", text=SHOP)
    assert file.find(kind="ConfigMap") is file.find(name="web", namespace="there") is file.objects[1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"kind": "Pod"},
            "there are 0 objects with kind='Pod', and one was looked for; the file has Deployment 'web', Config",
        ),
        (
            {"name": "web"},
            "there are 2 objects with name='web', and one was looked for; the file has Deployment 'web', Config",
        ),
        ({}, "there are 3 objects with any object"),
    ],
)
def test_what_is_not_found_once_is_an_error_that_lists_the_file(chart: Chart, asked: Any, message: str) -> None:
    with pytest.raises(NotFound) as raised:
        YamlFile(chart, "file", text=SHOP).find(**asked)
    assert message in str(raised.value)


# --- what is no API object --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n", "line 1 must be an API object with apiVersion and kind, got one without apiVersion and kind"),
        ("# x\n\n- a\n", "line 3 must be an API object with apiVersion and kind, got a list"),
        ("just text", "line 1 must be an API object with apiVersion and kind, got 'just text'"),
        (
            SHOP + "---\n\n# x\nkind: Pod\n",
            "line 24 must be an API object with apiVersion and kind, got one without apiVersion",
        ),
        (
            "apiVersion: a/b/c\nkind: Pod\n",
            "line 1 must be an API object with apiVersion and kind, got apiVersion 'a/b/c'",
        ),
        (
            "apiVersion: v1\nkind: List\nitems: [{kind: Pod, apiVersion: v1}, null]\n",
            "line 1, items[1] must be an API object with apiVersion and kind, got null",
        ),
    ],
)
def test_a_document_that_is_no_object_is_named_by_file_and_line(
    chart: Chart, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(text)
    with pytest.raises(InvalidValue) as raised:
        YamlFile(chart, "file", path=path)
    assert str(raised.value) == f"YamlFile 'shop/file': {path}: {message}"


def test_yaml_that_cannot_be_read_is_named_by_file_and_line(chart: Chart, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("a: [1\nb: 2\n")
    with pytest.raises(InvalidValue, match=r"YamlFile 'shop/file': .*broken\.yaml: line 2"):
        YamlFile(chart, "file", path=path)


def test_a_file_that_is_not_there_is_named(chart: Chart) -> None:
    with pytest.raises(NotFound) as raised:
        YamlFile(chart, "file", path="no/such.yaml")
    assert str(raised.value) == (
        "YamlFile 'shop/file': path must be a YAML file that can be read, got 'no/such.yaml': No such file or directory"
    )


@pytest.mark.parametrize("options", [{}, {"path": "a", "text": "b"}])
def test_a_file_is_given_by_path_or_by_text(chart: Chart, options: Any) -> None:
    with pytest.raises(
        WrongType, match="either path or text must be given, the name of a YAML file or the YAML itself"
    ):
        YamlFile(chart, "file", **options)
