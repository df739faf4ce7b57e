"""Where pods are found in objects of every kind, and what a replacement leaves alone."""

from __future__ import annotations

import copy

import pytest

from patterns.errors import NotFound
from patterns.model import JsonObject
from patterns.pod.template import (
    ends_by_itself,
    items_of,
    namespace_of,
    pod_paths,
    replaced,
    template_at,
    with_names,
    without_names,
)


def pod(**fields: object) -> JsonObject:
    return {"spec": {"containers": [{"name": "app"}], **fields}}  # type: ignore[dict-item]


def obj(api_version: str, kind: str, **fields: object) -> JsonObject:
    return {"apiVersion": api_version, "kind": kind, **fields}  # type: ignore[dict-item]


POLICY_PATTERN = {"spec": {"containers": [{"name": "*", "image": "!*:latest"}]}}
SCHEMA = {"properties": {"spec": {"containers": [{"type": "object"}]}}, "spec": {"containers": [{"type": "object"}]}}


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        (obj("v1", "Pod", **pod()), [""]),
        (obj("v1", "PodTemplate", template=pod()), ["/template"]),
        (obj("v1", "ReplicationController", spec={"template": pod()}), ["/spec/template"]),
        (obj("apps/v1", "Deployment", spec={"template": pod()}), ["/spec/template"]),
        (obj("extensions/v1beta1", "Deployment", spec={"template": pod()}), ["/spec/template"]),
        (obj("apps/v1", "ReplicaSet", spec={"template": pod()}), ["/spec/template"]),
        (obj("apps/v1", "StatefulSet", spec={"template": pod()}), ["/spec/template"]),
        (obj("apps/v1", "DaemonSet", spec={"template": pod()}), ["/spec/template"]),
        (obj("batch/v1", "Job", spec={"template": pod()}), ["/spec/template"]),
        (
            obj("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": pod()}}}),
            ["/spec/jobTemplate/spec/template"],
        ),
        (obj("batch.volcano.sh/v1alpha1", "Job", spec={"tasks": [{"template": pod()}]}), ["/spec/tasks/0/template"]),
        (obj("argoproj.io/v1alpha1", "Rollout", spec={"template": pod()}), ["/spec/template"]),
        (
            obj("serving.knative.dev/v1", "Service", spec={"template": {"spec": {"containers": [{"image": "a"}]}}}),
            ["/spec/template"],
        ),
        (obj("serving.knative.dev/v1", "Revision", **pod()), [""]),
        (
            obj("keda.sh/v1alpha1", "ScaledJob", spec={"jobTargetRef": {"template": pod()}}),
            ["/spec/jobTargetRef/template"],
        ),
        (
            obj(
                "ray.io/v1",
                "RayCluster",
                spec={
                    "headGroupSpec": {"template": pod()},
                    "workerGroupSpecs": [{"template": pod()}, {"template": pod()}],
                },
            ),
            ["/spec/headGroupSpec/template", "/spec/workerGroupSpecs/0/template", "/spec/workerGroupSpecs/1/template"],
        ),
        (
            obj(
                "kubeflow.org/v1",
                "PyTorchJob",
                spec={"pytorchReplicaSpecs": {"Master": {"template": pod()}, "a/b~c": {"template": pod()}}},
            ),
            ["/spec/pytorchReplicaSpecs/Master/template", "/spec/pytorchReplicaSpecs/a~1b~0c/template"],
        ),
        (
            obj(
                "operators.coreos.com/v1alpha1",
                "ClusterServiceVersion",
                spec={"install": {"spec": {"deployments": [{"name": "a", "spec": {"template": pod()}}]}}},
            ),
            ["/spec/install/spec/deployments/0/spec/template"],
        ),
        (
            obj(
                "workload.codeflare.dev/v1beta2",
                "AppWrapper",
                spec={
                    "components": [
                        {"template": obj("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": pod()}}})}
                    ]
                },
            ),
            ["/spec/components/0/template/spec/jobTemplate/spec/template"],
        ),
        (obj("core.strimzi.io/v1", "StrimziPodSet", spec={"pods": [obj("v1", "Pod", **pod())]}), ["/spec/pods/0"]),
        (obj("v1", "List", items=[obj("v1", "Service", spec={}), obj("v1", "Pod", **pod())]), ["/items/1"]),
        (obj("apps/v1", "DeploymentList", items=[{"spec": {"template": pod()}}]), ["/items/0/spec/template"]),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_pods_are_found_where_they_are(document: JsonObject, paths: list[str]) -> None:
    assert pod_paths(document) == paths
    for path in paths:
        assert template_at(document, path)["spec"]


@pytest.mark.parametrize(
    "document",
    [
        obj("kyverno.io/v1", "ClusterPolicy", spec={"rules": [{"validate": {"pattern": POLICY_PATTERN}}]}),
        obj(
            "kyverno.io/v1",
            "Policy",
            spec={"rules": [{"mutate": {"patchStrategicMerge": {"spec": {"template": POLICY_PATTERN}}}}]},
        ),
        obj("policies.kyverno.io/v1", "MutatingPolicy", spec={"x": POLICY_PATTERN}),
        obj(
            "example.com/v1",
            "Rule",
            spec={"pattern": {"spec": {"=(initContainers)": [], "containers": [{"name": "*"}]}}},
        ),
        obj("constraints.gatekeeper.sh/v1beta1", "K8sAllowed", spec={"parameters": {"x": pod()}}),
        obj(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            spec={"versions": [{"schema": {"openAPIV3Schema": SCHEMA}}]},
        ),
        obj("example.com/v1", "Definition", spec={"schema": {"openAPIV3Schema": SCHEMA}}),
        obj("apps/v1", "ControllerRevision", data={"spec": {"template": pod()}}),
        obj("monitoring.coreos.com/v1", "Prometheus", spec={"containers": [{"name": "prometheus", "args": ["x"]}]}),
        obj("apps.kruise.io/v1alpha1", "SidecarSet", spec={"containers": [{"name": "injected"}]}),
        obj(
            "argoproj.io/v1alpha1",
            "Workflow",
            spec={
                "templates": [
                    {"name": "a", "container": {"image": "a"}},
                    {"containerSet": {"containers": [{"name": "a"}]}},
                ]
            },
        ),
        obj("apps/v1", "Deployment", spec={"replicas": 3}),
        obj("apps/v1", "Deployment", spec={"template": {"spec": {"containers": []}}}),
        obj("apps/v1", "Deployment", spec=None),
        obj("apps/v1", "StatefulSet", **pod()),
        obj("example.com/v1", "Thing", status={"template": pod()}, metadata={"annotations": {"x": pod()}}),
        obj("v1", "ConfigMap", data={"spec": "containers"}),
        obj("v1", "List", items=None),
        {},
    ],
    ids=lambda value: str(value.get("kind")),
)
def test_what_only_looks_like_a_pod_is_passed_over(document: JsonObject) -> None:
    assert pod_paths(document) == []


def test_a_replacement_shares_everything_beside_the_template_and_keeps_the_order() -> None:
    document = obj(
        "v1",
        "List",
        items=[{"a": 1}, obj("apps/v1", "Deployment", spec={"z": {}, "template": pod(), "a": {}}), {"b": 1}],
    )
    before = copy.deepcopy(document)
    changed = replaced(document, "/items/1/spec/template", {"new": True})
    assert document == before
    items, old = changed["items"], document["items"]
    assert isinstance(items, list)
    assert isinstance(old, list)
    assert items[0] is old[0]
    assert items[2] is old[2]
    assert items[1] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {"z": {}, "template": {"new": True}, "a": {}},
    }
    assert list(items[1]["spec"]) == ["z", "template", "a"]  # type: ignore[arg-type]


def test_keys_with_slashes_and_tildes_are_escaped_as_in_a_json_pointer() -> None:
    document = obj("x/v1", "T", spec={"a/b~c": {"template": pod()}})
    (path,) = pod_paths(document)
    assert replaced(document, path, {"spec": {}})["spec"] == {"a/b~c": {"template": {"spec": {}}}}


@pytest.mark.parametrize("path", ["/spec/nothing", "/spec", "/spec/template/spec/containers/0", "/spec/template/x/9"])
def test_a_path_without_a_pod_template_names_those_that_are_there(path: str) -> None:
    document = obj("apps/v1", "Deployment", spec={"template": pod()})
    with pytest.raises(NotFound) as raised:
        template_at(document, path)
    assert str(raised.value) == f"there is no pod template at {path!r}; the object has '/spec/template'"


@pytest.mark.parametrize(
    ("document", "path", "ends"),
    [
        (obj("batch/v1", "Job", spec={"template": pod()}), "/spec/template", True),
        (
            obj("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": pod()}}}),
            "/spec/jobTemplate/spec/template",
            True,
        ),
        (
            obj("keda.sh/v1alpha1", "ScaledJob", spec={"jobTargetRef": {"template": pod()}}),
            "/spec/jobTargetRef/template",
            True,
        ),
        (
            obj("argoproj.io/v1alpha1", "AnalysisRun", spec={"provider": {"job": {"spec": {"template": pod()}}}}),
            "/spec/provider/job/spec/template",
            True,
        ),
        (obj("kubeflow.org/v1", "PyTorchJob", spec={"r": {"template": pod()}}), "/spec/r/template", True),
        (
            obj("kubeflow.org/v1", "PyTorchJob", spec={"r": {"template": pod(restartPolicy="Always")}}),
            "/spec/r/template",
            False,
        ),
        (
            obj("ray.io/v1", "RayJob", spec={"rayClusterSpec": {"template": pod()}}),
            "/spec/rayClusterSpec/template",
            False,
        ),
        (obj("v1", "List", items=[obj("batch/v1", "Job", spec={"template": pod()})]), "/items/0/spec/template", True),
        (obj("v1", "Pod", **pod()), "", False),
        (obj("v1", "Pod", **pod(restartPolicy="Never")), "", True),
        (obj("v1", "Pod", **pod(restartPolicy="OnFailure")), "", True),
        (obj("apps/v1", "Deployment", spec={"template": pod()}), "/spec/template", False),
    ],
)
def test_a_pod_that_has_to_end_by_itself_is_known(document: JsonObject, path: str, ends: bool) -> None:
    assert ends_by_itself(document, path) is ends


def test_the_namespace_is_that_of_the_item_in_a_list() -> None:
    item = obj("v1", "Pod", metadata={"namespace": "shop"}, **pod())
    assert namespace_of(item, "") == "shop"
    assert namespace_of(obj("v1", "List", metadata={"namespace": "other"}, items=[item]), "/items/0") == "shop"
    assert namespace_of(obj("v1", "Pod", **pod()), "") is None


def test_items_of_a_typed_list_get_its_type() -> None:
    listed = obj("apps/v1", "DeploymentList", items=[{"spec": {}}, obj("apps/v1", "Deployment", spec={})])
    assert items_of(listed) == [obj("apps/v1", "Deployment", spec={})] * 2
    assert items_of(obj("v1", "List", items=[{"spec": {}}])) == [{"spec": {}}]


@pytest.mark.parametrize(
    ("containers", "names"),
    [
        ([{"image": "a"}], ["user-container"]),
        ([{"image": "a"}, {"name": "b"}], ["user-container-0", "b"]),
        (
            [{"name": ""}, {"name": "user-container-0"}, {"name": None}],
            ["user-container-1", "user-container-0", "user-container-2"],
        ),
        ([{"name": "a"}], ["a"]),
    ],
)
def test_containers_without_a_name_get_one_and_lose_it_again(containers: list[JsonObject], names: list[str]) -> None:
    template: JsonObject = {"spec": {"containers": list(containers)}}
    named, given = with_names(template)
    assert [c["name"] for c in named["spec"]["containers"]] == names  # type: ignore[index, call-overload, union-attr]
    assert without_names(named, given, template) == template
