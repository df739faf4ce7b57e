"""What the judge makes of what rules find."""

from __future__ import annotations

import pytest

from patterns.model.json import Json, JsonObject
from patterns.pod.checks import NEWEST, Object, Outcome, judge
from patterns.pod.checks.image_facts import FactsByRepository, ImageFacts, by_repository


def outcomes(kind: str, target: int) -> set[Outcome]:
    container: JsonObject = {"name": "app", "image": "shop:1.4.2", "ports": [{"containerPort": 70000}]}
    template: JsonObject = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec: JsonObject = {"selector": {"matchLabels": {"app": "web"}}, "serviceName": "web", "template": template}
    group = "argoproj.io/v1alpha1" if kind == "Rollout" else "apps/v1"
    obj = Object({"apiVersion": group, "kind": kind, "metadata": {"name": "web"}, "spec": spec}, target=target)
    return {finding.outcome for finding in judge().object(obj) if finding.rule == "container-port"}


@pytest.mark.parametrize(
    ("kind", "target", "outcome"),
    [
        ("Deployment", 28, Outcome.REFUSED),
        ("StatefulSet", 34, Outcome.REFUSED),
        ("StatefulSet", 33, Outcome.BROKEN),
        ("Rollout", 37, Outcome.BROKEN),
    ],
)
def test_pods_are_refused_later_where_the_server_does_not_look_into_the_object(
    kind: str, target: int, outcome: Outcome
) -> None:
    assert outcomes(kind, target) == {outcome}


def test_a_kind_with_a_slash_is_none_of_a_group() -> None:
    found = judge().object(Object({"apiVersion": "v1", "kind": "batch/CronJob", "metadata": {"name": "a"}}))
    assert [finding.rule for finding in found] == ["unknown-kind"]


def deployment(*containers: JsonObject, **spec: Json) -> JsonObject:
    template: JsonObject = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [*containers], **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template},
    }


def broken(json: JsonObject, target: int = NEWEST) -> list[tuple[str, str]]:
    return [(one.rule, one.pointer) for one in judge().object(Object(json, target=target))]


def test_what_is_remembered_of_a_container_does_not_hide_what_another_pod_makes_wrong() -> None:
    app: JsonObject = {"name": "app", "image": "shop:1.4.2", "terminationMessagePath": "C:\\log", "command": ["sh"]}
    on_windows: JsonObject = {"os": {"name": "windows"}}
    every, without_shell = (
        judge(opinions=True),
        by_repository([ImageFacts(repository="docker.io/library/shop", shell=False, source="its Dockerfile")]),
    )

    def rules_of(spec: JsonObject, facts: FactsByRepository | None = None) -> set[str]:
        found = {finding.rule for finding in every.object(Object(deployment(app, **spec), facts=facts))}
        return found & {"termination-message-path", "shell-missing"}

    assert rules_of(on_windows) == set()
    assert rules_of({}) == {"termination-message-path"}
    assert rules_of(on_windows, without_shell) == {"shell-missing"}
    assert rules_of(on_windows) == set()


def test_what_is_remembered_holds_for_one_target_and_one_list() -> None:
    sidecar: JsonObject = {"name": "log", "image": "tail:1.0", "restartPolicy": "Always"}
    app: JsonObject = {"name": "app", "image": "shop:1.4.2"}
    assert broken(deployment(app, initContainers=[sidecar])) == []
    found = [rule for rule, _ in broken(deployment(app, initContainers=[sidecar]), target=28)]
    assert found == ["native-sidecar-too-young"]
    assert [rule for rule, _ in broken(deployment(app, sidecar), target=34)] == ["restart-policy-dropped"]


def test_a_wrong_container_is_told_of_every_object() -> None:
    wrong: JsonObject = {"name": "app", "image": "shop:1.4.2", "ports": [{"containerPort": "8080"}], "colour": "red"}
    first = broken(deployment(wrong))
    assert [rule for rule, _ in first] == ["unknown-field", "wrong-type"]
    assert broken(deployment(wrong)) == first
    assert [pointer for _, pointer in broken(deployment({"name": "a", "image": "b:1"}, wrong))] == [
        "/spec/template/spec/containers/1/colour",
        "/spec/template/spec/containers/1/ports/0/containerPort",
    ]


def test_true_and_1_are_two_contents() -> None:
    right: JsonObject = {"name": "app", "image": "shop:1.4.2", "tty": True}
    assert broken(deployment(right)) == []
    assert [rule for rule, _ in broken(deployment({**right, "tty": 1}))] == ["wrong-type"]
