"""Whose pod a pattern joins, and what is said where there is none, or several."""

from __future__ import annotations

from typing import Any

import pytest

from patterns import (
    App,
    Chart,
    Conflict,
    Construct,
    Container,
    Deployment,
    InvalidValue,
    Manifest,
    NotFound,
    SharedScratch,
    Sidecar,
)
from patterns.model.json import JsonObject
from patterns.pattern import Pattern
from patterns.workloads.attached import Attached, PodOf, workload_of

import cdk8s  # isort: skip  # after patterns, which finds Node
import cdk8s_plus_34 as kplus  # isort: skip
import constructs  # isort: skip

POD: JsonObject = {"spec": {"containers": [{"name": "app", "image": "shop:1"}]}}


@pytest.fixture
def chart() -> Chart:
    return Chart(App(), "shop")


def foreign(scope: constructs.Construct, kind: str = "Deployment", id: str = "web", **spec: Any) -> cdk8s.ApiObject:
    groups = {"Deployment": "apps/v1", "Job": "batch/v1", "ConfigMap": "v1", "Pod": "v1"}
    obj = cdk8s.ApiObject(scope, id, api_version=groups.get(kind, "example.com/v1"), kind=kind)
    obj.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    return obj


def deployment(scope: constructs.Construct) -> cdk8s.ApiObject:
    return foreign(scope, template=POD)


def sidecar(scope: constructs.Construct, id: str = "tail", **options: Any) -> Sidecar:
    return Sidecar(scope, id, container=Container(name=id, image="tail:1", ports=options.pop("ports", [])), **options)


# --- which workload ---------------------------------------------------------------------------------------------------


def test_a_workload_of_ours_is_its_own() -> None:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[Container(name="app", image="shop:1")])
    assert workload_of(web) is web
    assert workload_of(Construct(Construct(web, "bundle"), "part")) is web


def test_every_wrapper_of_an_object_leads_to_the_same_workload(chart: Chart) -> None:
    plus = kplus.Deployment(chart, "plus", containers=[kplus.ContainerProps(image="shop:1")])
    bundle = Construct(plus, "bundle")
    found = {id(workload_of(scope)) for scope in (plus, cdk8s.ApiObject.of(plus), cdk8s.ApiObject.of(plus), bundle)}
    assert len(found) == 1


def test_an_object_without_pods_between_a_pattern_and_its_workload_is_passed_over(chart: Chart) -> None:
    web = deployment(chart)
    config = cdk8s.ApiObject(web, "config", api_version="v1", kind="ConfigMap")
    assert workload_of(config) is workload_of(web)


def test_a_pattern_without_a_workload_says_where_to_place_it(chart: Chart) -> None:
    with pytest.raises(NotFound) as raised:
        sidecar(Construct(chart, "bundle"))
    assert str(raised.value) == (
        "Sidecar 'shop/bundle/tail': there is no workload at or above 'shop/bundle'; place the pattern on one, such as "
        "Deployment, or on an object with a pod template"
    )


def test_an_object_without_a_pod_is_named(chart: Chart) -> None:
    with pytest.raises(NotFound) as raised:
        sidecar(foreign(chart, "ConfigMap", id="config"))
    assert str(raised.value) == (
        "Sidecar 'shop/config/tail': ConfigMap 'shop/config' has no pod template; place the pattern on a workload"
    )


def test_an_unknown_object_that_cannot_be_rendered_says_why(chart: Chart) -> None:
    obj = foreign(chart, "Thing")
    obj.add_json_patch(cdk8s.JsonPatch.add("/a/b/c", 1))
    with pytest.raises(NotFound, match="Thing 'shop/web' cannot be rendered yet: Failed serializing construct at path"):
        sidecar(obj)


# --- one pod of several -----------------------------------------------------------------------------------------------


def cluster(chart: Chart) -> cdk8s.ApiObject:
    return foreign(chart, "RayCluster", headGroupSpec={"template": POD}, workerGroupSpecs=[{"template": POD}])


def test_an_object_with_several_pods_lists_them(chart: Chart) -> None:
    with pytest.raises(NotFound) as raised:
        sidecar(cluster(chart))
    assert str(raised.value) == (
        "Sidecar 'shop/web/tail': RayCluster 'shop/web' has 2 pod templates; name one as the scope: "
        "PodOf(obj, '/spec/headGroupSpec/template') or PodOf(obj, '/spec/workerGroupSpecs/0/template')"
    )


def test_one_pod_is_named_as_often_as_needed(chart: Chart) -> None:
    rays = cluster(chart)
    head = PodOf(rays, "/spec/headGroupSpec/template")
    assert PodOf(rays, "/spec/headGroupSpec/template") is head
    assert isinstance(head, Construct)
    sidecar(PodOf(rays, "/spec/headGroupSpec/template"))
    sidecar(Construct(head, "bundle"), "second")
    sidecar(PodOf(rays, "/spec/workerGroupSpecs/0/template"))
    spec = chart.to_json()[0]["spec"]
    assert names(spec["headGroupSpec"]["template"]) == ["tail", "second"]
    assert names(spec["workerGroupSpecs"][0]["template"]) == ["tail"]


def names(template: Any) -> list[str]:
    return [container["name"] for container in template["spec"]["initContainers"]]


def test_a_wrong_path_lists_the_right_ones(chart: Chart) -> None:
    with pytest.raises(NotFound) as raised:
        PodOf(cluster(chart), "/spec/template")
    assert str(raised.value) == (
        "PodOf 'shop/web/spec--template': there is no pod template at '/spec/template'; the object has "
        "'/spec/headGroupSpec/template', '/spec/workerGroupSpecs/0/template'"
    )


def test_a_workload_of_ours_has_one_pod(chart: Chart) -> None:
    web = Deployment(chart, "web", containers=[Container(name="app", image="shop:1")])
    with pytest.raises(InvalidValue, match="obj must not be a workload of this library, which is a scope itself"):
        PodOf(web, "/spec/template")


def test_a_construct_without_an_object_has_no_pods(chart: Chart) -> None:
    with pytest.raises(NotFound, match="'shop/empty' has no API object"):
        PodOf(Construct(chart, "empty"), "/spec/template")


# --- what a pattern learns of it --------------------------------------------------------------------------------------


def test_somebody_elses_pod_tells_what_a_pattern_asks(chart: Chart) -> None:
    pod: JsonObject = {"containers": [{"name": "a", "ports": [{"containerPort": 80}]}, {"image": "b"}]}
    obj = foreign(chart, template={"spec": {**pod, "securityContext": {"runAsUser": 7, "fsGroup": 8}}})
    workload = workload_of(obj)
    assert isinstance(workload, Attached)
    assert not workload.ours
    assert workload.application_containers == ("a", "user-container-0")
    assert workload.identity().run_as_user == 7
    assert workload.free_port(80) == 81
    assert not workload.runs_to_completion


def test_the_namespace_is_the_objects_own_for_what_is_placed_beside_it() -> None:
    chart = Chart(App(), "shop", namespace="shop")
    assert workload_of(deployment(chart)).namespace == "shop"
    plain = Manifest(
        chart, "m", api_version="apps/v1", kind="Deployment", namespace="", body={"spec": {"template": POD}}
    )
    assert workload_of(plain).namespace == ""
    beside = Manifest(plain, "config", api_version="v1", kind="ConfigMap", namespace=workload_of(plain).namespace)
    assert "namespace" not in beside.to_json()["metadata"]


def test_a_classic_sidecar_in_a_job_of_somebody_else_is_refused(chart: Chart) -> None:
    with pytest.raises(InvalidValue, match="native must be True in a pod that has to end by itself"):
        sidecar(foreign(chart, "Job", template=POD), native=False)


# --- conflicts, at the user's line ------------------------------------------------------------------------------------


def test_a_conflict_with_somebody_elses_pod_names_both(chart: Chart) -> None:
    with pytest.raises(Conflict) as raised:
        sidecar(deployment(chart), "app")
    assert str(raised.value).startswith(
        "Sidecar 'shop/web/app': container name 'app' is taken by the pod itself, and Sidecar 'shop/web/app' wants it "
    )


def test_a_conflict_of_two_patterns_names_both(chart: Chart) -> None:
    web = deployment(chart)
    sidecar(web, "one", ports=[80])
    with pytest.raises(
        Conflict, match=r"port 80/TCP of container 'two' is taken by container 'one' of Sidecar 'shop/web/one'"
    ):
        sidecar(web, "two", ports=[80])


def test_what_failed_leaves_nothing_behind(chart: Chart) -> None:
    web = deployment(chart)
    sidecar(web, "one", ports=[80])
    with pytest.raises(Conflict):
        sidecar(web, "two", ports=[80])
    with pytest.raises(RuntimeError, match="Sidecar 'shop/web/two': must not be left half-made"):
        chart.to_json()
    assert web.node.try_remove_child("two")
    assert names(chart.to_json()[0]["spec"]["template"]) == ["one"]


def test_patterns_on_a_workload_without_containers_know_of_each_other(chart: Chart) -> None:
    web = kplus.Deployment(chart, "web")
    sidecar(web, "one", ports=[80])
    with pytest.raises(Conflict, match="port 80/TCP of container 'two' is taken by container 'one'"):
        sidecar(web, "two", ports=[80])


def test_all_containers_of_a_workload_without_containers_cannot_be_meant(chart: Chart) -> None:
    web = kplus.Deployment(chart, "web")
    with pytest.raises(NotFound) as raised:
        SharedScratch(web, "logs", mount_path="/logs")
    assert str(raised.value) == (
        "SharedScratch 'shop/web/logs': the containers of Deployment 'shop/web/Resource' are not known, because it "
        "cannot be rendered yet; add them before the pattern, or name those that it is for"
    )


def test_a_container_that_came_since_the_last_pattern_is_known_to_the_next_one(chart: Chart) -> None:
    web = kplus.Deployment(chart, "web", containers=[kplus.ContainerProps(name="a", image="a:1")])
    SharedScratch(web, "one", mount_path="/one")
    web.add_container(name="b", image="b:1", port=81)
    SharedScratch(web, "two", mount_path="/two")
    containers = chart.to_json()[0]["spec"]["template"]["spec"]["containers"]
    assert [[mount["name"] for mount in c["volumeMounts"]] for c in containers] == [["one", "two"], ["two"]]


def test_a_container_that_never_comes_is_reported(chart: Chart) -> None:
    web = kplus.Deployment(chart, "web")
    SharedScratch(web, "logs", mount_path="/logs", writers=["app"])
    web.add_container(name="other", image="a:1")
    with pytest.raises(
        Exception, match="Deployment 'shop/web/Resource': the pod has no container 'app'; it has 'other'"
    ):
        chart.to_json()


def test_an_order_that_kubernetes_cannot_keep_is_reported(chart: Chart) -> None:
    sidecar(deployment(chart), before=["nobody"])
    with pytest.raises(
        Exception, match="Sidecar 'shop/web/tail' is ordered against 'nobody', which the pod does not have"
    ):
        chart.to_json()


# --- manifests of ours ------------------------------------------------------------------------------------------------


def test_a_manifest_renders_with_its_contributions_and_its_patches_come_last(chart: Chart) -> None:
    rollout = Manifest(
        chart, "web", api_version="argoproj.io/v1alpha1", kind="Rollout", body={"spec": {"template": POD}}
    )
    sidecar(rollout)
    rollout.add_json_patch(cdk8s.JsonPatch.replace("/spec/template/spec/initContainers/0/image", "tail:2"))
    spec = rollout.to_json()["spec"]["template"]["spec"]
    assert spec["initContainers"][0]["image"] == "tail:2"
    assert POD == {"spec": {"containers": [{"name": "app", "image": "shop:1"}]}}


def test_an_own_pattern_reads_the_pod_of_somebody_else(chart: Chart) -> None:
    class Reads(Pattern):
        def __init__(self, scope: constructs.Construct, id: str) -> None:
            super().__init__(scope, id)
            self.seen = self.workload.application_containers

    assert Reads(deployment(chart), "reads").seen == ("app",)
