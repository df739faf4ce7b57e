"""What another container needs to expand a ``subPathExpr``."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, Container, EnvVar, FieldPath, JsonObject
from patterns.model.env import variables_in
from patterns.pod.expansion import env_for


def pod(*containers: Container) -> JsonObject:
    return {"containers": [container.render() for container in containers]}


def app(*env: EnvVar, name: str = "app") -> Container:
    return Container(name=name, image="shop:1", env=env)


POD_NAME = EnvVar("POD_NAME", FieldPath("metadata.name"))


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        ("plain", ()),
        ("$(A)", ("A",)),
        ("$(A)/x-$(B.c)/$(A)", ("A", "B.c")),
        ("$$(A)", ()),
        ("$$$(A)", ("A",)),
        ("$(A", ()),
        ("$A/${B}", ()),
        ("$x$(A)", ("A",)),
        ("$", ()),
        ("$()", ("",)),
        ("a$\n$(A)", ("A",)),
    ],
)
def test_variables_are_read_as_the_kubelet_reads_them(expr: str, names: Sequence[str]) -> None:
    assert variables_in(expr) == tuple(names)


def test_a_field_of_the_pod_and_a_literal_are_copied() -> None:
    spec = pod(app(EnvVar("SHOP", "berlin"), POD_NAME, EnvVar("OTHER", "x")))
    assert env_for("$(SHOP)/$(POD_NAME)", spec, ["app"]) == [
        EnvVar("SHOP", "berlin", classic_name=True, not_secret="part of a path, and written in the pod already"),
        EnvVar("POD_NAME", FieldPath("metadata.name"), classic_name=True),
    ]


def test_an_expression_without_variables_needs_none() -> None:
    assert env_for("logs", pod(app()), ["app"]) == []


def test_what_a_literal_refers_to_comes_with_it_and_before_it() -> None:
    spec = pod(app(POD_NAME, EnvVar("FOLDER", "logs-$(POD_NAME)-$(LATER)"), EnvVar("LATER", "x")))
    assert [v.render() for v in env_for("$(FOLDER)", spec, ["app"])] == [
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "FOLDER", "value": "logs-$(POD_NAME)-$(LATER)"},
    ]


def test_a_variable_that_refers_to_itself_ends() -> None:
    spec = pod(app(EnvVar("A", "$(A)-x")))
    assert [v.name for v in env_for("$(A)", spec, ["app"])] == ["A"]


def test_what_the_container_has_already_is_not_copied() -> None:
    assert env_for("$(POD_NAME)", pod(app()), ["app"], own={"POD_NAME"}) == []


def test_the_last_of_two_variables_of_one_name_counts() -> None:
    spec: JsonObject = {
        "containers": [{"name": "app", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}]
    }
    assert [v.render() for v in env_for("$(A)", spec, ["app"])] == [{"name": "A", "value": "2"}]


def test_all_containers_are_asked_where_none_is_named() -> None:
    assert [v.name for v in env_for("$(POD_NAME)", pod(app(), app(POD_NAME, name="b")), [])] == ["POD_NAME"]


def test_a_native_sidecar_may_be_the_one_that_writes() -> None:
    spec: JsonObject = {"initContainers": [app(POD_NAME, name="writer").render()], **pod(app())}
    assert [v.name for v in env_for("$(POD_NAME)", spec, ["writer"])] == ["POD_NAME"]


REFUSED = {
    "in none": (
        pod(app(), app(POD_NAME, name="other")),
        ["app"],
        (),
        "which stands in no env of 'app'",
    ),
    "no such container": (pod(app()), ["nobody"], (), "which stands in no env of the pod"),
    "two values": (
        pod(app(EnvVar("POD_NAME", "a")), app(EnvVar("POD_NAME", "b"), name="b")),
        ["app", "b"],
        (),
        "which has one value in container 'app' and another in 'b'",
    ),
    "from a ConfigMap": (
        pod(app(EnvVar("POD_NAME", ConfigMapKey("shop", "name")))),
        ["app"],
        (),
        "which comes from a configMapKeyRef, and only literals and fields of the pod are copied",
    ),
    "refers to one that is given": (
        pod(app(EnvVar("A", "a"), EnvVar("POD_NAME", "$(A)"))),
        ["app"],
        ("A",),
        "whose value '$(A)' refers to 'A', which env gives as well",
    ),
}


@pytest.mark.parametrize(("spec", "containers", "own", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_copied_is_refused(
    spec: JsonObject, containers: Sequence[str], own: Sequence[str], problem: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        env_for("$(POD_NAME)", spec, containers, own)
    assert str(caught.value) == (
        f"sub_path_expr '$(POD_NAME)' needs the variable 'POD_NAME', {problem}; write it in env of the new container "
        'yourself, with the same value: env={"POD_NAME": ...}'
    )
