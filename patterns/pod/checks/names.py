"""Rules for the names in a pod, and of objects."""

from __future__ import annotations

import re

from patterns.model.json import text_at
from patterns.model.names import dns_label, dns_subdomain
from patterns.pod.checks.reading import complaint
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, container_rule, object_rule, pod_rule
from patterns.pod.checks.schema import type_of
from patterns.pod.checks.subject import Container, Object, Pod

_NAMES = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
#: kinds whose names are DNS subdomains, and how long they may be
_SUBDOMAINS = {
    "Pod": 253,
    "PodTemplate": 253,
    "ReplicationController": 253,
    "Deployment": 253,
    "ReplicaSet": 253,
    "DaemonSet": 253,
    "StatefulSet": 63,
    "Job": 253,
    "CronJob": 52,
    "ConfigMap": 253,
    "Secret": 253,
    "ServiceAccount": 253,
    "PersistentVolumeClaim": 253,
    "Ingress": 253,
    "NetworkPolicy": 253,
    "PodDisruptionBudget": 253,
    "HorizontalPodAutoscaler": 253,
    "LimitRange": 253,
    "ResourceQuota": 253,
}
_GROUPS = frozenset({"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io"})


@object_rule("name-missing", Outcome.REFUSED, source=_NAMES, whole=True)
def name_missing(obj: Object) -> Problems:
    """An object has a name, or a prefix from which the server makes one."""
    if obj.metadata.get("name") or obj.metadata.get("generateName") or obj.kind.endswith("Review"):
        # a review is only sent to the server, and never kept
        return
    if type_of(obj.api_version, obj.kind):
        yield Problem(("metadata", "name"), "name must be given, got none", "name the object")


@object_rule("object-name", Outcome.REFUSED, source=_NAMES)
def object_name(obj: Object) -> Problems:
    """Most names are DNS subdomains; those of CronJobs and StatefulSets become parts of names of Jobs and pods."""
    most = _SUBDOMAINS.get(obj.kind) if obj.group in _GROUPS else None
    if most is None or not obj.name:
        return
    if said := complaint(dns_subdomain, obj.name, "name"):
        yield Problem(("metadata", "name"), said, f"rename the {obj.kind}")
    elif len(obj.name) > most:
        message = f"name of a {obj.kind} must be at most {most} characters, got {len(obj.name)}"
        yield Problem(("metadata", "name"), message, "shorten it: the names of its Jobs or pods are longer still")
    elif obj.is_a("StatefulSet", "apps") and "." in obj.name:
        message = f"name of a StatefulSet must have no dot, got {obj.name!r}"
        yield Problem(("metadata", "name"), message, "rename the StatefulSet: its pods' host names are made of it")


@object_rule("namespace-name", Outcome.REFUSED, source=_NAMES)
def namespace_name(obj: Object) -> Problems:
    """A namespace is a DNS label."""
    known = obj.namespace and type_of(obj.api_version, obj.kind)
    if known and (said := complaint(dns_label, obj.namespace, "namespace")):
        yield Problem(("metadata", "namespace"), said, "write the name of a namespace")
    if obj.is_a("Namespace") and obj.name and (said := complaint(dns_label, obj.name, "name")):
        yield Problem(("metadata", "name"), said, "rename the Namespace")


@object_rule(
    "dotted-pod-name", Outcome.WARNED, source="kubernetes: pkg/api/pod/warnings.go", whole=True, kinds=("Pod",)
)
def dotted_pod_name(obj: Object) -> Problems:
    """A pod's name becomes its host name, in which a dot has another meaning."""
    if "." in obj.name and not complaint(dns_subdomain, obj.name, "name"):
        message = f"name of a Pod must be a DNS label where its host name matters, got {obj.name!r}"
        yield Problem(("metadata", "name"), message, f"write {obj.name.replace('.', '-')!r}")
    elif len(obj.name) > 63 and not complaint(dns_subdomain, obj.name, "name"):
        message = f"name of a Pod must be at most 63 characters where its host name matters, got {len(obj.name)}"
        yield Problem(("metadata", "name"), message, "shorten it")


@container_rule("container-name", Outcome.REFUSED, source=f"{VALIDATION} validateContainerCommon")
def container_name(container: Container) -> Problems:
    """A container's name is a DNS label."""
    name = container.json.get("name")
    if isinstance(name, str) and name and (said := complaint(dns_label, name, "name")):
        yield Problem(("name",), said, "rename the container")


@container_rule("container-name-missing", Outcome.REFUSED, source=f"{VALIDATION} validateContainerCommon", whole=True)
def container_name_missing(container: Container) -> Problems:
    """Each container has a name."""
    if not container.json.get("name"):
        yield Problem(("name",), "name must be given, got none", "name the container")


@pod_rule("duplicate-container-name", Outcome.REFUSED, source=f"{VALIDATION} validateInitContainers")
def duplicate_container_name(pod: Pod) -> Problems:
    """Names are unique over containers, init containers and ephemeral containers."""
    seen: dict[str, str] = {}
    for container in pod.all_containers:
        name = container.name
        if not name:
            continue
        place = f"{container.list}[{container.at}]"
        if seen.setdefault(name, place) != place:
            yield Problem(
                ("spec", container.list, container.at, "name"),
                f"container names must be unique in the pod, got {name!r}, which {seen[name]} has too",
                "rename one of them",
            )


@pod_rule("pod-hostname", Outcome.REFUSED, source=f"{VALIDATION} ValidatePodSpec")
def pod_hostname(pod: Pod) -> Problems:
    """Host name and subdomain of a pod are DNS labels; other names it refers to are DNS subdomains."""
    for field, check in (
        ("hostname", dns_label),
        ("subdomain", dns_label),
        ("serviceAccountName", dns_subdomain),
        ("nodeName", dns_subdomain),
        ("priorityClassName", dns_subdomain),
        ("runtimeClassName", dns_subdomain),
    ):
        value = pod.spec.get(field)
        if isinstance(value, str) and value and (said := complaint(check, value, field)):
            yield Problem(("spec", field), said, "write the right name")


@pod_rule(
    "image-pull-secret-name", Outcome.WARNED, source="kubernetes: pkg/api/pod/warnings.go", fields=("imagePullSecrets",)
)
def image_pull_secret_name(pod: Pod) -> Problems:
    """A pull secret without a name is no secret at all."""
    secrets = pod.spec.get("imagePullSecrets")
    if isinstance(secrets, list):
        for at, secret in enumerate(secrets):
            if isinstance(secret, dict) and not text_at(secret, "name").strip():
                message = "the name of an imagePullSecret must be given, got none"
                yield Problem(("spec", "imagePullSecrets", at, "name"), message, "name the Secret, or take it out")


@object_rule("generate-name", Outcome.REFUSED, source="k8s.io/apimachinery: pkg/api/validation")
def generate_name(obj: Object) -> Problems:
    """A prefix for names follows the rules of names; a dash at its end is usual."""
    prefix = text_at(obj.metadata, "generateName")
    if not (prefix and obj.kind in _SUBDOMAINS and obj.group in _GROUPS):
        return
    # the server masks the last dash, and appends five characters
    if complaint(dns_subdomain, re.sub("-$", "a", prefix), "generateName"):
        message = f"generateName must be the beginning of a DNS subdomain, got {prefix!r}"
        yield Problem(("metadata", "generateName"), message, "write a prefix such as 'web-'")
