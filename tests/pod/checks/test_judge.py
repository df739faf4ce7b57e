"""What the judge makes of what rules find."""

from __future__ import annotations

import pytest

from patterns.model.json import JsonObject
from patterns.pod.checks import Object, Outcome, judge


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
