"""What a container may ask of the API: as little as it needs, with a token that no other container has."""

from __future__ import annotations

import pytest
import somebody_elses

from patterns import (
    App,
    Chart,
    Construct,
    Container,
    Deployment,
    InvalidValue,
    JsonObject,
    PatternError,
    Pod,
)
from patterns.defaults import CONTAINER_SECURITY
from patterns.objects.api_access import ApiAccess, PolicyRule, token_mount
from patterns.pattern import Pattern
from patterns.pod.contribution import Contribution
from patterns.testing import container_of, find, pod_spec_of, synth

RULE = PolicyRule(resources=["configmaps"], verbs=["get", "list", "watch"])
APP = Container(name="app", image="registry.example.com/shop:1.4.2")


class Reader(Pattern):
    """A pattern of one's own that reads ConfigMaps."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        access = ApiAccess(self, "api", workload=self.workload, rules=[RULE])
        reader = Container(
            name=id,
            image="registry.example.com/reader:1.0.0",
            volume_mounts=[token_mount(f"{id}-token")],
            security_context=self.plain_security_context(CONTAINER_SECURITY),
        )
        self.contribute(Contribution(sidecars=[reader], pod=access.pod))


def shop(namespace: str | None = "shop") -> Chart:
    return Chart(App(), "shop", namespace=namespace, disable_resource_name_hashes=True)


def kinds(documents: list[JsonObject]) -> list[object]:
    return [document["kind"] for document in documents]


def test_smallest_call(yaml_snapshot: object) -> None:
    chart = shop()
    Reader(Deployment(chart, "web", containers=[APP]), "reader")
    assert synth(chart) == yaml_snapshot


def test_the_token_is_in_its_container_alone() -> None:
    chart = shop()
    Reader(Deployment(chart, "web", containers=[APP]), "reader")
    deployment = find(synth(chart), "Deployment")
    assert pod_spec_of(deployment)["automountServiceAccountToken"] is False
    assert "volumeMounts" in container_of(deployment, "reader")
    assert "volumeMounts" not in container_of(deployment, "app")


def test_a_second_pattern_joins_the_account_of_the_first() -> None:
    chart = shop()
    web = Deployment(chart, "web", containers=[APP])
    Reader(web, "one")
    Reader(web, "two")
    documents = synth(chart)
    assert kinds(documents).count("ServiceAccount") == 1
    bound = [d["subjects"] for d in documents if d["kind"] == "RoleBinding"]
    assert len(bound) == 2
    assert bound[0] == bound[1]


def test_the_account_that_the_workload_has_is_bound() -> None:
    chart = shop()
    Reader(Deployment(chart, "web", containers=[APP], service_account_name="shop"), "reader")
    documents = synth(chart)
    assert "ServiceAccount" not in kinds(documents)
    assert find(documents, "RoleBinding")["subjects"] == [
        {"kind": "ServiceAccount", "name": "shop", "namespace": "shop"}
    ]


def test_somebody_else_s_pod_gains_an_account_and_nothing_else_changes() -> None:
    chart = shop()
    Reader(somebody_elses.workload(chart), "reader")
    spec = pod_spec_of(find(synth(chart), "Deployment"))
    assert spec["serviceAccountName"] == "shop-web-reader-api-service-account"
    assert "automountServiceAccountToken" not in spec
    assert spec["containers"] == [{"name": "app", "image": "a:1"}]


def test_without_a_namespace_the_binding_s_own_is_meant() -> None:
    chart = shop(None)
    Reader(Deployment(chart, "web", containers=[APP]), "reader")
    assert find(synth(chart), "RoleBinding")["subjects"] == [
        {"kind": "ServiceAccount", "name": "shop-web-reader-api-service-account"}
    ]


def test_a_bare_pod_needs_an_account_that_is_there_before_it() -> None:
    with pytest.raises(InvalidValue, match="a bare Pod must have a service_account_name"):
        Reader(Pod(shop(), "web", containers=[APP]), "reader")
    chart = shop()
    Reader(Pod(chart, "web", containers=[APP], service_account_name="shop"), "reader")
    assert kinds(synth(chart)) == ["Pod", "Role", "RoleBinding"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resources": [], "verbs": ["get"]}, "resources must hold an entry at least"),
        ({"resources": ["pods"], "verbs": ["*"]}, r"verbs must name what is needed, got '\*'"),
        (
            {"resources": ["pods"], "verbs": ["create"], "resource_names": ["a"]},
            "verbs must not hold 'create' with resource_names",
        ),
    ],
)
def test_a_rule_that_allows_too_much_or_nothing_is_refused(options: dict[str, list[str]], message: str) -> None:
    with pytest.raises(PatternError, match=message):
        PolicyRule(**options)
