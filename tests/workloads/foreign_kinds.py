"""Objects of every kind that a pattern may be placed on, and a chart with patterns on one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from patterns import Container, InitContainer, Manifest, Probe, ResourceRequirements, SharedScratch, Sidecar
from patterns.model.json import JsonObject
from patterns.objects.yaml_file import YamlFile
from patterns.workloads.attached import PodOf

import cdk8s  # isort: skip  # after patterns, which finds Node
import cdk8s_plus_34 as kplus  # isort: skip
import constructs  # isort: skip
from cdk8s_plus_34 import k8s  # isort: skip

APP: JsonObject = {"name": "app", "image": "shop:1", "resources": {"limits": {"cpu": "1"}}}
SPEC: JsonObject = {
    "selector": {"matchLabels": {"a": "b"}},
    "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [APP]}},
}
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: app, image: a:1}]}}
"""
Built = tuple[constructs.Construct, Callable[[], None]]


def nothing() -> None:
    """What there is to do after the patterns."""


def api_object(scope: constructs.Construct, api_version: str, kind: str, **fields: Any) -> cdk8s.ApiObject:
    obj = cdk8s.ApiObject(scope, "web", api_version=api_version, kind=kind)
    obj.add_json_patch(*(cdk8s.JsonPatch.add(f"/{key}", value) for key, value in fields.items()))
    return obj


def raw_deployment(chart: cdk8s.Chart) -> Built:
    return api_object(chart, "apps/v1", "Deployment", spec=SPEC), nothing


def raw_pod_that_changes_afterwards(chart: cdk8s.Chart) -> Built:
    pod = api_object(chart, "v1", "Pod", spec={"containers": [APP]})

    def later() -> None:
        pod.metadata.add_label("late", "yes")
        pod.add_json_patch(
            cdk8s.JsonPatch.add("/spec/containers/-", {"name": "late", "image": "late:1"}),
            cdk8s.JsonPatch.add("/spec/containers/0/volumeMounts", [{"name": "late", "mountPath": "/late"}]),
            cdk8s.JsonPatch.add("/spec/volumes", [{"name": "late", "emptyDir": {}}]),
        )

    return pod, later


def l1_pod_spec(restart_policy: str | None = None) -> k8s.PodSpec:
    return k8s.PodSpec(
        restart_policy=restart_policy,
        set_hostname_as_fqdn=True,
        host_pid=True,
        termination_grace_period_seconds=60,
        containers=[
            k8s.Container(
                name="app",
                image="shop:1",
                ports=[k8s.ContainerPort(name="http", container_port=8080)],
                resources=k8s.ResourceRequirements(limits={"cpu": k8s.Quantity.from_string("1")}),
                readiness_probe=k8s.Probe(http_get=k8s.HttpGetAction(port=k8s.IntOrString.from_string("http"))),
            )
        ],
        volumes=[k8s.Volume(name="d", empty_dir=k8s.EmptyDirVolumeSource(size_limit=k8s.Quantity.from_string("1Gi")))],
    )


def l1_deployment(chart: cdk8s.Chart) -> Built:
    selector = k8s.LabelSelector(match_labels={"a": "b"})
    metadata = k8s.ObjectMeta(labels={"a": "b"})
    template = k8s.PodTemplateSpec(metadata=metadata, spec=l1_pod_spec())
    return k8s.KubeDeployment(chart, "web", spec=k8s.DeploymentSpec(selector=selector, template=template)), nothing


def l1_cron_job(chart: cdk8s.Chart) -> Built:
    template = k8s.PodTemplateSpec(spec=l1_pod_spec("Never"))
    job = k8s.JobTemplateSpec(spec=k8s.JobSpec(template=template))
    return k8s.KubeCronJob(chart, "web", spec=k8s.CronJobSpec(schedule="@daily", job_template=job)), nothing


def with_container(workload: Any) -> Built:
    def later() -> None:
        workload.add_container(name="app", image="shop:1", port=8080)

    return workload, later


def plus_deployment(chart: cdk8s.Chart) -> Built:
    return with_container(kplus.Deployment(chart, "web"))


def plus_stateful_set(chart: cdk8s.Chart) -> Built:
    service = kplus.Service(chart, "service", ports=[kplus.ServicePort(port=80)])
    return with_container(kplus.StatefulSet(chart, "web", service=service))


def plus_job(chart: cdk8s.Chart) -> Built:
    return with_container(kplus.Job(chart, "web"))


def plus_deployment_with_a_later_mount(chart: cdk8s.Chart) -> Built:
    workload = kplus.Deployment(chart, "web")
    container = workload.add_container(name="app", image="shop:1")

    def later() -> None:
        container.mount("/late", kplus.Volume.from_empty_dir(workload, "late", "late"))
        workload.add_container(name="late", image="late:1", port=81)

    return workload, later


def include(chart: cdk8s.Chart) -> Built:
    path = Path(__file__).parents[1] / "data" / "web.yaml"
    return cdk8s.Include(chart, "included", url=str(path)).api_objects[0], nothing


def yaml_file(chart: cdk8s.Chart) -> Built:
    return YamlFile(chart, "file", text=DEPLOYMENT).find(kind="Deployment"), nothing


def manifest(chart: cdk8s.Chart) -> Built:
    body: JsonObject = {"spec": {"template": {"spec": {"containers": [APP]}}}}
    return Manifest(chart, "web", api_version="argoproj.io/v1alpha1", kind="Rollout", body=body), nothing


def rollout(chart: cdk8s.Chart) -> Built:
    spec = {"replicas": 2, "strategy": {}, "template": {"spec": {"containers": [APP]}}}
    return api_object(chart, "argoproj.io/v1alpha1", "Rollout", spec=spec), nothing


def knative_service(chart: cdk8s.Chart) -> Built:
    spec = {"template": {"spec": {"containers": [{"image": "shop:1"}]}}}
    return api_object(chart, "serving.knative.dev/v1", "Service", spec=spec), nothing


def leader_worker_set(chart: cdk8s.Chart) -> Built:
    pod = {"spec": {"containers": [APP]}}
    spec = {"leaderWorkerTemplate": {"leaderTemplate": pod, "workerTemplate": pod}}
    obj = api_object(chart, "leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", spec=spec)
    return PodOf(obj, "/spec/leaderWorkerTemplate/workerTemplate"), nothing


def list_of_pods(chart: cdk8s.Chart) -> Built:
    items = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": n}, "spec": {"containers": [APP]}} for n in "ab"]
    return PodOf(api_object(chart, "v1", "List", items=items), "/items/1"), nothing


class RendersItself(cdk8s.ApiObject):
    def to_json(self) -> Any:
        return {**super().to_json(), "kind": "Changed"}


def python_subclass(chart: cdk8s.Chart) -> Built:
    obj = RendersItself(chart, "web", api_version="example.com/v1", kind="Thing")
    obj.add_json_patch(cdk8s.JsonPatch.add("/spec", {"pod": {"spec": {"containers": [APP]}}}))
    return obj, nothing


KINDS = [
    raw_deployment,
    raw_pod_that_changes_afterwards,
    l1_deployment,
    l1_cron_job,
    plus_deployment,
    plus_stateful_set,
    plus_job,
    plus_deployment_with_a_later_mount,
    include,
    yaml_file,
    manifest,
    rollout,
    knative_service,
    leader_worker_set,
    list_of_pods,
    python_subclass,
]


class Shop(cdk8s.Chart):
    """The object, and three patterns on it."""

    def __init__(self, scope: constructs.Construct, id: str, build: Callable[[cdk8s.Chart], Built]) -> None:
        super().__init__(scope, id, namespace="shop", labels={"team": "a"})
        web, later = build(self)
        name = "user-container" if build is knative_service else "app"
        scratch = SharedScratch(web, "logs", mount_path="/logs", size_limit="1Gi", writers=[name])
        Sidecar(
            web,
            "tail",
            container=Container(
                name="tail",
                image="tail:1",
                ports=[9000],
                env={"A": "b"},
                volume_mounts=[scratch.mount],
                resources=ResourceRequirements(requests={"cpu": "10m"}, limits={"memory": "16Mi"}),
                readiness_probe=Probe.tcp(port=9000),
            ),
            grace_seconds=5,
        )
        InitContainer(web, "seed", container=Container(name="seed", image="seed:1"), before=["tail"])
        later()
