"""Measures from which version on an API server knows a field, and keeps it with its default feature gates.

    python scripts/measure_versions.py 30=PORT 31=PORT ... > measured.json

Each PORT is a kube-apiserver of that minor version on loopback, with the token TOKEN. What comes out is compared with
patterns/pod/checks/versions.json by hand: that file also holds 1.28 and 1.29, which cannot be built any more, from the
release notes and the history of the gates in pkg/features/kube_features.go.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from conformance.api_server import ApiServer

Doc = dict[str, Any]


def container(**fields: Any) -> Doc:
    return {"name": "app", "image": "registry.example.com/app:1.0", **fields}


def pod(*, spec: Doc | None = None, **fields: Any) -> Doc:
    own = {"serviceAccountName": "default", "containers": [container(**fields)], **(spec or {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": own}


def volume(**source: Any) -> Doc:
    return {"name": "data", **source}


def with_volume(**source: Any) -> Doc:
    return pod(spec={"volumes": [volume(**source)]}, volumeMounts=[{"name": "data", "mountPath": "/data"}])


def projected(**source: Any) -> Doc:
    return with_volume(projected={"sources": [source]})


def job(**fields: Any) -> Doc:
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]}}
    spec = {**fields, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "report"}, "spec": spec}


def stateful_set(**fields: Any) -> Doc:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container()]}}
    spec = {"serviceName": "web", "selector": {"matchLabels": {"app": "web"}}, "template": template, **fields}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"}, "spec": spec}


def affinity(**fields: Any) -> Doc:
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}, **fields}
    return pod(spec={"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}})


def spread(**fields: Any) -> Doc:
    one = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
        **fields,
    }
    return pod(spec={"topologySpreadConstraints": [one]})


C = ("spec", "containers", 0)
V = ("spec", "volumes", 0)
S = (*V, "projected", "sources", 0)
AFFINITY = ("spec", "affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 0)
SPREAD = ("spec", "topologySpreadConstraints", 0)
CLAIMS = {"resourceClaims": [{"name": "gpu", "resourceClaimName": "shared"}]}
ITEMS = [{"key": "a", "path": "a", "user": 1}]
#: a field, an object that has it, and the way to it
PROBES: dict[str, tuple[Doc, tuple[str | int, ...]]] = {
    "Lifecycle.preStop.sleep": (
        pod(lifecycle={"preStop": {"sleep": {"seconds": 5}}}),
        (*C, "lifecycle", "preStop", "sleep"),
    ),
    "SleepAction.seconds=0": (
        pod(lifecycle={"preStop": {"sleep": {"seconds": 0}}}),
        (*C, "lifecycle", "preStop", "sleep", "seconds"),
    ),
    "Lifecycle.stopSignal": (
        pod(spec={"os": {"name": "linux"}}, lifecycle={"stopSignal": "SIGUSR1"}),
        (*C, "lifecycle", "stopSignal"),
    ),
    "PodSpec.hostUsers": (pod(spec={"hostUsers": False}), ("spec", "hostUsers")),
    "SecurityContext.procMount": (pod(securityContext={"procMount": "Default"}), (*C, "securityContext", "procMount")),
    "SecurityContext.appArmorProfile": (
        pod(securityContext={"appArmorProfile": {"type": "RuntimeDefault"}}),
        (*C, "securityContext", "appArmorProfile"),
    ),
    "Volume.image": (with_volume(image={"reference": "a:1"}), (*V, "image")),
    "PodSpec.resources": (pod(spec={"resources": {"limits": {"cpu": "1"}}}), ("spec", "resources")),
    "PodSecurityContext.supplementalGroupsPolicy": (
        pod(spec={"securityContext": {"supplementalGroupsPolicy": "Strict"}}),
        ("spec", "securityContext", "supplementalGroupsPolicy"),
    ),
    "PodSecurityContext.seLinuxChangePolicy": (
        pod(spec={"securityContext": {"seLinuxChangePolicy": "MountOption"}}),
        ("spec", "securityContext", "seLinuxChangePolicy"),
    ),
    "PodSpec.resourceClaims": (pod(spec=CLAIMS), ("spec", "resourceClaims", 0, "resourceClaimName")),
    "ResourceRequirements.claims": (
        pod(spec=CLAIMS, resources={"claims": [{"name": "gpu"}]}),
        (*C, "resources", "claims"),
    ),
    "ResourceClaim.request": (
        pod(spec=CLAIMS, resources={"claims": [{"name": "gpu", "request": "a"}]}),
        (*C, "resources", "claims", 0, "request"),
    ),
    "EnvVarSource.fileKeyRef": (
        pod(
            spec={"volumes": [volume(emptyDir={})]},
            env=[{"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "data", "path": "a", "key": "A"}}}],
        ),
        (*C, "env", 0, "valueFrom", "fileKeyRef"),
    ),
    "Container.restartPolicy": (pod(restartPolicy="Never"), (*C, "restartPolicy")),
    "Container.restartPolicyRules": (
        pod(
            restartPolicy="Never",
            restartPolicyRules=[{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}],
        ),
        (*C, "restartPolicyRules"),
    ),
    "Container.resizePolicy": (
        pod(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "NotRequired"}]),
        (*C, "resizePolicy"),
    ),
    "PodSpec.hostnameOverride": (pod(spec={"hostnameOverride": "web"}), ("spec", "hostnameOverride")),
    "VolumeProjection.clusterTrustBundle": (
        projected(clusterTrustBundle={"name": "a", "path": "ca.crt"}),
        (*S, "clusterTrustBundle"),
    ),
    "VolumeProjection.podCertificate": (
        projected(
            podCertificate={"signerName": "example.com/a", "keyType": "ED25519", "credentialBundlePath": "bundle.pem"}
        ),
        (*S, "podCertificate"),
    ),
    "VolumeMount.recursiveReadOnly": (
        pod(
            spec={"volumes": [volume(emptyDir={})]},
            volumeMounts=[{"name": "data", "mountPath": "/data", "readOnly": True, "recursiveReadOnly": "IfPossible"}],
        ),
        (*C, "volumeMounts", 0, "recursiveReadOnly"),
    ),
    "VolumeMount.bindMountOptions": (
        pod(
            spec={"volumes": [volume(emptyDir={})]},
            volumeMounts=[{"name": "data", "mountPath": "/data", "bindMountOptions": ["noexec"]}],
        ),
        (*C, "volumeMounts", 0, "bindMountOptions"),
    ),
    "EmptyDirVolumeSource.mode": (with_volume(emptyDir={"mode": 448}), (*V, "emptyDir", "mode")),
    "ConfigMapVolumeSource.defaultUser": (
        with_volume(configMap={"name": "a", "defaultUser": 1}),
        (*V, "configMap", "defaultUser"),
    ),
    "SecretVolumeSource.defaultUser": (
        with_volume(secret={"secretName": "a", "defaultUser": 1}),
        (*V, "secret", "defaultUser"),
    ),
    "KeyToPath.user": (with_volume(configMap={"name": "a", "items": ITEMS}), (*V, "configMap", "items", 0, "user")),
    "ProjectedVolumeSource.defaultUser": (
        with_volume(projected={"defaultUser": 1, "sources": [{"configMap": {"name": "a"}}]}),
        (*V, "projected", "defaultUser"),
    ),
    "GRPCAction.mode": (
        pod(livenessProbe={"grpc": {"port": 9000, "mode": "Plaintext"}}),
        (*C, "livenessProbe", "grpc", "mode"),
    ),
    "HTTPGetAction.protocol": (
        pod(livenessProbe={"httpGet": {"port": 80, "protocol": "HTTP2"}}),
        (*C, "livenessProbe", "httpGet", "protocol"),
    ),
    "PodSpec.schedulingGroup": (
        pod(spec={"schedulingGroup": {"podGroupName": "a"}}),
        ("spec", "schedulingGroup"),
    ),
    "PodSpec.evictionResponders": (
        pod(spec={"evictionResponders": [{"name": "example.com/a", "priority": 1}]}),
        ("spec", "evictionResponders"),
    ),
    "PodAffinityTerm.matchLabelKeys": (affinity(matchLabelKeys=["a"]), (*AFFINITY, "matchLabelKeys")),
    "PodAffinityTerm.mismatchLabelKeys": (affinity(mismatchLabelKeys=["a"]), (*AFFINITY, "mismatchLabelKeys")),
    "TopologySpreadConstraint.matchLabelKeys": (spread(matchLabelKeys=["a"]), (*SPREAD, "matchLabelKeys")),
    "TopologySpreadConstraint.nodeTaintsPolicy": (spread(nodeTaintsPolicy="Honor"), (*SPREAD, "nodeTaintsPolicy")),
    "PodSpec.schedulingGates": (
        pod(spec={"schedulingGates": [{"name": "example.com/a"}]}),
        ("spec", "schedulingGates"),
    ),
    "JobSpec.podReplacementPolicy": (job(podReplacementPolicy="Failed"), ("spec", "podReplacementPolicy")),
    "JobSpec.backoffLimitPerIndex": (
        job(backoffLimitPerIndex=1, completionMode="Indexed", completions=2),
        ("spec", "backoffLimitPerIndex"),
    ),
    "JobSpec.maxFailedIndexes": (
        job(backoffLimitPerIndex=1, maxFailedIndexes=1, completionMode="Indexed", completions=2),
        ("spec", "maxFailedIndexes"),
    ),
    "JobSpec.successPolicy": (
        job(successPolicy={"rules": [{"succeededCount": 1}]}, completionMode="Indexed", completions=2),
        ("spec", "successPolicy"),
    ),
    "JobSpec.managedBy": (job(managedBy="example.com/controller"), ("spec", "managedBy")),
    "JobSpec.podFailurePolicy": (
        job(podFailurePolicy={"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}]}),
        ("spec", "podFailurePolicy"),
    ),
    "JobSpec.scheduling": (job(scheduling={"schedulingPolicy": {"basic": {}}}), ("spec", "scheduling")),
    "StatefulSetSpec.ordinals": (stateful_set(ordinals={"start": 1}), ("spec", "ordinals")),
    "StatefulSetSpec.persistentVolumeClaimRetentionPolicy": (
        stateful_set(persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete", "whenScaled": "Retain"}),
        ("spec", "persistentVolumeClaimRetentionPolicy"),
    ),
    "RollingUpdateStatefulSetStrategy.maxUnavailable": (
        stateful_set(updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}),
        ("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"),
    ),
    "ServiceSpec.trafficDistribution": (
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}], "trafficDistribution": "PreferClose"},
        },
        ("spec", "trafficDistribution"),
    ),
}


def outcome(server: ApiServer, doc: Doc, path: tuple[str | int, ...]) -> str:
    """``kept``, ``dropped``, ``unknown`` or what the server says against it."""
    answer = server.create(doc, "default")
    if answer.refused:
        return "unknown" if "unknown field" in answer.message else f"refused: {answer.message[:200]}"
    value: Any = answer.object
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return "dropped"
    return "kept"


def main(servers: list[str]) -> None:
    measured: dict[str, dict[str, str]] = {}
    for one in servers:
        minor, port = one.split("=")
        server = ApiServer(int(port), "TOKEN")
        for name, (doc, path) in PROBES.items():
            measured.setdefault(name, {})[f"1.{minor}"] = outcome(server, doc, path)
    sys.stdout.write(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
